/** Everything that the element shows, from the bar to the dialogs. */

import { h } from "../dom.js";
import { bar, recentList } from "./bar.js";
import { chat } from "./chat.js";
import { dialogs } from "./dialogs.js";
import { evidenceCard } from "./evidence.js";
import { foot } from "./foot.js";
import { notices } from "./notices.js";
import { intake, photoColumn } from "./photos.js";
import { sheet, shownListing } from "./sheet.js";
import { similar } from "./similar.js";
import { stepList } from "./steps.js";
import { runView } from "./waterfall.js";

export function whole(ui) {
  const { t, state } = ui;
  const empty = state.ready && !state.doc && !state.run && !state.messages.length;
  return h(
    "div",
    { class: `frame ${empty ? "is-empty" : ""}`, key: "frame", on: ui.dropActs },
    bar(ui),
    h("div", { class: "sr", role: "status", "aria-live": "polite", key: "said" }, ui.said),
    ui.view === "run" ? panel("run", runView(ui)) : panel("listing", listing(ui, empty)),
    card(ui, t),
    recents(ui, t),
    dialogs(ui),
  );
}

const panel = (name, children) =>
  h("div", { class: `panel view-${name}`, id: `view-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}`, key: name }, children);

function listing(ui, empty) {
  const { state, t } = ui;
  if (!state.ready && !state.doc) return h("p", { class: "soft run-wait", key: "wait" }, state.problem ? null : t("loading"), notices(ui));
  if (empty) return h("div", { class: "desk empty", key: "empty" }, notices(ui), intake(ui));
  return h(
    "div",
    { class: "desk", key: "desk" },
    h("aside", { class: "left", "aria-label": t("left.label"), key: "left" }, photoColumn(ui), stepList(ui)),
    h("div", { class: "middle", key: "middle" }, notices(ui), ...work(ui), similar(ui, shownListing(state))),
    chat(ui),
  );
}

/** The sheet and what may be done with it; a refused item has neither. */
function work(ui) {
  const { doc, run } = ui.state;
  if (!doc && !run) return [];
  return doc?.status === "refused" && !run?.live ? [] : [sheet(ui), foot(ui)];
}

function card(ui, t) {
  return h(
    "div",
    {
      id: "card",
      class: "card",
      popover: "auto",
      role: "dialog",
      tabindex: "-1",
      "aria-label": t("claim.label"),
      key: "card",
      on: { toggle: (event) => event.newState === "closed" && ui.act.claimClosed() },
    },
    ui.claim === null ? null : evidenceCard(ui),
  );
}

function recents(ui, t) {
  return h(
    "div",
    {
      id: "recents",
      class: "recents",
      popover: "auto",
      role: "dialog",
      tabindex: "-1",
      "aria-label": t("recent"),
      key: "recents",
      on: { toggle: (event) => event.newState === "closed" && ui.act.recentClosed() },
    },
    h("h2", null, t("recent")),
    ui.recentOpen ? recentList(ui) : null,
  );
}
