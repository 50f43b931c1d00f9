/** The run behind the listing: its steps against time, each with what went in and came out.
 *  Rule: what is recorded is shown as it is recorded; words are never read as markup. */

import { h, icon } from "../dom.js";
import { button, picture } from "./parts.js";
import { replay } from "./replay.js";

const MAX_CHARS = 20000;

export function runView(ui) {
  const { t, trace } = ui;
  if (!trace || trace.state === "loading") return h("p", { class: "soft run-wait", role: "status", key: "run-wait" }, t("run.loading"));
  if (trace.state === "failed") {
    return h("div", { class: "notice stop", role: "alert", key: "run-failed" }, icon("notice"), h("div", null, h("p", { class: "notice-title" }, t("run.failed")), h("p", null, trace.detail), h("div", { class: "notice-foot" }, button(t("problem.retry"), () => ui.act.loadTrace(), { kind: "plain small" }))));
  }
  const { steps } = trace;
  const total = Math.max(1, ...steps.map((step) => step.start_ms + (step.duration_ms ?? 0)));
  return [
    h(
      "section",
      { class: "run", "aria-labelledby": "run-title", key: "waterfall" },
      h(
        "div",
        { class: "run-head" },
        h("h1", { id: "run-title" }, t("run.title")),
        h("p", { class: "soft" }, t("run.summary", { n: steps.length, time: ui.words.duration(total) }), " ", h("code", null, trace.id.slice(0, 12))),
        button(t("run.audit"), () => ui.act.openAudit(), { kind: "link" }),
      ),
      h("ol", { class: "waterfall" }, steps.map((step) => row(ui, step, total))),
    ),
    replay(ui),
  ];
}

function row(ui, step, total) {
  const open = Boolean(ui.openSteps[step.span_id]);
  const failed = step.status === "error";
  const left = (100 * step.start_ms) / total;
  const wide = Math.max(0.4, (100 * (step.duration_ms ?? 0)) / total);
  const id = `span-${step.span_id}`;
  return h(
    "li",
    { class: `span depth-${Math.min(step.depth, 5)} kind-${step.kind ?? "span"} ${failed ? "failed" : ""}`, key: step.span_id },
    h(
      "button",
      { type: "button", class: "span-row", "aria-expanded": String(open), "aria-controls": open ? id : null, on: { click: () => ui.act.openStep(step.span_id) } },
      h("span", { class: "span-name" }, icon(open ? "down" : "right"), h("span", null, step.name), notes(ui, step)),
      h("span", { class: "span-bar", "aria-hidden": "true" }, h("i", { style: { left: `${Math.min(left, 99.6)}%`, width: `${Math.min(wide, 100 - Math.min(left, 99.6))}%` } })),
      h("span", { class: "figures soft" }, step.duration_ms === null || step.duration_ms === undefined ? t0(ui) : ui.words.duration(step.duration_ms)),
    ),
    open && h("div", { class: "span-inside", id }, inside(ui, step)),
  );
}

const t0 = (ui) => ui.t("run.unended");

function notes({ t }, step) {
  const route = step.route && h("span", { class: "tag", key: "route" }, t("run.route", { to: step.route }));
  const degraded = step.degraded && h("span", { class: "tag warn", key: "degraded" }, t("run.degraded"));
  return [route, degraded];
}

function inside(ui, step) {
  const { t } = ui;
  const empty = isEmpty(step.input) && isEmpty(step.output);
  return [
    step.reason && h("p", { class: "soft", key: "reason" }, step.reason),
    typeof step.degraded === "string" && h("p", { class: "soft", key: "why" }, step.degraded),
    step.message && h("p", { class: "failure", key: "error" }, step.message),
    !isEmpty(step.input) && h("div", { key: "in" }, h("h3", null, t("run.input")), content(ui, step.input)),
    !isEmpty(step.output) && h("div", { key: "out" }, h("h3", null, t("run.output")), content(ui, step.output)),
    empty && h("p", { class: "soft", key: "none" }, t("run.empty")),
  ];
}

const isEmpty = (value) => value === null || value === undefined || value === "";

/** Messages as talk, everything else as indented JSON. */
function content(ui, value) {
  const read = typeof value === "string" ? parsed(value) : value;
  if (isTalk(read)) return h("div", { class: "talk" }, read.map((message) => h("div", { class: "talk-message" }, h("span", { class: "soft" }, message.role), parts(message).map((part) => partView(ui, part)))));
  return h("pre", { tabindex: "0" }, cut(typeof read === "string" ? read : JSON.stringify(read, null, 1)));
}

const isTalk = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((item) => item && typeof item === "object" && typeof item.role === "string");

function parts(message) {
  const list = message.parts ?? message.content ?? "";
  if (typeof list === "string") return [list];
  if (!Array.isArray(list)) return [JSON.stringify(list, null, 1)];
  return list.map((part) => {
    if (typeof part === "string") return part;
    const photo = /^sha256:([0-9a-f]{64})$/.exec(part.uri ?? "");
    if (photo) return { photo: photo[1] };
    const text = part.content ?? part.text;
    return typeof text === "string" ? text : JSON.stringify(part, null, 1);
  });
}

const partView = (ui, part) =>
  part.photo
    ? picture(ui, part.photo, { alt: ui.t("run.photo"), class: "talk-photo" })
    : h("pre", { tabindex: "0" }, cut(part));

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const cut = (text) => (text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS)}\n…`);
