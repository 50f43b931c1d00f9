/** What a listener hears of a turn: a sentence where something is reached, never each word.
 *  Rule: one polite region; the stream itself is silent. */

import { counts } from "./text.js";

/** Return the sentence for an event; "" for those that are not told. */
export function sentence(words, event, data, run) {
  const { t } = words;
  const say = t.bind(words);
  if (event === "step" && data.state === "started" && words.has(`step.${data.name}`)) {
    return run.steps[data.name]?.ms ? "" : say(`step.${data.name}`);
  }
  if (event === "notice") return data.text ?? "";
  if (event === "lost") return say("lost.title");
  if (event === "found") return say("found");
  if (event === "problem") return say(`problem.${data.kind}`);
  if (event === "done") return doneSentence(say, data, run);
  return "";
}

function doneSentence(say, { document, reply }, run) {
  const parts = [];
  if (run.live) {
    const n = counts(document.claims ?? []);
    const bad = n.contradicted + n.unsupported;
    if (document.status === "drafted") parts.push(say(bad ? "said.some" : "said.all", { n: n.supported, bad }));
    if (document.questions?.length) parts.push(say("said.questions", { n: document.questions.length }));
    if (document.safety?.notice) parts.push(document.safety.notice);
  }
  if (reply) parts.push(reply);
  return parts.join(" ");
}
