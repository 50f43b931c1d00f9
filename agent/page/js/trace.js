/** The second view: the run's record, its steps opened and closed, and its replay. */

import { Problem } from "./api.js";

const EMPTY = { seller: "", mode: "", set: "" };

export function traceActs(view) {
  const { desk, api } = view;
  const put = (change) => view.set({ trace: { ...view.ui.trace, ...change } });
  const shown = () => desk.state.doc?.trace_id ?? "";
  return {
    show(which, keepFocus) {
      view.set({ view: which, claim: null });
      if (keepFocus) view.focus(`#tab-${which}`);
      if (which === "run" && shown() && view.ui.trace?.of !== shown()) view.act.loadTrace();
    },
    async loadTrace(id = shown()) {
      view.set({ trace: { state: "loading", id, of: shown(), form: EMPTY }, openSteps: {} });
      try {
        const found = await api.json(`/v1/traces/${id}/steps`);
        const steps = ordered(Array.isArray(found) ? found : found.steps);
        const seller = sellerOf(steps);
        put({ state: "ready", steps, seller, form: { ...EMPTY, seller } });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        put({ state: "failed", detail: error.detail || view.words.t("problem.unreachable") });
      }
    },
    openStep(id) {
      view.set({ openSteps: { ...view.ui.openSteps, [id]: !view.ui.openSteps[id] } });
    },
    replayForm(name, value) {
      put({ form: { ...view.ui.trace.form, [name]: value }, wrong: "" });
    },
    async replay() {
      const { trace } = view.ui;
      if (trace.replaying) return;
      put({ replaying: true, result: null, wrong: "" });
      try {
        const set = changes(trace);
        const body = { set, live: set.length ? ["all"] : [] };
        const found = await api.json(`/v1/traces/${trace.id}/replay`, { method: "POST", json: body });
        put({ replaying: false, result: resultOf(found) });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        put({ replaying: false, wrong: error.detail || view.words.t("problem.unreachable") });
      }
    },
    /** Open the audit page; behind a key, which a new window cannot bear, save it as a file. */
    async openAudit() {
      const { id } = view.ui.trace;
      const path = `/v1/traces/${id}/audit`;
      if (!api.key) return open(api.source + path, "_blank", "noopener");
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([await api.text(path)], { type: "text/html" }));
      link.download = `audit-${id}.html`;
      link.click();
      view.later(() => URL.revokeObjectURL(link.href), 10000);
    },
  };
}

/** Return the changes that the form asks for, as `KEY=JSON`. */
function changes({ form, seller }) {
  const set = [];
  if (form.seller !== seller) set.push(`seller=${form.seller ? JSON.stringify(form.seller) : "null"}`);
  if (form.mode) set.push(`mode=${JSON.stringify(form.mode)}`);
  if (form.set.trim()) set.push(...form.set.split(/\n|;\s*/).map((each) => each.trim()).filter(Boolean));
  return set;
}

/** Return the steps as a tree read from the top, each with its depth. */
export function ordered(steps) {
  const under = new Map();
  const ids = new Set(steps.map((step) => step.span_id));
  for (const step of steps) {
    const parent = ids.has(step.parent) ? step.parent : "";
    under.set(parent, [...(under.get(parent) ?? []), step]);
  }
  const list = [];
  const walk = (parent, depth) => {
    for (const step of (under.get(parent) ?? []).sort((a, b) => a.start_ms - b.start_ms)) {
      list.push({ ...step, depth });
      walk(step.span_id, depth + 1);
    }
  };
  walk("", 0);
  return list;
}

function sellerOf(steps) {
  const given = steps[0]?.input;
  const read = typeof given === "string" ? tryJson(given) : given;
  return typeof read?.seller === "string" ? read.seller : "";
}

function tryJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const words = (value) => (typeof value === "string" ? value : JSON.stringify(value ?? null, null, 1));

/** Return a replay for the page: where it differs, first the cause, and what the listing became. */
function resultOf(found) {
  const differences = (found.differences ?? []).map((each) => ({
    where: [each.node, each.call, each.what, each.where].filter(Boolean).join(" › "),
    before: words(each.recorded),
    after: words(each.replayed),
  }));
  const listing = (found.listing?.fields ?? []).map((each) => ({
    where: each.field ?? each.where ?? each.path ?? each.name ?? "",
    before: words(each.before ?? each.recorded),
    after: words(each.after ?? each.replayed),
  }));
  return { differences, listing, stopped: found.stopped ?? "", seconds: found.seconds };
}
