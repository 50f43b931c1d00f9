/** What the controls do: one object of named acts over the desk and the view's own state.
 *  Rule: an act is refused in words or done; it never leaves a control that does nothing. */

import { copyText } from "./copy.js";
import { answer, answerQuestion, call, draft, edit, roomFor, say, taken } from "./turns.js";

export function actsOf(view) {
  const { desk } = view;
  const language = () => view.words.language;
  const go = (job) => {
    view.set({ claim: null });
    desk.start(job).catch(view.raise);
  };
  return {
    ...photoActs(view),
    ...editActs(view, go, language),
    draft() {
      if (!desk.state.photos.length) return view.focus("#photos-choose");
      go(draft(desk, language()));
    },
    say() {
      const text = desk.kept.get("composer").trim();
      if (!text && !desk.state.attached.length) return view.focus("#message");
      view.set({ peek: true });
      go(say(desk, text, language()));
      view.later(() => view.shrink("#message"));
    },
    rewrite(wish, other) {
      go(call(desk, "rewrite", { wish, ...(other ? { language: other } : {}) }, language()));
    },
    redraft: () => go(call(desk, "draft_listing", {}, language())),
    undo: () => go(call(desk, "undo", {}, language())),
    publish() {
      const { doc } = desk.state;
      if (!desk.state.run && doc?.title && doc.description) go(call(desk, "publish", {}, language()));
    },
    answer(interrupt, given) {
      const job = answer(desk, interrupt, given);
      view.set({ put: interrupt.id });
      go({ ...job, failed: () => { job.failed(); view.set({ put: "" }); } });
    },
    answerQuestion(attribute, value) {
      desk.kept.set(`ask:${attribute}`, "");
      go(answerQuestion(desk, attribute, value, language()));
    },
    unpeek: () => view.set({ peek: false }),
    stop: () => desk.stopTurn().catch(view.raise),
    retry: () => Promise.resolve(desk.retry()).catch(view.raise),
    dismiss: () => desk.dismiss(),
    useKey: (key) => view.useKey(key),
    async copy(kind) {
      const { doc } = desk.state;
      const text = kind === "json" ? JSON.stringify(doc, null, 2) : await view.textOf(doc);
      await copyText(text, view.root);
      view.set({ copied: kind });
      view.say(view.words.t("copied"));
      view.later(() => view.set({ copied: "" }), 2200);
    },
    type(field, text) {
      desk.kept.set(field, text);
      view.render();
    },
    toggleSteps: () => view.set({ stepsOpen: !view.ui.stepsOpen }),
    keepLog: (node) => {
      view.log = node;
    },
  };
}

function photoActs(view) {
  const { desk } = view;
  const put = (photos) => desk.set({ photos });
  return {
    addPhotos(files) {
      const { photos } = desk.state;
      put([...photos, ...taken(files, roomFor(photos))]);
      view.say(view.words.t("photos.count", { n: desk.state.photos.length }));
    },
    removePhoto(index) {
      const photos = [...desk.state.photos];
      const [gone] = photos.splice(index, 1);
      URL.revokeObjectURL(gone.url);
      put(photos);
      view.focus(photos.length ? `.chosen li:nth-child(${Math.min(index + 1, photos.length)}) button:last-child` : "#photos-choose");
    },
    movePhoto(index, step) {
      const photos = [...desk.state.photos];
      const [moved] = photos.splice(index, 1);
      photos.splice(index + step, 0, moved);
      put(photos);
      const way = step < 0 ? "left" : "right";
      view.say(view.words.t("photos.moved", { i: index + step + 1 }));
      view.focus(`.chosen li:nth-child(${index + step + 1}) button:not(:disabled)`, way);
    },
    unreadable(id) {
      put(desk.state.photos.map((photo) => (photo.id === id ? { ...photo, unreadable: true } : photo)));
    },
    attach(files) {
      const { attached } = desk.state;
      desk.set({ attached: [...attached, ...taken(files, roomFor(attached))] });
    },
    detach(index) {
      desk.set({ attached: desk.state.attached.filter((_, i) => i !== index) });
    },
  };
}

function editActs(view, go, language) {
  const { desk } = view;
  const open = (field, text) => desk.set({ editing: { ...desk.state.editing, [field]: text ?? "" } });
  const close = (field) => {
    const editing = { ...desk.state.editing };
    delete editing[field];
    desk.kept.set(`edit:${field}`, "");
    desk.set({ editing });
  };
  const back = (field) => view.focus(field.startsWith("attribute:") ? `[data-field="${field}"]` : `#edit-${field}`);
  return {
    edit: open,
    /** Note what stands in an open field: shown, and kept for a reload. */
    change(field, text) {
      desk.kept.set(`edit:${field}`, text);
      open(field, text);
    },
    cancel(field) {
      close(field);
      back(field);
    },
    /** Send a change by hand; one that changes nothing only closes its field. */
    commit(field, value, before) {
      if ((value || "") === (before || "")) {
        close(field);
        return back(field);
      }
      go(edit(desk, field, value || null, language()));
      back(field);
    },
    editFrom(field, text) {
      view.set({ claim: null });
      open(field, text);
    },
    takeOut(field, before) {
      view.set({ claim: null });
      if (before) go(edit(desk, field, null, language()));
    },
  };
}
