/** The listing itself: its words with who vouches for each, to be changed in place.
 *  Rule: the text is the hero; nothing on the sheet moves while it is being read. */

import { h, icon } from "../dom.js";
import { isDrafting } from "../run.js";
import { counts, pieces, voucher } from "../text.js";
import { factList } from "./facts.js";
import { priceRow } from "./price.js";
import { questionCard } from "./questions.js";
import { button, focused, grow } from "./parts.js";

/** Claims up to so many characters stay on one line. */
const SHORT = 18;
const WISHES = ["shorter", "longer", "warmer", "plainer"];

/** What the sheet shows now: the stream's words while there are some, else the listing's. */
export function shownListing(state) {
  const { run, doc } = state;
  const live = run?.live;
  if (!live) return doc;
  const drafting = isDrafting(run);
  const base = drafting ? {} : (doc ?? {});
  const own = drafting || live.whole || live.text.includes("\n\n");
  return {
    ...base,
    ...live,
    title: own ? live.title : base.title,
    description: own ? live.description : live.text || base.description,
    claims: live.claims,
    evidence: base.evidence ?? [],
    references: drafting ? live.references : base.references,
    attributes: drafting ? live.attributes : base.attributes,
    status: "writing",
  };
}

export function sheet(ui) {
  const { state, t } = ui;
  const listing = shownListing(state);
  const writing = listing?.status === "writing" || (!listing && state.run);
  return h(
    "article",
    { class: `sheet ${writing ? "writing" : ""}`, "aria-label": t("listing.label"), "aria-busy": String(Boolean(writing)), key: "sheet" },
    crumb(ui, listing),
    listing ? body(ui, listing, writing) : waiting(ui),
  );
}

function crumb({ t, state }, listing) {
  const path = listing?.category?.path ?? [];
  return h(
    "p",
    { class: "crumb" },
    path.length ? path.map((name, i) => [i > 0 && h("span", { class: "sep", "aria-hidden": "true" }, "›"), h("span", null, name)]) : h("span", { class: "soft" }, state.run ? t("listing.finding") : t("listing.nocategory")),
  );
}

function waiting({ t }) {
  return h(
    "div",
    { class: "waiting", "aria-hidden": "true", key: "waiting" },
    h("i", { class: "line head" }),
    h("i", { class: "line" }),
    h("i", { class: "line" }),
    h("i", { class: "line short" }),
    h("span", { class: "sr" }, t("listing.writing")),
  );
}

function body(ui, listing, writing) {
  const empty = !listing.title && !listing.description;
  if (writing && empty) return [waiting(ui), factList(ui, listing)];
  return [
    title(ui, listing),
    description(ui, listing, writing),
    !writing && !empty && tally(ui, listing),
    !writing && wishes(ui, listing),
    !writing && questionCard(ui, listing),
    factList(ui, listing, writing),
    !writing && priceRow(ui, listing),
  ];
}

const editable = (ui, field, listing) =>
  field in ui.state.editing || (!listing[field] && listing.status !== "writing" && ui.canEdit);

function title(ui, listing) {
  const { t, state } = ui;
  if (editable(ui, "title", listing)) {
    return editor(ui, "title", listing, { rows: 1, class: "edit-title" });
  }
  const waits = state.pending.title;
  return h(
    "div",
    { class: `title-row ${waits ? "waits" : ""}`, key: "title" },
    h("h1", { class: "title", dir: "auto" }, waits ? waits.value : marked(ui, listing, "title")),
    ui.canEdit && button(null, () => ui.act.edit("title", listing.title), { kind: "icon", drawn: "pencil", label: t("edit.title"), id: "edit-title" }),
  );
}

function description(ui, listing, writing) {
  const { t, state } = ui;
  if (editable(ui, "description", listing)) {
    return editor(ui, "description", listing, { rows: 4, class: "edit-description" });
  }
  const waits = state.pending.description;
  return h(
    "div",
    { class: `description-row ${waits ? "waits" : ""}`, key: "description" },
    h(
      "div",
      { class: "description", dir: "auto" },
      waits ? waits.value : marked(ui, listing, "description"),
      writing && h("span", { class: "caret", "aria-hidden": "true", key: "caret" }),
    ),
    ui.canEdit && button(null, () => ui.act.edit("description", listing.description), { kind: "icon", drawn: "pencil", label: t("edit.description"), id: "edit-description" }),
  );
}

function editor(ui, field, listing, { rows, class: name }) {
  const { t } = ui;
  const { editing } = ui.state;
  const before = listing[field] ?? "";
  const text = editing[field] ?? before;
  const unsaved = text !== before && field in editing;
  const commit = (event) => {
    event.preventDefault();
    const value = event.currentTarget.querySelector("textarea").value.trim();
    ui.act.commit(field, value, listing[field]);
  };
  const keys = (event) => {
    const enter = event.key === "Enter" && !event.isComposing;
    if (event.key === "Escape") ui.act.cancel(field);
    else if (enter && (field === "title" || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  };
  return h(
    "form",
    { class: `editor ${name}`, key: `edit-${field}`, on: { submit: commit } },
    h("label", { class: "sr", for: `field-${field}` }, t(`edit.${field}`)),
    h("textarea", {
      id: `field-${field}`,
      rows,
      dir: "auto",
      value: text,
      placeholder: t(`edit.${field}.empty`),
      made: (node) => {
        if (field in editing && !unsaved) focused(node);
        requestAnimationFrame(() => grow(node));
      },
      on: {
        input: (event) => {
          grow(event.target);
          ui.act.change(field, event.target.value);
        },
        keydown: keys,
      },
    }),
    (before || unsaved) && h(
      "div",
      { class: "editor-foot" },
      h("button", { class: "button primary small", type: "submit" }, h("span", null, t("edit.save"))),
      button(t("edit.cancel"), () => ui.act.cancel(field), { kind: "quiet small" }),
      unsaved && h("span", { class: "soft" }, t("edit.unsaved")),
    ),
  );
}

/** The text with its claims, each a button that shows what vouches for it. */
function marked(ui, listing, field) {
  return pieces(listing[field] ?? "", listing.claims ?? [], field).map((piece, place) =>
    piece.claim === null ? piece.text : claim(ui, listing, piece, `${field}-${place}`),
  );
}

function claim(ui, listing, piece, key) {
  const { t } = ui;
  const said = listing.claims[piece.claim];
  const by = said.verdict === "supported" ? voucher(listing, said.evidence) || sourceOf(listing, said) : "";
  const drawn = said.verdict === "supported" ? by || "check" : said.verdict;
  const open = (event) => ui.act.openClaim(piece.claim, event.currentTarget);
  return h(
    "span",
    {
      key: `claim-${key}`,
      role: "button",
      tabindex: "0",
      class: `claim is-${said.verdict} ${by ? `by-${by}` : ""} ${piece.text.length <= SHORT ? "short" : ""}`,
      "data-claim": String(piece.claim),
      "aria-haspopup": "dialog",
      "aria-expanded": String(ui.claim === piece.claim),
      on: {
        click: open,
        keydown: (event) => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            open(event);
          }
        },
      },
    },
    piece.text,
    h("span", { class: "mark" }, icon(drawn)),
    h("span", { class: "sr" }, `, ${by ? t(`by.${by}`) : t(`verdict.${said.verdict}`)}`),
  );
}

const sourceOf = (listing, said) => listing.attributes?.[said.attribute]?.source ?? "";

function tally(ui, listing) {
  const { t } = ui;
  const n = counts(listing.claims ?? []);
  const all = n.supported + n.contradicted + n.unsupported;
  if (!all) return null;
  const bad = n.contradicted + n.unsupported;
  return h(
    "p",
    { class: `tally ${bad ? "some-bad" : "all-good"}`, key: "tally" },
    icon(bad ? "notice" : "check"),
    h("span", null, bad ? t("tally.some", { n: bad, all }) : t("tally.all", { n: all })),
    h("span", { class: "soft" }, t("tally.tap")),
  );
}

function wishes(ui, listing) {
  const { t } = ui;
  if (!listing.description) return null;
  const other = listing.language === "zh" ? "en" : "zh";
  const quiet = { kind: "quiet small", disabled: !ui.canEdit };
  return h(
    "div",
    { class: "wishes", role: "group", "aria-label": t("wish.label"), key: "wishes" },
    h("span", { class: "soft" }, t("wish.lead")),
    WISHES.map((wish) => button(t(`wish.${wish}`), () => ui.act.rewrite(wish), { ...quiet, key: wish })),
    button(t(`wish.in.${other}`), () => ui.act.rewrite("translate", other), { ...quiet, key: "translate" }),
  );
}
