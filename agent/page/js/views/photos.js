/** Photos: taking them in, their order, and those of the listing.
 *  Rule: what a photo is good for the service decides; here they are only held and shown. */

import { h, icon } from "../dom.js";
import { button, picture } from "./parts.js";

const ACCEPT = "image/*,.heic,.heif,.avif";

/** The first sight: where the photos go, with what only the seller knows beside them. */
export function intake(ui) {
  const { t, state } = ui;
  const any = state.photos.length > 0;
  return h(
    "section",
    { class: `intake ${ui.dragging ? "dragging" : ""}`, "aria-labelledby": "intake-title", key: "intake" },
    h("h1", { id: "intake-title" }, t("intake.title")),
    h("p", { class: "lead" }, t("intake.lead")),
    h(
      "div",
      { class: `drop ${any ? "filled" : ""}` },
      any ? chosen(ui) : icon("photo"),
      !any && h("p", { class: "drop-words" }, t("intake.drop")),
      h("div", { class: "drop-buttons" }, choosers(ui, any)),
    ),
    words(ui),
    h(
      "div",
      { class: "intake-foot" },
      button(t("intake.write"), () => ui.act.draft(), {
        kind: "primary",
        "aria-disabled": any ? null : "true",
        "aria-describedby": "intake-hint",
        id: "write",
      }),
      h("p", { class: "soft", id: "intake-hint" }, any ? t("intake.ready", { n: state.photos.length }) : t("intake.need")),
    ),
    example(ui),
  );
}

function choosers(ui, any) {
  const { t, state } = ui;
  if (state.photos.length >= 9) return h("p", { class: "soft" }, t("photos.full"));
  return [
    chooser(ui, "choose", any ? t("photos.more") : t("photos.choose"), any ? "plus" : null),
    chooser(ui, "take", t("photos.take"), null, { capture: "environment" }),
  ];
}

function chooser(ui, name, words, drawn, more = {}) {
  return h(
    "label",
    { class: `button plain chooser ${name}`, key: name },
    drawn && icon(drawn),
    h("span", null, words),
    h("input", {
      type: "file",
      accept: ACCEPT,
      multiple: name === "choose",
      class: "sr",
      id: `photos-${name}`,
      ...more,
      on: {
        change: (event) => {
          ui.act.addPhotos(event.target.files);
          event.target.value = "";
        },
      },
    }),
  );
}

function chosen(ui) {
  const { t, state } = ui;
  const last = state.photos.length - 1;
  return h(
    "ol",
    { class: "chosen", "aria-label": t("photos.label"), key: "chosen" },
    state.photos.map((photo, index) =>
      h(
        "li",
        { key: photo.id, class: photo.wrong ? "wrong" : "" },
        photo.unreadable
          ? h("span", { class: "unreadable" }, icon("photo"), h("span", null, photo.file.name))
          : h("img", {
            src: photo.url,
            alt: t("photos.nth", { i: index + 1 }),
            on: { error: () => ui.act.unreadable(photo.id) },
          }),
        index === 0 && last > 0 && h("span", { class: "first" }, t("photos.first")),
        h(
          "div",
          { class: "photo-tools" },
          last > 0 && mover(ui, index, -1, index === 0),
          last > 0 && mover(ui, index, 1, index === last),
          button(null, () => ui.act.removePhoto(index), {
            kind: "icon",
            drawn: "cross",
            label: t("photos.remove", { i: index + 1 }),
            key: "remove",
          }),
        ),
      ),
    ),
  );
}

function mover(ui, index, step, disabled) {
  const way = step < 0 ? "left" : "right";
  return button(null, () => ui.act.movePhoto(index, step), {
    kind: "icon",
    drawn: way,
    label: ui.t(`photos.${way}`, { i: index + 1 }),
    key: way,
    disabled,
  });
}

function words(ui) {
  return h(
    "div",
    { class: "field", key: "words" },
    h("label", { for: "words" }, ui.t("intake.words"), h("span", { class: "soft" }, ui.t("intake.optional"))),
    h("textarea", {
      id: "words",
      rows: 2,
      maxlength: 4000,
      placeholder: ui.t("intake.words.example"),
      value: ui.kept.get("composer"),
      on: { input: (event) => ui.act.type("composer", event.target.value) },
    }),
  );
}

function example(ui) {
  const { t } = ui;
  const line = (kind) =>
    h("li", null, h("span", { class: `claim is-supported by-${kind} shown` }, t(`example.${kind}`), h("span", { class: `mark by-${kind}` }, icon(kind))), h("span", { class: "soft" }, t(`by.${kind}`)));
  return h(
    "div",
    { class: "example" },
    h("h2", null, t("example.title")),
    h("ul", null, line("reference"), line("photo"), line("seller")),
  );
}

/** The listing's photos beside its text, or those on their way. */
export function photoColumn(ui) {
  const { t, state } = ui;
  const own = state.doc?.photos ?? [];
  const redrafting = state.run?.kind === "draft" && state.photos.length;
  const shown = own.length && !redrafting
    ? own.map((photo, index) => picture(ui, photo.sha256, figure(t, index, photo)))
    : state.photos.map((photo, index) => h("img", { src: photo.url, key: photo.id, alt: t("photos.nth", { i: index + 1 }) }));
  const waiting = !shown.length && (state.messages.findLast((m) => m.photos?.length)?.photos ?? []);
  const all = shown.length ? shown : waiting.map((photo, index) => picture(ui, photo, figure(t, index)));
  if (!all.length) return null;
  return h(
    "section",
    { class: `photos n${Math.min(all.length, 3)}`, "aria-label": t("photos.label"), key: "photos" },
    all,
  );
}

const figure = (t, index, photo) => ({
  alt: t("photos.nth", { i: index + 1 }),
  ...(photo ? { width: photo.width, height: photo.height } : {}),
});
