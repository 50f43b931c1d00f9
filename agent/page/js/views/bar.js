/** The bar on top: the two views, recent listings, a new one; the host's own things at its ends. */

import { h } from "../dom.js";
import { button, picture } from "./parts.js";

const VIEWS = ["listing", "run"];

export function bar(ui) {
  const { t, state } = ui;
  const has = Boolean(state.doc?.trace_id);
  return h(
    "header",
    { class: "bar", key: "bar" },
    h("div", { class: "bar-start" }, h("slot", { name: "brand" })),
    h("div", { class: "tabs", role: "tablist", "aria-label": t("views.label") }, VIEWS.map((view) => tab(ui, view, has))),
    h("div", { class: "bar-end" }, recent(ui), button(t("new"), () => ui.act.fresh(), { kind: "plain small", drawn: "plus", key: "new", class: "button plain small new", "aria-label": t("new") }), h("slot", { name: "tools" })),
  );
}

function tab(ui, view, has) {
  const chosen = ui.view === view;
  const go = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = VIEWS[(VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length];
    ui.act.show(next, true);
  };
  return h("button", {
    type: "button",
    role: "tab",
    id: `tab-${view}`,
    key: view,
    class: "tab",
    "aria-selected": String(chosen),
    "aria-controls": chosen ? `view-${view}` : null,
    tabindex: chosen ? "0" : "-1",
    disabled: view === "run" && !has && !chosen,
    on: { click: () => ui.act.show(view), keydown: go },
  }, ui.t(`views.${view}`));
}

function recent(ui) {
  const { t } = ui;
  return [
    button(t("recent"), () => ui.act.recent(), { kind: "quiet small", drawn: "down", key: "recent", class: "button quiet small recent-button", id: "recent-button", "aria-haspopup": "dialog", "aria-expanded": String(Boolean(ui.recentOpen)) }),
  ];
}

export function recentList(ui) {
  const { t, state, words } = ui;
  const all = state.threads;
  if (!all) return h("p", { class: "soft" }, t("recent.loading"));
  if (!all.length) return h("p", { class: "soft" }, t("recent.none"));
  return h(
    "ul",
    null,
    all.slice(0, 30).map((thread) =>
      h(
        "li",
        { key: thread.thread_id },
        h(
          "button",
          { type: "button", class: "recent", "aria-current": thread.thread_id === state.thread ? "true" : null, on: { click: () => ui.act.open(thread.thread_id) } },
          thread.photo ? picture(ui, thread.photo, { alt: "", class: "thumb" }) : h("span", { class: "thumb none" }),
          h("span", { class: "recent-words" }, h("span", { class: "recent-title", dir: "auto" }, thread.title || t("recent.untitled")), h("span", { class: "soft" }, [thread.status && t(`status.${thread.status}`), words.moment(thread.updated_at ?? thread.created_at ?? "")].filter(Boolean).join(" · "))),
        ),
        button(null, () => ui.act.forget(thread.thread_id), { kind: "icon", drawn: "trash", label: t("recent.forget", { title: thread.title || t("recent.untitled") }) }),
      ),
    ),
  );
}
