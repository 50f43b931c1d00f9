/** The asking price, with what the market asks beside it.
 *  Rule: only the seller sets a price; the market's is offered, never filled in. */

import { h, icon } from "../dom.js";
import { button } from "./parts.js";

export function priceRow(ui, listing) {
  const { t, state, words } = ui;
  const band = listing.price;
  const asked = listing.asking_price;
  const waits = state.pending.price;
  const currency = asked?.currency || band?.currency || "";
  const now = waits ? (waits.value ?? "") : asked ? String(asked.amount) : "";
  const text = state.editing.price ?? now;
  const unset = text.trim() !== now;
  const commit = (value) => ui.act.commit("price", value, now);
  return h(
    "section",
    { class: "price", "aria-labelledby": "price-title", key: "price" },
    h("h2", { id: "price-title" }, t("price.title")),
    h(
      "form",
      {
        class: `price-form ${waits ? "waits" : ""}`,
        on: {
          submit: (event) => {
            event.preventDefault();
            commit(event.currentTarget.querySelector("input").value.trim());
          },
        },
      },
      h("label", { class: "sr", for: "asking" }, t("price.label", { currency })),
      h(
        "span",
        { class: "amount" },
        h("input", {
          id: "asking",
          type: "text",
          inputmode: "decimal",
          autocomplete: "off",
          placeholder: t("price.empty"),
          disabled: !ui.canEdit,
          value: text,
          on: {
            input: (event) => ui.act.change("price", event.target.value),
            keydown: (event) => {
              if (event.key === "Escape") ui.act.cancel("price");
            },
          },
        }),
        h("span", { class: "currency soft", "aria-hidden": "true" }, currency),
      ),
      unset && h("button", { class: "button primary small", type: "submit", key: "set" }, h("span", null, t("price.set"))),
      waits && h("span", { class: "soft saving", key: "saving" }, t("edit.saving")),
      asked && !waits && !unset && h("span", { class: "by soft", key: "by" }, h("span", { class: "mark by-seller" }, icon("seller")), t("by.seller")),
    ),
    band ? market(ui, listing, band, commit) : h("p", { class: "soft market-none" }, t("price.none")),
  );
}

function market(ui, listing, band, commit) {
  const { t, words } = ui;
  const priced = (listing.references ?? []).filter((r) => r.price !== null && r.price !== undefined);
  const say = (amount) => words.money(amount, band.currency);
  const one = band.low === band.high;
  const asked = listing.asking_price?.amount;
  return h(
    "div",
    { class: "market", key: "market" },
    h("p", null, h("span", { class: "mark by-reference" }, icon("reference")), one ? t("price.single", { price: say(band.suggested) }) : t("price.band", { low: say(band.low), high: say(band.high) }), " ", h("span", { class: "soft" }, priced.length ? t("price.from", { n: priced.length }) : "")),
    !one && scale(band, asked),
    asked !== band.suggested && button(t("price.use", { price: say(band.suggested) }), () => commit(String(band.suggested)), { kind: "plain small", disabled: !ui.canEdit }),
  );
}

function scale(band, asked) {
  const ends = [band.low, band.high, ...(asked === undefined ? [] : [asked])];
  const low = Math.min(...ends), high = Math.max(...ends);
  const pad = (high - low) * 0.08 || 1;
  const at = (amount) => `${(100 * (amount - low + pad)) / (high - low + 2 * pad)}%`;
  return h(
    "div",
    { class: "scale", "aria-hidden": "true" },
    h("i", { class: "range", style: { left: at(band.low), right: `calc(100% - ${at(band.high)})` } }),
    h("i", { class: "middle", style: { left: at(band.suggested) } }),
    asked !== undefined && h("i", { class: "asked", style: { left: at(asked) } }),
  );
}
