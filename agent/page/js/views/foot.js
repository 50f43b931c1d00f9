/** What may be done with the whole listing: publish, copy, take back. */

import { h } from "../dom.js";
import { button } from "./parts.js";

export function foot(ui) {
  const { t, state } = ui;
  const { doc } = state;
  if (!doc || state.run?.live) return null;
  const whole = doc.title && doc.description;
  const undoes = state.canUndo;
  return h(
    "div",
    { class: "actions", role: "group", "aria-label": t("actions.label"), key: "actions" },
    button(t(doc.published ? "publish.again" : "publish.button"), () => ui.act.publish(), { kind: "primary", "aria-disabled": whole && ui.canEdit ? null : "true", key: "publish", id: "publish" }),
    undoes && button(t("undo", { what: undoes }), () => ui.act.undo(), { kind: "quiet", drawn: "undo", key: "undo", id: "undo", disabled: !ui.canEdit, class: "button quiet undo" }),
    h("span", { class: "spring", key: "spring" }),
    whole && button(t(ui.copied === "text" ? "copied" : "copy.text"), () => ui.act.copy("text"), { kind: "quiet", drawn: ui.copied === "text" ? "check" : "copy", key: "text", id: "copy-text" }),
    button(t(ui.copied === "json" ? "copied" : "copy.json"), () => ui.act.copy("json"), { kind: "quiet", drawn: ui.copied === "json" ? "check" : "copy", key: "json", id: "copy-json" }),
  );
}
