/** Replay of the run with a change: what would have come out, and where it first differs.
 *  Rule: the listing stays as it is; a replay answers a question, it changes nothing. */

import { h } from "../dom.js";
import { button } from "./parts.js";

const MODES = ["reference", "template", "image_only"];

export function replay(ui) {
  const { t, trace } = ui;
  const { form } = trace;
  const type = (name) => (event) => ui.act.replayForm(name, event.target.value);
  return h(
    "section",
    { class: "replay", "aria-labelledby": "replay-title", key: "replay" },
    h("h2", { id: "replay-title" }, t("replay.title")),
    h("p", { class: "soft" }, t("replay.lead")),
    h(
      "form",
      {
        class: "replay-form",
        on: {
          submit: (event) => {
            event.preventDefault();
            ui.act.replay();
          },
        },
      },
      h("div", { class: "field wide" }, h("label", { for: "replay-seller" }, t("replay.seller")), h("textarea", { id: "replay-seller", rows: 2, dir: "auto", value: form.seller, on: { input: type("seller") } })),
      h("div", { class: "field" }, h("label", { for: "replay-mode" }, t("replay.mode")), h("select", { id: "replay-mode", on: { change: type("mode") } }, h("option", { value: "", selected: !form.mode, key: "same" }, t("replay.same")), MODES.map((mode) => h("option", { value: mode, selected: form.mode === mode, key: mode }, t(`replay.mode.${mode}`))))),
      h("div", { class: "field" }, h("label", { for: "replay-set" }, t("replay.set")), h("input", { id: "replay-set", autocomplete: "off", spellcheck: "false", placeholder: "limits.top_k=2", value: form.set, on: { input: type("set") } })),
      h("div", { class: "replay-foot" }, h("button", { type: "submit", class: "button primary small", "aria-disabled": trace.replaying ? "true" : null }, h("span", null, t(trace.replaying ? "replay.running" : "replay.button"))), trace.wrong && h("p", { class: "failure", role: "alert" }, trace.wrong)),
    ),
    trace.result && result(ui, trace.result),
  );
}

function result(ui, found) {
  const { t } = ui;
  const [first, ...rest] = found.differences;
  return h(
    "div",
    { class: "replay-result", role: "status", key: "result" },
    found.stopped && h("p", { class: "failure", key: "stopped" }, found.stopped),
    !first && h("p", { key: "none" }, t("replay.none")),
    first && [h("h3", { key: "first" }, t("replay.first")), difference(ui, first)],
    found.listing.length > 0 && [h("h3", { key: "then" }, t("replay.then")), found.listing.map((each) => difference(ui, each))],
    rest.length > 0 && h("details", { key: "rest" }, h("summary", null, t("replay.more", { n: rest.length })), rest.slice(0, 40).map((each) => difference(ui, each))),
  );
}

function difference({ t }, { where, before, after }) {
  return h(
    "div",
    { class: "difference", key: where },
    h("p", null, h("code", null, where)),
    h("dl", null, h("div", null, h("dt", null, t("replay.before")), h("dd", { dir: "auto" }, h("del", null, before))), h("div", null, h("dt", null, t("replay.after")), h("dd", { dir: "auto" }, h("ins", null, after)))),
  );
}
