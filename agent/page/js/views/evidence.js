/** What vouches for one claim: the neighbour's listing, the photo, or the seller's own words.
 *  Rule: the source is shown with its own words, marked where they say it; no source, no claim of
 *  one. */

import { h, icon } from "../dom.js";
import { sources, voucher } from "../text.js";
import { shownListing } from "./sheet.js";
import { button, picture, voucherMark } from "./parts.js";

export function evidenceCard(ui) {
  const listing = shownListing(ui.state);
  const claim = listing?.claims?.[ui.claim];
  if (!claim) return null;
  const { t, words } = ui;
  const list = sources(listing, claim);
  const by = claim.verdict === "supported" ? voucher(listing, claim.evidence) : "";
  const verdict = by ? t(`vouched.${by}`) : t(`verdict.${claim.verdict}.long`);
  return [
    h(
      "div",
      { class: "card-head" },
      h("span", { class: "soft figures" }, t("claim.nth", { i: ui.claim + 1, n: listing.claims.length })),
      button(null, () => ui.act.stepClaim(-1), { kind: "icon", drawn: "left", label: t("claim.before"), key: "left" }),
      button(null, () => ui.act.stepClaim(1), { kind: "icon", drawn: "right", label: t("claim.after"), key: "right" }),
      button(null, () => ui.act.closeClaim(), { kind: "icon", drawn: "cross", label: t("close"), key: "close" }),
    ),
    h(
      "div",
      { class: `card-body is-${claim.verdict} ${by ? `by-${by}` : ""}` },
      h("p", { class: "verdict" }, by ? voucherMark(t, by) : icon(claim.verdict === "supported" ? "check" : claim.verdict), h("span", null, verdict)),
      h("h3", { id: "claim-words", dir: "auto" }, claim.text),
      h("p", { class: "soft" }, claim.attribute === "placeholder" ? "" : t("claim.states", { label: words.attribute(claim.attribute), value: words.value(claim.attribute, claim.value) })),
      list.map((source) => sourceView(ui, source)),
      !list.length && h("p", { class: "none" }, t("claim.nothing")),
      claim.probability !== null && claim.probability !== undefined && h("p", { class: "soft" }, t("claim.probability", { p: words.percent(claim.probability) })),
      change(ui, listing, claim),
    ),
  ];
}

function sourceView(ui, source) {
  const { t } = ui;
  if (source.kind === "photo") {
    return h("figure", { class: "source", key: source.item.id }, picture(ui, source.name, { alt: t("claim.photo"), class: "source-photo" }), h("figcaption", { class: "soft" }, t("claim.read", { value: source.item.value ? ui.words.value(source.item.attribute, source.item.value) : source.item.text })));
  }
  if (source.kind === "reference") {
    const { listing } = source;
    return h(
      "div",
      { class: "source neighbour", key: source.item.id },
      listing?.photo && picture(ui, listing.photo, { alt: t("claim.neighbour.photo"), class: "thumb" }),
      h("div", null, h("p", { class: "source-title" }, t(`match.${listing?.match ?? "similar"}`), listing?.price ? h("span", { class: "soft" }, " · ", ui.words.money(listing.price, listing.currency)) : ""), quote(source)),
    );
  }
  return h("div", { class: "source", key: source.item.id }, quote(source));
}

const quote = ({ before, words, after }) =>
  h("blockquote", { dir: "auto" }, before, words && h("mark", null, words), after);

function change(ui, listing, claim) {
  const { t, words } = ui;
  const known = listing.attributes?.[claim.attribute];
  if (!ui.canEdit) return null;
  const field = `attribute:${claim.attribute}`;
  return h(
    "div",
    { class: "card-foot" },
    button(t("claim.change"), () => ui.act.editFrom(field, known?.value ?? claim.value), { kind: "plain small", key: "change", "aria-label": t("claim.change.label", { label: words.attribute(claim.attribute) }) }),
    button(t("claim.remove"), () => ui.act.takeOut(field, known?.value ?? claim.value), { kind: "quiet small", key: "remove" }),
  );
}
