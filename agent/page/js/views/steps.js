/** The steps of a draft, lighting up as they run.
 *  Rule: what is announced happens; how long it takes is said as soon as it takes long. */

import { h, icon } from "../dom.js";
import { PLAN, isDrafting } from "../run.js";
import { button } from "./parts.js";

const SLOW_MS = 900;

/** Rows to show: those that ran or run, and those that will. */
export function rows(state) {
  const drafting = state.run && isDrafting(state.run);
  const sending = state.run?.kind === "draft" && !drafting;
  const steps = drafting || sending ? state.run.steps : state.steps;
  const going = Boolean(drafting || sending);
  const reached = PLAN.findLastIndex((step) => steps[step.name]);
  const plan = PLAN.map((step, place) => ({ ...step, passed: place < reached }));
  return plan.filter((step) => steps[step.name] || (going && step.always)).map(({ name, passed }) => ({
    name,
    state: steps[name]?.state ?? (passed ? "done" : "ahead"),
    ms: steps[name]?.ms ?? 0,
    startedAt: steps[name]?.startedAt ?? 0,
  }));
}

/** How far a draft is, as a share of the steps that were announced. */
export function progress(list) {
  if (!list.length) return 0;
  return list.filter((row) => row.state === "done").length / list.length;
}

export function stepList(ui) {
  const { t, state, words } = ui;
  const list = rows(state);
  if (!list.length) return null;
  const { run } = state;
  const going = run && list.some((row) => row.state !== "done");
  const total = list.reduce((sum, row) => sum + row.ms, 0);
  return h(
    "section",
    { class: `steps ${going ? "going" : "over"} ${ui.stepsOpen ? "open" : ""}`, "aria-labelledby": "steps-title", key: "steps" },
    h(
      "div",
      { class: "steps-head" },
      h("h2", { id: "steps-title" }, h("span", { class: "all", key: "all" }, t("steps.title")), going && h("span", { class: "now", key: "now" }, headline(ui, list))),
      h("span", { class: "soft figures" }, going ? words.seconds(Date.now() - run.startedAt) : words.duration(total)),
      button(null, () => ui.act.toggleSteps(), {
        kind: "icon steps-more",
        drawn: "down",
        label: t("steps.show"),
        "aria-expanded": String(Boolean(ui.stepsOpen)),
        "aria-controls": "steps-list",
      }),
    ),
    h("div", { class: "thread-bar", "aria-hidden": "true" }, h("i", { style: { width: `${100 * progress(list)}%` } })),
    h(
      "ol",
      { id: "steps-list" },
      list.map((row) => h("li", { key: row.name, class: `step is-${row.state}` }, dot(row), h("span", { class: "step-name" }, t(`step.${row.name}`)), time(ui, row))),
    ),
    !going && state.doc && outcome(ui),
  );
}

function headline(ui, list) {
  if (ui.state.run.phase === "sending") return ui.t("steps.sending");
  const now = list.findLast((row) => row.state === "running");
  return now ? ui.t(`step.${now.name}`) : ui.t("steps.title");
}

const dot = (row) =>
  h("span", { class: "dot", "aria-hidden": "true" }, row.state === "done" && icon("check"), row.state === "failed" && icon("cross"));

function time({ words, t }, row) {
  const spent = row.state === "running" ? Date.now() - row.startedAt : row.ms;
  const said = (row.state === "done" && spent > 0) || (row.state === "running" && spent > SLOW_MS);
  const hidden = h("span", { class: "sr" }, t(`state.${row.state}`));
  return h("span", { class: "soft figures" }, hidden, said && words.duration(spent));
}

function outcome(ui) {
  const { t, state } = ui;
  return h(
    "p",
    { class: "outcome soft" },
    state.doc.status === "refused" ? "" : `${t(`mode.${state.doc.mode}`)} `,
    state.doc.trace_id && button(t("steps.run"), () => ui.act.show("run"), { kind: "link" }),
  );
}
