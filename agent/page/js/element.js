/** <vouch-listing src="https://HOST" key="…" language="en" thread="…" theme="auto">: the assistant
 *  beside any listing form. Rule: it keeps to its shadow, takes its colours from `--vouch-*`, and
 *  tells its host by events: `vouch-thread`, `vouch-draft`, `vouch-published`. */

import { Api } from "./api.js";
import { assets } from "./assets.js";
import { languageFor, loadWords } from "./i18n.js";
import { storageOf } from "./kept.js";
import { View } from "./view.js";

const HOST = new URL("/", import.meta.url).origin;
const KEY = "vouch:key";

export class VouchListing extends HTMLElement {
  static observedAttributes = ["src", "key", "language", "thread", "theme"];

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this.view = null;
  }

  /** The listing document as the service last gave it; null before there is one. */
  get listing() {
    return this.view?.desk.state.doc ?? null;
  }

  get thread() {
    return this.view?.desk.state.thread ?? "";
  }

  async connectedCallback() {
    const [sheets, words] = await Promise.all([assets(), loadWords(this.wantedLanguage())]);
    if (!this.isConnected || this.view) return;
    this.shadowRoot.adoptedStyleSheets = sheets;
    const api = new Api(this.getAttribute("src") ?? HOST, this.getAttribute("key") || keptKey());
    const tell = (name, detail) => this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    this.view = new View({ root: this.shadowRoot, api, words, tell, keepKey, storage: storageOf("localStorage") });
    await this.view.open(this.getAttribute("thread") ?? "");
  }

  disconnectedCallback() {
    this.view?.close();
    this.view = null;
  }

  attributeChangedCallback(name, before, after) {
    const { view } = this;
    if (!view || before === after) return;
    if (name === "language") loadWords(this.wantedLanguage()).then((words) => view.speak(words));
    else if (name === "thread") {
      if ((after ?? "") !== view.desk.state.thread) view.open(after ?? "");
    } else if (name === "key") view.useKey(after ?? "");
    else if (name === "src") {
      view.api.source = (after ?? HOST).replace(/\/$/, "");
      view.open("");
    }
  }

  wantedLanguage() {
    return languageFor(this.getAttribute("language") || document.documentElement.lang || navigator.language);
  }
}

function keptKey() {
  try {
    return storageOf("sessionStorage")?.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function keepKey(key) {
  try {
    storageOf("sessionStorage")?.setItem(KEY, key);
  } catch {
    // the key then lasts as long as the page
  }
}

customElements.define("vouch-listing", VouchListing);
export const ready = assets();
