/** Small parts that several views share: buttons, fields, who vouches.
 *  Rule: each control has a name in words, and a size that a thumb can hit. */

import { h, icon } from "../dom.js";

/** A button; `kind` is primary, plain, quiet or icon. */
export function button(words, act, { kind = "plain", drawn, label, key, ...props } = {}) {
  const name = kind.split(" ")[0] === "icon" ? { "aria-label": label, title: label } : {};
  return h(
    "button",
    { type: "button", class: `button ${kind}`, key, on: { click: act }, ...name, ...props },
    drawn && icon(drawn),
    words && h("span", null, words),
  );
}

/** Who vouches for a value: a small drawing, with words for those who do not see it. */
export function voucherMark(t, kind) {
  return h("span", { class: `mark by-${kind}`, title: t(`by.${kind}`) }, icon(kind));
}

/** A picture of the photo store; its address may take a fetch, meanwhile it is a blank. */
export function picture(ui, sha256, props = {}) {
  const address = ui.pictureOf(sha256);
  const on = { error: (event) => event.target.classList.add("gone") };
  return h("img", { decoding: "async", ...props, src: address || null, key: sha256, on });
}

/** Keep focus on what a seller asked to change as soon as it is there. */
export const focused = (node) => {
  node.focus();
  if (node.type === "text") node.select();
  else node.setSelectionRange(node.value.length, node.value.length);
};

const GROWS = CSS.supports("field-sizing", "content");

/** Let a field for several lines grow with its words, where the browser does not by itself. */
export function grow(node) {
  if (GROWS) return;
  node.style.setProperty("height", "auto");
  node.style.setProperty("height", `${node.scrollHeight + 2}px`);
}
