/** Listings of the market like this one, in a strip.
 *  Rule: they are shown as their sellers wrote them, and named for what they are: alike, or the same. */

import { h } from "../dom.js";
import { picture } from "./parts.js";

export function similar(ui, listing) {
  const { t, words } = ui;
  const all = (listing?.references ?? []).filter((reference) => reference.photo || reference.text);
  if (!all.length) return null;
  return h(
    "section",
    { class: "similar", "aria-labelledby": "similar-title", key: "similar" },
    h("h2", { id: "similar-title" }, t("similar.title", { n: all.length })),
    h(
      "ul",
      { tabindex: all.length > 2 ? "0" : null, "aria-labelledby": "similar-title" },
      all.map((reference) =>
        h(
          "li",
          { key: reference.id },
          reference.photo ? picture(ui, reference.photo, { alt: "", class: "thumb" }) : h("span", { class: "thumb none" }),
          h("div", null, h("p", { class: "similar-title", dir: "auto" }, reference.title), h("p", { class: "soft" }, [t(`match.${reference.match}`), reference.price ? words.money(reference.price, reference.currency) : ""].filter(Boolean).join(" · ")), h("p", { class: "soft clip", dir: "auto" }, reference.text)),
        ),
      ),
    ),
  );
}
