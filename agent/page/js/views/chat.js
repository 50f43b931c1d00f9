/** The talk beside the listing: what was said, what was done for it, and where to say more.
 *  Rule: what the assistant does is told in quiet lines; its words come as it says them. */

import { h, icon } from "../dom.js";
import { toldLines } from "../run.js";
import { button, grow, picture } from "./parts.js";

export function chat(ui) {
  const { t, state } = ui;
  const { run } = state;
  const quiet = !state.messages.length && !run;
  return h(
    "section",
    { class: "chat", "aria-label": t("chat.label"), key: "chat" },
    h(
      "div",
      { class: "log", id: "log", tabindex: "0", role: "region", "aria-label": t("chat.log"), made: (node) => ui.act.keepLog(node) },
      quiet && h("p", { class: "soft hello" }, t("chat.hello")),
      state.messages.map((message, index) => said(ui, message, index)),
      run && answering(ui, run),
    ),
    composer(ui),
  );
}

function said(ui, message, index) {
  const { t } = ui;
  const who = message.role === "seller" ? "seller" : "assistant";
  const photos = message.photos ?? [];
  if (!message.text && !photos.length && !message.lines?.length) return null;
  return h(
    "div",
    { class: `message from-${who}`, key: `m${index}` },
    h("span", { class: "sr" }, t(`chat.${who}`)),
    message.lines?.length > 0 && h("ul", { class: "lines" }, message.lines.map((line) => toolLine(ui, line, !message.text))),
    photos.length > 0 && h("div", { class: "said-photos" }, photos.map((photo, i) => picture(ui, photo, { alt: t("photos.nth", { i: i + 1 }) }))),
    message.text && h("p", { dir: "auto" }, message.text),
  );
}

function answering(ui, run) {
  const { t, words } = ui;
  const lines = toldLines(run.lines);
  const slow = Date.now() - run.startedAt > 1500 && !run.reply;
  return h(
    "div",
    { class: "message from-assistant going", key: "going" },
    lines.length > 0 && h("ul", { class: "lines" }, lines.map((line) => toolLine(ui, line))),
    run.reply
      ? h("p", { dir: "auto" }, run.reply, h("span", { class: "caret", "aria-hidden": "true" }))
      : h("p", { class: "soft thinking" }, h("i", { class: "pulse", "aria-hidden": "true" }), t(run.phase === "sending" ? "chat.sending" : "chat.working"), slow && h("span", { class: "figures" }, ` ${words.seconds(Date.now() - run.startedAt)}`)),
  );
}

function toolLine(ui, line, alone) {
  const drawn = { running: "clock", done: "check", failed: "cross" }[line.state] ?? "check";
  return h("li", { class: `line is-${line.state}`, key: line.id }, icon(drawn), h("span", null, toolWords(ui, line)), alone && line.state === "failed" && line.says && h("span", { class: "soft" }, ` ${line.says}`));
}

function toolWords({ t, words }, { name, args, state }) {
  if (state !== "done" && words.has(`doing.${name}`)) return t(`doing.${name}`);
  if (name === "set_attribute") {
    const label = words.attribute(args.attribute ?? "");
    return args.value ? t("tool.set_attribute", { label, value: words.value(args.attribute, args.value) }) : t("tool.set_attribute.none", { label });
  }
  if (name === "skip_question") return t("tool.skip_question", { label: words.attribute(args.attribute ?? "") });
  if (name === "rewrite") return t(`tool.rewrite.${args.wish}`);
  if (name === "explain_claim") return t("tool.explain_claim", { words: args.words ?? "" });
  return words.has(`tool.${name}`) ? t(`tool.${name}`) : name.replaceAll("_", " ");
}

function composer(ui) {
  const { t, state } = ui;
  const text = ui.kept.get("composer");
  const busy = Boolean(state.run);
  const send = (event) => {
    event?.preventDefault();
    ui.act.say();
  };
  return h(
    "form",
    { class: "composer", key: "composer", on: { submit: send } },
    peek(ui),
    state.attached.length > 0 && attachedRow(ui),
    h("label", { class: "sr", for: "message" }, t("chat.message")),
    h("textarea", {
      id: "message",
      rows: 1,
      dir: "auto",
      maxlength: 4000,
      placeholder: t(state.doc ? "chat.placeholder" : "chat.placeholder.empty"),
      value: text,
      made: (node) => requestAnimationFrame(() => grow(node)),
      on: {
        input: (event) => {
          ui.act.type("composer", event.target.value);
          grow(event.target);
        },
        keydown: (event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
        },
      },
    }),
    h(
      "div",
      { class: "composer-tools" },
      h("label", { class: "button icon chooser", title: t("chat.attach") }, icon("attach"), h("span", { class: "sr" }, t("chat.attach")), h("input", {
        type: "file",
        accept: "image/*,.heic,.heif,.avif",
        multiple: true,
        class: "sr",
        id: "attach",
        on: {
          change: (event) => {
            ui.act.attach(event.target.files);
            event.target.value = "";
          },
        },
      })),
      busy && button(null, () => ui.act.stop(), { kind: "icon stop", drawn: "stop", label: t("chat.stop"), key: "stop" }),
      h("button", { type: "submit", class: "button primary icon send", "aria-label": t("chat.send"), title: t("chat.send"), "aria-disabled": text.trim() || state.attached.length ? null : "true" }, icon("send")),
    ),
  );
}

/** On a phone the talk is far below: what is answered is shown above the field, until put away. */
function peek(ui) {
  const { t, state } = ui;
  const last = state.messages.at(-1);
  const text = state.run?.reply || (!state.run && last?.role === "assistant" ? last.text : "");
  if (!ui.peek || !text) return null;
  return h(
    "div",
    { class: "peek", "aria-hidden": "true", key: "peek" },
    h("p", { dir: "auto" }, text),
    button(null, () => ui.act.unpeek(), { kind: "icon", drawn: "cross", label: t("close"), tabindex: "-1" }),
  );
}

function attachedRow({ t, state, act }) {
  return h(
    "ul",
    { class: "attached", "aria-label": t("photos.label"), key: "attached" },
    state.attached.map((photo, index) =>
      h("li", { key: photo.id }, h("img", { src: photo.url, alt: t("photos.nth", { i: index + 1 }) }), button(null, () => act.detach(index), { kind: "icon", drawn: "cross", label: t("photos.remove", { i: index + 1 }) })),
    ),
  );
}
