/** What the seller typed and did not send: kept by thread, so that no reload loses a word.
 *  Rule: kept in this browser alone, dropped once it was sent; a browser without storage only
 *  forgets, it never fails. */

const ROOT = "vouch";

export class Kept {
  constructor(storage) {
    this.storage = storage;
    this.thread = "new";
  }

  name(field) {
    return `${ROOT}:${this.thread}:${field}`;
  }

  get(field) {
    try {
      return this.storage.getItem(this.name(field)) ?? "";
    } catch {
      return "";
    }
  }

  set(field, text) {
    try {
      if (text) this.storage.setItem(this.name(field), text);
      else this.storage.removeItem(this.name(field));
    } catch {
      // storage is full or forbidden: the words stay on the page
    }
  }

  /** Return the fields that hold words and begin with `prefix`. */
  fields(prefix) {
    const start = this.name(prefix);
    try {
      return Object.keys(this.storage)
        .filter((key) => key.startsWith(start))
        .map((key) => key.slice(this.name("").length));
    } catch {
      return [];
    }
  }
}

/** Return the browser's storage of that kind; null where it is forbidden. */
export function storageOf(kind) {
  try {
    return globalThis[kind] ?? null;
  } catch {
    return null;
  }
}
