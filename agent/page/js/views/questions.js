/** What only the seller can tell: at most three questions, one tap where answers are known.
 *  Rule: every question may be answered in own words or skipped. */

import { h } from "../dom.js";
import { button } from "./parts.js";

const MANY = 14;

export function questionCard(ui, listing) {
  const { t, state } = ui;
  const asked = state.interrupt?.kind === "ask_seller" ? (state.interrupt.questions ?? []) : [];
  const open = (listing.questions?.length ? listing.questions : asked).filter((q) => !state.pending[`attribute:${q.attribute}`]);
  if (!open.length) return null;
  return h(
    "section",
    { class: `questions ${asked.length ? "asked" : ""}`, "aria-labelledby": "questions-title", key: "questions" },
    h("h2", { id: "questions-title" }, t("questions.title", { n: Math.min(open.length, 3) })),
    open.slice(0, 3).map((question) => ask(ui, question)),
  );
}

function ask(ui, question) {
  const { t } = ui;
  const { attribute, text, values = [] } = question;
  const field = `ask:${attribute}`;
  const id = `ask-${attribute}`;
  const send = (value) => ui.act.answerQuestion(attribute, value);
  const off = { disabled: !ui.canEdit };
  return h(
    "div",
    { class: "question", role: "group", "aria-labelledby": `${id}-text`, key: attribute },
    h("p", { id: `${id}-text`, class: "question-text" }, text),
    values.length > 0 && h(
      "div",
      { class: "chips" },
      values.slice(0, MANY).map((value) => button(ui.words.value(attribute, value), () => send(value), { kind: "chip", key: value, ...off })),
    ),
    h(
      "form",
      {
        class: "free",
        on: {
          submit: (event) => {
            event.preventDefault();
            const value = event.currentTarget.querySelector("input").value.trim();
            if (value) send(value);
          },
        },
      },
      h("label", { class: "sr", for: id }, t("questions.own", { question: text })),
      h("input", {
        id,
        type: "text",
        autocomplete: "off",
        placeholder: values.length ? t("questions.else") : t("questions.answer"),
        value: ui.kept.get(field),
        on: { input: (event) => ui.act.type(field, event.target.value) },
      }),
      ui.kept.get(field) && h("button", { type: "submit", class: "button primary small", key: "tell", ...off }, h("span", null, t("questions.tell"))),
      button(t("questions.skip"), () => send(null), { kind: "quiet small", "aria-label": t("questions.skip.label", { question: text }), ...off }),
    ),
  );
}
