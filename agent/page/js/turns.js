/** The turns that a seller may take, as jobs for the desk: draft, say, edit, answer, call.
 *  Rule: an edit is shown at once but counts when the service confirms it; one that fails comes
 *  back as it was typed. */

import { MAX_PHOTOS } from "./desk.js";

let serial = 0;

/** Return photos for the list: files with an address to show them by. */
export function taken(files, room) {
  return [...files]
    .filter((file) => file.type.startsWith("image/") || /\.(heic|heif|avif|jpe?g|png|webp)$/i.test(file.name))
    .slice(0, Math.max(0, room))
    .map((file) => ({ id: `p${(serial += 1)}`, file, url: URL.createObjectURL(file) }));
}

export const roomFor = (photos) => MAX_PHOTOS - photos.length;

/** Write the listing from the chosen photos. */
export function draft(desk, language) {
  const { photos } = desk.state;
  const text = desk.kept.get("composer").trim();
  let entry = null;
  return {
    kind: "draft",
    begin() {
      entry = { role: "seller", text, photos: photos.map((p) => p.url), fresh: true };
      desk.set({ messages: [...desk.state.messages, entry] });
    },
    async send(signal) {
      await ensureThread(desk);
      return desk.api.draft(desk.state.thread, { photos, text, language }, signal);
    },
    sent: () => desk.kept.set("composer", ""),
    failed() {
      if (!desk.kept.get("composer")) desk.kept.set("composer", text);
      desk.set({ messages: desk.state.messages.filter((m) => m !== entry) });
    },
  };
}

/** Say something in the chat, with photos or without. */
export function say(desk, text, language) {
  const { attached } = desk.state;
  let entry = null;
  return {
    kind: "say",
    begin() {
      entry = { role: "seller", text, photos: attached.map((p) => p.url), fresh: true };
      desk.set({ messages: [...desk.state.messages, entry], attached: [] });
      desk.kept.set("composer", "");
    },
    async send(signal) {
      await ensureThread(desk);
      const photos = await Promise.all(attached.map((photo) => dataUrl(photo.file)));
      const message = { text, language, ...(photos.length ? { photos } : {}) };
      return desk.api.message(desk.state.thread, message, signal);
    },
    failed() {
      if (!desk.kept.get("composer")) desk.kept.set("composer", text);
      desk.set({ messages: desk.state.messages.filter((m) => m !== entry), attached });
    },
  };
}

/** Change a field by hand; `name` is `title`, `description`, `price` or `attribute:NAME`. */
export function edit(desk, name, value, language) {
  const [field, attribute] = name.split(":");
  const change = { field, value, ...(attribute ? { attribute } : {}) };
  const show = () => desk.set({ pending: { ...desk.state.pending, [name]: { value } } });
  return {
    kind: "edit",
    waits: show,
    begin() {
      const editing = { ...desk.state.editing };
      delete editing[name];
      desk.set({ editing });
      show();
    },
    send: async (signal) => {
      await ensureThread(desk);
      return desk.api.message(desk.state.thread, { edits: [change], language }, signal);
    },
    done: () => desk.kept.set(`edit:${name}`, ""),
    failed() {
      desk.kept.set(`edit:${name}`, value ?? "");
      desk.set({ editing: { ...desk.state.editing, [name]: value ?? "" } });
    },
  };
}

/** Press a button: a tool is called, no model decides. */
export function call(desk, name, args, language) {
  const body = { call: { name, arguments: args ?? {} }, language };
  return { kind: name, send: (signal) => desk.api.message(desk.state.thread, body, signal) };
}

/** Answer what the assistant waits for. */
export function answer(desk, interrupt, given) {
  const body = { interrupt_id: interrupt.id, answer: given };
  return {
    kind: `answer-${interrupt.kind}`,
    send: (signal) => desk.api.resume(desk.state.thread, body, signal),
    failed: () => desk.set({ interrupt }),
  };
}

/** Answer one question: by the open interrupt where it asks this, else as an edit. */
export function answerQuestion(desk, attribute, value, language) {
  const { interrupt } = desk.state;
  const asked = interrupt?.kind === "ask_seller"
    && interrupt.questions?.some((question) => question.attribute === attribute);
  const name = `attribute:${attribute}`;
  if (!asked) {
    return value === null
      ? call(desk, "skip_question", { attribute }, language)
      : edit(desk, name, value, language);
  }
  const given = value === null
    ? { answers: {}, skipped: [attribute] }
    : { answers: { [attribute]: value }, skipped: [] };
  const job = answer(desk, interrupt, given);
  return {
    ...job,
    begin: () => value !== null && desk.set({ pending: { ...desk.state.pending, [name]: { value } } }),
    done: () => desk.kept.set(`edit:${name}`, ""),
  };
}

async function ensureThread(desk) {
  if (desk.state.thread) return;
  const { thread_id: thread } = await desk.api.makeThread();
  const typed = desk.kept.get("composer");
  desk.kept.set("composer", "");
  desk.kept.thread = thread;
  desk.kept.set("composer", typed);
  desk.set({ thread });
  desk.heard("thread", { thread }, null);
}

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
