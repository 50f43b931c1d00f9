/** The element's inside: the desk's state and the view's own, drawn again whenever either changes.
 *  Rule: one drawing a frame, however many events came; what is open stays open through it. */

import { actsOf } from "./acts.js";
import { Desk } from "./desk.js";
import { patch } from "./dom.js";
import { sentence } from "./heard.js";
import { Kept } from "./kept.js";
import { pin } from "./pin.js";
import { threadActs } from "./recents.js";
import { traceActs } from "./trace.js";
import { whole } from "./views/whole.js";

const TICK_MS = 250;
const NEAR_END = 80;

export class View {
  constructor({ root, api, words, tell, keepKey, storage }) {
    Object.assign(this, { root, api, words, tell, keepKey });
    this.ui = { view: "listing", claim: null, openSteps: {}, pictures: {} };
    this.kept = new Kept(storage);
    this.desk = new Desk({ api, kept: this.kept, changed: () => this.render(), heard: (...all) => this.heard(...all) });
    this.act = { ...actsOf(this), ...threadActs(this), ...traceActs(this), ...this.claimActs() };
    this.raise = (error) => queueMicrotask(() => { throw error; });
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.lastSaid = "";
    this.anchor = null;
  }

  async open(thread) {
    this.ui = { ...this.ui, view: "listing", claim: null, trace: null, recentOpen: false, put: "", peek: false };
    await this.desk.open(thread);
  }

  close() {
    clearInterval(this.timer);
    this.desk.stop();
  }

  set(change) {
    this.ui = { ...this.ui, ...change };
    this.render();
  }

  speak(words) {
    this.words = words;
    this.render();
  }

  useKey(key) {
    this.api.key = key;
    this.api.pictures.clear();
    this.ui.pictures = {};
    this.keepKey(key);
    if (this.desk.state.problem?.job) this.act.retry();
    else this.open(this.desk.state.thread);
  }

  render() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.draw();
    });
  }

  draw() {
    const { log } = this;
    const atEnd = !log || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    patch(this.root, whole(this.shown()));
    this.place();
    if (log && atEnd) log.scrollTop = log.scrollHeight;
  }

  /** What the views are given: both states, the words, the acts. */
  shown() {
    const { state } = this.desk;
    return {
      ...this.ui,
      state,
      words: this.words,
      t: (key, values) => this.words.t(key, values),
      act: this.act,
      kept: this.kept,
      canEdit: !state.run || !state.run.live,
      pictureOf: (photo) => this.pictureOf(photo),
      said: this.lastSaid,
      dropActs: this.dropActs(),
    };
  }

  pictureOf(photo) {
    if (!/^[0-9a-f]{64}$/.test(photo)) return photo;
    if (!this.api.key) return `${this.api.source}/v1/photos/${photo}`;
    const known = this.ui.pictures[photo];
    if (known === undefined) {
      this.ui.pictures[photo] = "";
      this.api.picture(photo).then((address) => {
        this.ui.pictures[photo] = address;
        this.render();
      }, () => {});
    }
    return known ?? "";
  }

  heard(event, data, run) {
    const said = sentence(this.words, event, data, run);
    if (said) this.say(said);
    if (event === "thread") this.tell("vouch-thread", data);
    if (event !== "done") return;
    this.tell("vouch-draft", { listing: data.document });
    if (data.document.published && run.kind === "answer-publish") {
      this.tell("vouch-published", { listing: data.document });
    }
    if (run.live && this.ui.trace) this.ui.trace = null;
  }

  say(words) {
    this.lastSaid = words;
    this.render();
  }

  tick() {
    const { run, problem } = this.desk.state;
    if (problem?.until && Date.now() >= problem.until && problem.job) this.act.retry();
    else if (run || problem?.until) this.render();
  }

  later(act, ms = 0) {
    setTimeout(act, ms);
  }

  focus(selector) {
    requestAnimationFrame(() => requestAnimationFrame(() => this.root.querySelector(selector)?.focus()));
  }

  shrink(selector) {
    this.root.querySelector(selector)?.style.removeProperty("height");
  }

  async textOf(document) {
    try {
      return await this.api.text(`/v1/listings/${document.listing_id}/text`);
    } catch {
      return `${document.title}\n\n${document.description}\n`;
    }
  }

  claimActs() {
    return {
      openClaim: (claim, anchor) => {
        this.anchor = anchor;
        this.set({ claim });
      },
      closeClaim: () => this.card()?.hidePopover(),
      stepClaim: (step) => {
        const marks = [...this.root.querySelectorAll(".sheet .claim[data-claim]")];
        const now = marks.findIndex((mark) => Number(mark.dataset.claim) === this.ui.claim);
        const next = marks[(now + step + marks.length) % marks.length];
        this.anchor = next;
        this.set({ claim: Number(next.dataset.claim) });
      },
      claimClosed: () => {
        if (this.ui.claim === null) return;
        const mark = this.root.querySelector(`.sheet [data-claim="${this.ui.claim}"]`);
        const inside = this.card()?.contains(this.root.activeElement) || !this.root.activeElement;
        this.set({ claim: null });
        if (inside) mark?.focus({ preventScroll: true });
      },
    };
  }

  card() {
    return this.root.querySelector("#card");
  }

  /** Show or hide the card with a claim's evidence, beside the words it is about. */
  place() {
    const card = this.card();
    if (!card) return;
    const open = card.matches(":popover-open");
    if (this.ui.claim === null) {
      if (open) card.hidePopover();
      return;
    }
    if (!open) {
      card.showPopover();
      card.focus({ preventScroll: true });
    }
    const anchor = this.root.querySelector(`.sheet [data-claim="${this.ui.claim}"]`);
    pin(card, this.anchor?.isConnected ? this.anchor : anchor);
  }

  dropActs() {
    const taking = () => this.ui.view === "listing" && !this.desk.state.run;
    const put = (files) => {
      const images = [...files].filter((file) => file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name));
      if (!images.length || !taking()) return false;
      if (this.desk.state.doc) this.act.attach(images);
      else this.act.addPhotos(images);
      return true;
    };
    return {
      dragover: (event) => {
        if (![...event.dataTransfer.types].includes("Files")) return;
        event.preventDefault();
        if (!this.ui.dragging) this.set({ dragging: true });
      },
      dragleave: (event) => event.currentTarget.contains(event.relatedTarget) || this.set({ dragging: false }),
      drop: (event) => {
        event.preventDefault();
        this.set({ dragging: false });
        put(event.dataTransfer.files);
      },
      paste: (event) => {
        if (put(event.clipboardData?.files ?? [])) event.preventDefault();
      },
      keydown: (event) => {
        if (this.ui.claim === null || !event.composedPath().includes(this.card())) return;
        if (event.key === "ArrowRight") this.act.stepClaim(1);
        if (event.key === "ArrowLeft") this.act.stepClaim(-1);
      },
    };
  }
}
