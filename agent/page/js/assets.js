/** What the element needs before it can show itself: style, drawings.
 *  Rule: nothing from elsewhere than beside this file, so that the page's policy can be strict. */

import { loadIcons } from "./dom.js";

const HERE = new URL("../", import.meta.url);
const STYLES = ["tokens", "frame", "sheet", "form", "talk", "run"];

async function sheetOf(name) {
  const text = await (await fetch(new URL(`css/${name}.css`, HERE))).text();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

let loading = null;

/** Return the style sheets, in their order; drawings are then known to `icon`. */
export function assets() {
  loading ??= Promise.all([
    Promise.all(STYLES.map(sheetOf)),
    fetch(new URL("icons.svg", HERE)).then((answer) => answer.text()).then(loadIcons),
  ]).then(([sheets]) => sheets);
  return loading;
}
