/** States that are not the usual: lost, busy, refused, halted, by hand, key wanted, published.
 *  Rule: each says what is, what became of the seller's work, and what may be done now. */

import { h, icon } from "../dom.js";
import { remedies } from "../problems.js";
import { button } from "./parts.js";

function notice(kind, drawn, title, words, actions = [], more = []) {
  return h(
    "div",
    { class: `notice ${kind}`, role: kind === "stop" ? "alert" : "status", key: `notice-${kind}-${drawn}` },
    icon(drawn),
    h("div", null, h("p", { class: "notice-title" }, title), words && h("p", { dir: "auto" }, words), more, actions.length > 0 && h("div", { class: "notice-foot" }, actions)),
  );
}

export function notices(ui) {
  const { state } = ui;
  return h("div", { class: "notices", key: "notices" }, lost(ui), state.problem && problem(ui, state.problem), outcome(ui), published(ui));
}

function lost({ t, state }) {
  const { run } = state;
  if (run?.connection !== "lost") return null;
  const wait = Math.max(0, Math.ceil((run.retryAt - Date.now()) / 1000));
  return notice("gap", "offline", t("lost.title"), t(wait ? "lost.again" : "lost.now", { n: wait }));
}

function problem(ui, found) {
  const { t } = ui;
  const wait = found.until ? Math.max(0, Math.ceil((found.until - Date.now()) / 1000)) : 0;
  const acts = {
    retry: () => button(t(`problem.retry`), () => ui.act.retry(), { kind: "plain small", key: "retry" }),
    cancel: () => button(t("problem.cancel"), () => ui.act.dismiss(), { kind: "quiet small", key: "cancel" }),
    dismiss: () => button(t("problem.dismiss"), () => ui.act.dismiss(), { kind: "quiet small", key: "dismiss" }),
    fresh: () => button(t("new"), () => ui.act.fresh(), { kind: "plain small", key: "fresh" }),
  };
  const drawn = { unreachable: "offline", key: "key", busy: "clock", closing: "clock", taken: "clock" }[found.kind] ?? "notice";
  const soft = ["busy", "closing", "taken", "key"].includes(found.kind);
  const words = [found.detail, t(`problem.${found.kind}.text`, { n: wait })].filter(Boolean);
  const lines = [
    ...(words.length > 1 ? [h("p", null, words[1])] : []),
    ...(found.incident ? [h("p", { class: "soft" }, t("problem.incident", { id: found.incident }))] : []),
    ...(found.kind === "key" ? [keyForm(ui)] : []),
  ];
  return notice(soft ? "gap" : "stop", drawn, t(`problem.${found.kind}`), words[0], remedies(found).map((way) => acts[way]()), lines);
}

function keyForm(ui) {
  const { t } = ui;
  const submit = (event) => {
    event.preventDefault();
    ui.act.useKey(event.currentTarget.querySelector("input").value.trim());
  };
  return h(
    "form",
    { class: "key-form", on: { submit } },
    h("label", { for: "key" }, t("key.label")),
    h("input", { id: "key", type: "password", autocomplete: "off", required: true }),
    h("button", { type: "submit", class: "button primary small" }, h("span", null, t("key.use"))),
  );
}

function outcome(ui) {
  const { t, state } = ui;
  const { doc, run } = state;
  if (!doc && !run && state.messages.length && !state.problem) return unwritten(ui);
  if (!doc || run?.live) return null;
  const said = doc.safety?.notice ?? "";
  const again = button(t("new.photo"), () => ui.act.fresh(), { kind: "plain small", key: "new" });
  if (doc.status === "refused") return notice("stop", "notice", t("refused.title"), said, [again], [h("p", { class: "soft" }, t("refused.text"))]);
  if (doc.status === "halted") return notice("stop", "notice", t("halted.title"), said, [again], [h("p", { class: "soft" }, t("halted.text"))]);
  if (doc.status === "manual" && doc.photos?.length) return notice("gap", "pencil", t("manual.title"), said || t("manual.text"));
  const blocked = (doc.safety?.text ?? []).filter((finding) => finding.action !== "warn");
  const notes = [...new Set([...blocked, ...(doc.safety?.text ?? [])].map((f) => f.notice).concat(doc.warnings ?? []))];
  if (!notes.length) return null;
  return notice(blocked.length ? "stop" : "gap", "notice", t("warnings.title", { n: notes.length }), notes[0], [], notes.slice(1).map((note) => h("p", { key: note }, note)));
}

/** A turn that was stopped before there was a listing. */
function unwritten(ui) {
  const { t } = ui;
  const ways = [
    button(t("unwritten.write"), () => ui.act.redraft(), { kind: "plain small", key: "write" }),
    button(t("new"), () => ui.act.fresh(), { kind: "quiet small", key: "new" }),
  ];
  return notice("gap", "pencil", t("unwritten.title"), t("unwritten.text"), ways);
}

function published({ t, state, words }) {
  const done = state.doc?.published;
  if (!done || state.run?.live) return null;
  return notice("good", "check", t("published.title"), t("published.text", { share: words.percent(done.kept), at: words.moment(done.at) }));
}
