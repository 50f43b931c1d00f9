/** One turn as its events tell it: a pure fold from events to what the page shows meanwhile.
 *  Rule: nothing here is kept; the listing document of `done` is the truth. */

import { parted } from "./text.js";

/** Steps of a draft in the order in which they are shown; those `always` are announced ahead. */
export const PLAN = [
  { name: "queue" },
  { name: "check_photos", always: true },
  { name: "predict_category", always: true },
  { name: "search_similar", always: true },
  { name: "read_seller" },
  { name: "extract_attributes" },
  { name: "write_draft", always: true },
  { name: "audit_draft", always: true },
  { name: "revise" },
];
const QUIET = new Set(["choose_mode", "finish", "refuse"]);
const WORK = PLAN.map((step) => step.name).filter((name) => name !== "queue");
const NAMES = new Set([...PLAN.map((step) => step.name), ...QUIET]);

export function newRun(kind, now) {
  return {
    kind,
    startedAt: now,
    phase: "sending",
    connection: "ok",
    retryAt: null,
    turn: "",
    lastId: "",
    steps: {},
    live: null,
    lines: [],
    reply: "",
    notices: [],
    halted: null,
    interrupt: null,
  };
}

const fresh = () => ({
  text: "",
  title: "",
  description: "",
  claims: [],
  category: null,
  references: [],
  attributes: {},
  questions: [],
  whole: false,
});

/** Return the run after one event; `now` in milliseconds. */
export function fold(run, event, data, now) {
  const next = { ...run, phase: "running", connection: "ok", retryAt: null };
  const change = CHANGES[event];
  return change ? change(next, data, now) : next;
}

const alive = (run) => run.live ?? fresh();

const CHANGES = {
  step(run, { name, state, ms }, now) {
    if (!NAMES.has(name)) return run;
    if (name === "check_photos" && state === "started") {
      const { queue } = run.steps;
      run = { ...run, live: fresh(), steps: queue ? { queue } : {} };
    }
    const before = run.steps[name] ?? { startedAt: now, ms: 0 };
    const going = state === "started";
    const step = going
      ? { state: "running", startedAt: now, ms: before.ms }
      : { ...before, state: state === "done" ? "done" : "failed", ms: before.ms + (ms ?? 0) };
    return { ...run, steps: { ...run.steps, [name]: step } };
  },
  category: (run, data) => ({ ...run, live: { ...alive(run), category: data } }),
  reference(run, data) {
    const live = alive(run);
    return { ...run, live: { ...live, references: [...live.references, data] } };
  },
  attribute(run, { name, ...value }) {
    const live = alive(run);
    const given = { confidence: 1, evidence: [], ...value };
    return { ...run, live: { ...live, attributes: { ...live.attributes, [name]: given } } };
  },
  token(run, { text, of }) {
    if (of === "reply") return { ...run, reply: run.reply + text };
    const live = alive(run);
    const all = live.text + text;
    return { ...run, live: { ...live, text: all, ...parted(all), claims: [] } };
  },
  revised(run, { title, description }) {
    return { ...run, live: { ...alive(run), title, description, claims: [], whole: true } };
  },
  claim(run, data) {
    const live = alive(run);
    return { ...run, live: { ...live, claims: [...live.claims, data] } };
  },
  question(run, data) {
    const live = alive(run);
    return { ...run, live: { ...live, questions: [...live.questions, data] } };
  },
  notice: (run, data) => ({ ...run, notices: [...run.notices, data] }),
  halted: (run, data) => ({ ...run, halted: data }),
  tool_call(run, { id, name, arguments: args }) {
    return { ...run, lines: [...run.lines, { id, name, args: args ?? {}, state: "running" }] };
  },
  tool_result(run, { id, ok, text, data }) {
    const end = { state: ok === false ? "failed" : "done", says: text, data };
    const lines = run.lines.map((line) => (line.id === id ? { ...line, ...end } : line));
    return { ...run, lines };
  },
  interrupt: (run, data) => ({ ...run, interrupt: data }),
  message: (run, { text }) => ({ ...run, reply: text }),
};

/** Tell whether a turn writes a draft, from its start or from where it was cut off. */
export const isDrafting = (run) => WORK.some((name) => run.steps[name]);

/** Return the steps of a finished draft from the document's own timings. */
export function stepsOf(document) {
  const steps = {};
  for (const { name } of PLAN) {
    const ms = document?.timings_ms?.[name];
    if (ms) steps[name] = { state: "done", ms, startedAt: 0 };
  }
  return steps;
}

const UNTOLD = new Set(["reply", "edit", "publish"]);

/** Return the calls that are told in the talk: not the answer itself, nor what was done by hand. */
export const toldLines = (lines) => lines.filter((line) => !UNTOLD.has(line.name));
