/** The facts of the item in a table: each with who vouches for it, each to be changed in place.
 *  Rule: a field can always be edited, filled or emptied; a change is shown at once and marked
 *  until the service has it. */

import { h, icon } from "../dom.js";
import { templateOf } from "../text.js";
import { button, focused, voucherMark } from "./parts.js";

export function factList(ui, listing, writing) {
  const names = [...new Set([...templateOf(listing), ...Object.keys(listing.attributes ?? {})])];
  const more = Object.keys(ui.state.editing).filter((n) => n.startsWith("attribute:")).map((n) => n.slice(10));
  const all = [...new Set([...names, ...more])];
  if (!all.length) return null;
  return h(
    "section",
    { class: "facts", "aria-labelledby": "facts-title", key: "facts" },
    h("h2", { id: "facts-title" }, ui.t("facts.title")),
    h("dl", null, all.map((name) => fact(ui, listing, name, writing))),
  );
}

function fact(ui, listing, name, writing) {
  const field = `attribute:${name}`;
  const known = listing.attributes?.[name];
  const label = ui.words.attribute(name);
  const editing = field in ui.state.editing;
  return h(
    "div",
    { class: `fact ${editing ? "editing" : ""}`, key: name },
    h("dt", null, label),
    h("dd", null, editing ? factEditor(ui, listing, name, known, label) : shownFact(ui, name, known, label, writing)),
  );
}

function shownFact(ui, name, known, label, writing) {
  const { t, state, words } = ui;
  const field = `attribute:${name}`;
  const waits = state.pending[field];
  const value = waits ? waits.value : known?.value;
  const open = () => ui.act.edit(field, known?.value ?? "");
  if (!value) {
    if (writing || !ui.canEdit) return h("span", { class: "soft" }, "–");
    return button(t("facts.add"), open, { kind: "quiet small add", drawn: "plus", "aria-label": t("facts.add.label", { label }), "data-field": field });
  }
  const by = waits ? "seller" : known.source;
  return h(
    "button",
    {
      type: "button",
      class: `value ${waits ? "waits" : ""}`,
      disabled: writing || !ui.canEdit,
      "aria-label": `${t("facts.change", { label, value: words.value(name, value) })}, ${t(`by.${by}`)}`,
      "data-field": field,
      on: { click: open },
    },
    h("span", { class: "value-words", dir: "auto" }, words.value(name, value)),
    voucherMark(t, by),
    waits ? h("span", { class: "soft saving" }, t("edit.saving")) : h("span", { class: "pen" }, icon("pencil")),
  );
}

function factEditor(ui, listing, name, known, label) {
  const { t } = ui;
  const field = `attribute:${name}`;
  const values = (listing.questions ?? []).find((q) => q.attribute === name)?.values ?? [];
  const text = ui.state.editing[field];
  const id = `field-${name}`;
  return h(
    "form",
    {
      class: "fact-editor",
      on: {
        submit: (event) => {
          event.preventDefault();
          ui.act.commit(field, event.currentTarget.querySelector("input").value.trim(), known?.value);
        },
      },
    },
    h("label", { class: "sr", for: id }, label),
    h("input", {
      id,
      type: "text",
      autocomplete: "off",
      dir: "auto",
      list: values.length ? `${id}-values` : null,
      value: text,
      made: (node) => text === (known?.value ?? "") && focused(node),
      on: {
        input: (event) => ui.act.change(field, event.target.value),
        keydown: (event) => event.key === "Escape" && ui.act.cancel(field),
      },
    }),
    values.length > 0 && h("datalist", { id: `${id}-values` }, values.map((v) => h("option", { value: v, key: v }, ui.words.value(name, v)))),
    h("button", { class: "button icon", type: "submit", "aria-label": t("edit.save"), title: t("edit.save") }, icon("check")),
    known && button(null, () => ui.act.commit(field, "", known.value), { kind: "icon", drawn: "trash", label: t("facts.remove", { label }), key: "remove" }),
    button(null, () => ui.act.cancel(field), { kind: "icon", drawn: "cross", label: t("edit.cancel"), key: "cancel" }),
  );
}
