/** What the assistant waits for before it acts: the last look before publishing, and a yes.
 *  Rule: nothing is published that the seller did not see as it will stand; Escape is always no. */

import { h } from "../dom.js";
import { button, grow } from "./parts.js";

export function dialogs(ui) {
  const { interrupt, run } = ui.state;
  if (run || !interrupt || ui.put === interrupt.id) return null;
  if (interrupt.kind === "publish") return publish(ui, interrupt);
  if (interrupt.kind === "confirm") return confirm(ui, interrupt);
  return null;
}

const modal = (node) => requestAnimationFrame(() => node.isConnected && !node.open && node.showModal());

function frame(ui, interrupt, title, children, no) {
  return h(
    "dialog",
    {
      class: `dialog ${interrupt.kind}`,
      key: `dialog-${interrupt.id}`,
      "aria-labelledby": "dialog-title",
      made: modal,
      on: {
        cancel: (event) => {
          event.preventDefault();
          no();
        },
      },
    },
    h("h2", { id: "dialog-title" }, title),
    children,
  );
}

function publish(ui, interrupt) {
  const { t, state } = ui;
  const doc = { ...state.doc, ...(interrupt.listing ?? {}) };
  const asked = doc.asking_price;
  const price = asked ? `${asked.amount}` : "";
  const no = () => ui.act.answer(interrupt, { confirm: false });
  const submit = (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget));
    const now = { title: given.title.trim(), description: given.description.trim() };
    const wanted = given.price.trim();
    ui.act.answer(interrupt, {
      confirm: true,
      ...now,
      ...(wanted && wanted !== price ? { price: `${wanted} ${asked?.currency || doc.price?.currency || ""}`.trim() } : {}),
    });
  };
  const open = (doc.questions ?? []).length;
  return frame(
    ui,
    interrupt,
    t("publish.title"),
    h(
      "form",
      { class: "publish-form", on: { submit } },
      h("p", { class: "soft" }, t("publish.lead")),
      h("div", { class: "field" }, h("label", { for: "final-title" }, t("edit.title.name")), h("input", { id: "final-title", name: "title", initial: doc.title, required: true, dir: "auto" })),
      h("div", { class: "field" }, h("label", { for: "final-description" }, t("edit.description.name")), h("textarea", { id: "final-description", name: "description", rows: 4, initial: doc.description, required: true, dir: "auto", made: (node) => requestAnimationFrame(() => requestAnimationFrame(() => grow(node))), on: { input: (event) => grow(event.target) } })),
      h("div", { class: "field" }, h("label", { for: "final-price" }, t("price.title"), h("span", { class: "soft" }, ` ${asked?.currency || doc.price?.currency || ""}`)), h("input", { id: "final-price", name: "price", inputmode: "decimal", initial: price, placeholder: t("price.empty"), autocomplete: "off" })),
      open > 0 && h("p", { class: "soft" }, t("publish.open", { n: open })),
      h("div", { class: "dialog-foot" }, button(t("publish.no"), no, { kind: "plain" }), h("button", { type: "submit", class: "button primary" }, h("span", null, t("publish.yes")))),
    ),
    no,
  );
}

function confirm(ui, interrupt) {
  const { t } = ui;
  const no = () => ui.act.answer(interrupt, { confirm: false });
  return frame(
    ui,
    interrupt,
    t("confirm.title"),
    [
      h("p", null, interrupt.text || interrupt.question || t("confirm.text")),
      h("div", { class: "dialog-foot" }, button(t("confirm.no"), no, { kind: "plain", autofocus: true }), button(t("confirm.yes"), () => ui.act.answer(interrupt, { confirm: true }), { kind: "primary" })),
    ],
    no,
  );
}
