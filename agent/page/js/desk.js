/** The desk: one thread with its listing, and everything that may be done to it.
 *  Rule: one turn at a time, the rest waits in line; what the seller typed leaves the page only
 *  once the service has it. */

import { Problem } from "./api.js";
import { follow } from "./follow.js";
import { told } from "./problems.js";
import { fold, isDrafting, newRun, stepsOf, toldLines } from "./run.js";

export const MAX_PHOTOS = 9;

export const START = {
  ready: false,
  thread: "",
  doc: null,
  steps: {},
  messages: [],
  interrupt: null,
  canUndo: null,
  photos: [],
  attached: [],
  run: null,
  pending: {},
  editing: {},
  problem: null,
  threads: null,
};

export class Desk {
  constructor({ api, kept, words, changed, heard }) {
    this.api = api;
    this.kept = kept;
    this.words = words;
    this.changed = changed;
    this.heard = heard;
    this.state = { ...START };
    this.line = [];
    this.stopper = null;
  }

  set(change) {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  /** Open a thread, or an empty desk; a turn that still runs (or was cut off) is gone on with. */
  async open(thread) {
    this.stop();
    this.line = [];
    this.state = { ...START, thread: thread ?? "" };
    this.kept.thread = thread || "new";
    this.restore();
    if (!thread) return this.set({ ready: true });
    this.changed();
    try {
      const view = await this.api.thread(thread);
      if (this.state.thread !== thread) return;
      this.take(view);
      this.set({ ready: true });
      if (view.unfinished) await this.goOn();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const again = { kind: "open", again: () => this.open(thread) };
      this.set({ ready: true, problem: told(error, again) });
    }
  }

  take(view) {
    const doc = view.listing ?? null;
    const fit = doc && (doc.photos.length || doc.title || doc.description) ? doc : null;
    this.state = {
      ...this.state,
      doc: fit,
      steps: stepsOf(fit),
      messages: view.messages ?? [],
      interrupt: view.interrupt ?? null,
      canUndo: view.can_undo ?? null,
    };
  }

  restore() {
    const editing = {};
    for (const field of this.kept.fields("edit:")) editing[field.slice(5)] = this.kept.get(field);
    this.state = { ...this.state, editing };
  }

  goOn() {
    return this.start({ kind: "resumed", send: () => null });
  }

  /** Do a turn now, or after the one that runs. */
  start(job) {
    if (this.state.run) {
      this.line.push(job);
      job.waits?.();
      return Promise.resolve();
    }
    return this.turn(job);
  }

  async turn(job) {
    const stopper = new AbortController();
    this.stopper = stopper;
    this.set({ problem: null, run: newRun(job.kind, Date.now()), interrupt: null });
    try {
      job.begin?.();
      const response = await job.send(stopper.signal);
      job.sent?.();
      const last = await follow(this.api, this.state.thread, response, this.ears(), stopper.signal);
      if (this.stopper !== stopper) return;
      await this.finish(job, last);
    } catch (error) {
      if (this.stopper === stopper) this.fail(job, error);
    }
    if (this.stopper === stopper && !this.state.problem && this.line.length) {
      await this.turn(this.line.shift());
    }
  }

  ears() {
    return {
      event: ({ event, data }) => {
        if (event === "done" || event === "error" || !this.state.run) return;
        const run = fold(this.state.run, event, data, Date.now());
        this.set({ run });
        this.heard(event, data, run);
      },
      lost: (retryAt) => {
        this.set({ run: { ...this.state.run, connection: "lost", retryAt } });
        this.heard("lost", {}, this.state.run);
      },
      found: () => {
        if (this.state.run.connection === "ok") return;
        this.set({ run: { ...this.state.run, connection: "ok", retryAt: null } });
        this.heard("found", {}, this.state.run);
      },
    };
  }

  async finish(job, last) {
    const { run } = this.state;
    if (last?.event === "error" && last.data.type?.endsWith(":stopped")) return this.reload();
    if (last?.event === "error") {
      throw new Problem(last.data.status || 500, last.data, last.data.retry_after ?? null);
    }
    job.done?.();
    if (!last) return this.reload();
    const { document, reply } = last.data;
    const told = reply || run.reply;
    const lines = toldLines(run.lines);
    const messages = [...this.state.messages];
    if (told || lines.length) messages.push({ role: "assistant", text: told, lines, photos: [] });
    const drafted = isDrafting(run);
    this.set({
      run: null,
      doc: document,
      steps: drafted ? stepsOf(document) : this.state.steps,
      messages,
      interrupt: run.interrupt,
      pending: {},
      photos: [],
    });
    this.heard("done", last.data, run);
    await this.look();
  }

  /** Learn what only the thread's record tells: what would be undone, what is still asked. */
  async look() {
    const { thread } = this.state;
    try {
      const view = await this.api.thread(thread);
      if (thread !== this.state.thread || this.state.run) return;
      const interrupt = view.interrupt ?? null;
      this.set({
        canUndo: view.can_undo ?? null,
        interrupt: interrupt && (this.state.interrupt ?? interrupt),
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }

  /** Show the thread as the service has it; a turn that can go on does. */
  async reload() {
    const view = await this.api.thread(this.state.thread);
    this.take(view);
    this.set({ run: null, pending: {} });
    if (view.unfinished) this.line.unshift({ kind: "resumed", send: () => null });
  }

  fail(job, error) {
    if (error.name === "AbortError") return this.set({ run: null, pending: {} });
    if (!(error instanceof Problem)) throw error;
    // What was asked is no longer open: another window may have answered it.
    if (error.status === 404 && job.kind.startsWith("answer-")) return this.reload();
    job.failed?.();
    const { run } = this.state;
    this.set({ run: null, pending: {}, interrupt: run?.interrupt ?? this.state.interrupt });
    this.set({ problem: told(error, job) });
    this.heard("problem", this.state.problem, run);
  }

  /** Stop the turn that runs; the service stops its model once nobody listens. */
  stop() {
    const stopper = this.stopper;
    this.stopper = null;
    stopper?.abort();
    this.line = [];
  }

  /** Stop at the seller's wish: the service ends the turn, and its stream tells so. */
  async stopTurn() {
    this.line = [];
    try {
      await this.api.stop(this.state.thread);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.stop();
      this.set({ run: null, pending: {} });
    }
  }

  retry() {
    const { problem } = this.state;
    if (!problem?.job) return null;
    this.set({ problem: null });
    return problem.job.again ? problem.job.again() : this.start(problem.job);
  }

  dismiss() {
    this.line = [];
    this.set({ problem: null });
  }
}
