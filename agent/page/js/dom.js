/** A page as a function of state: `h` describes elements, `patch` makes the DOM so.
 *  Rule: an element that stays is never moved or made anew, so that focus, selection and
 *  half-typed words survive every change around them. No text is ever read as markup. */

const SEEN = Symbol("described as");
const HANDLERS = Symbol("handlers");
const SVG = "http://www.w3.org/2000/svg";
let symbols = new Map();

/** Describe an element; `props.key` names it among its siblings, `props.on` holds its handlers.
 *  A field's `value` is what it always shows, its `initial` only what it shows first. */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, children: children.flat(Infinity).filter(shown) };
}

const shown = (child) => child !== null && child !== undefined && child !== false && child !== "";

/** Describe an icon of `icons.svg`; beside words it is decoration, alone it takes a `label`. */
export function icon(name, label) {
  return { tag: "svg", icon: name, props: { key: `icon-${name}`, label }, children: [] };
}

/** Take the drawings out of the text of `icons.svg`. */
export function loadIcons(text) {
  const file = new DOMParser().parseFromString(text, "image/svg+xml");
  symbols = new Map([...file.querySelectorAll("symbol")].map((s) => [s.id, s]));
}

/** Make the children of `parent` what `children` describe. */
export function patch(parent, children) {
  const wanted = (Array.isArray(children) ? children : [children]).flat(Infinity).filter(shown);
  const pool = [...parent.childNodes];
  const nodes = wanted.map((want) => take(pool, want));
  for (const gone of pool) gone.remove();
  let place = parent.firstChild;
  for (const [index, want] of wanted.entries()) {
    const node = nodes[index] ?? create(want);
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
    update(node, want);
  }
}

function take(pool, want) {
  const index = pool.findIndex((node) => same(node, want));
  return index < 0 ? null : pool.splice(index, 1)[0];
}

function same(node, want) {
  if (typeof want !== "object") return node.nodeType === Node.TEXT_NODE;
  const seen = node[SEEN];
  return Boolean(seen) && seen.tag === want.tag && seen.props.key === want.props.key;
}

function create(want) {
  if (typeof want !== "object") return document.createTextNode(String(want));
  if (want.icon) return drawing(want);
  return document.createElement(want.tag);
}

function drawing({ icon: name, props }) {
  const svg = document.createElementNS(SVG, "svg");
  const symbol = symbols.get(name);
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("viewBox", symbol?.getAttribute("viewBox") ?? "0 0 20 20");
  svg.setAttribute("focusable", "false");
  for (const [key, value] of props.label
    ? [["role", "img"], ["aria-label", props.label]]
    : [["aria-hidden", "true"]]) svg.setAttribute(key, value);
  for (const child of symbol?.childNodes ?? []) svg.append(document.importNode(child, true));
  return svg;
}

function update(node, want) {
  if (typeof want !== "object") {
    if (node.data !== String(want)) node.data = String(want);
    return;
  }
  const before = node[SEEN]?.props;
  node[SEEN] = want;
  if (want.icon) return;
  if (!want.props.unmanaged) patch(node, want.children);
  setProps(node, before ?? {}, want.props);
  if (before) return;
  if ("initial" in want.props) node.value = want.props.initial ?? "";
  want.props.made?.(node);
}

const OURS = new Set(["key", "on", "unmanaged", "made", "style", "value", "initial", "label"]);
const LIVE = new Set(["checked", "open", "selected"]);

function setProps(node, before, after) {
  for (const name of Object.keys(before)) {
    if (!OURS.has(name) && !(name in after)) node.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(after)) {
    if (OURS.has(name)) continue;
    if (LIVE.has(name)) {
      if (before[name] !== value) node[name] = value;
    } else if (value === false || value === null || value === undefined) {
      node.removeAttribute(name);
    } else if (before[name] !== value) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  if ("value" in after && node.value !== after.value) node.value = after.value ?? "";
  for (const [name, value] of Object.entries(after.style ?? {})) {
    node.style.setProperty(name, value);
  }
  listen(node, after.on ?? {});
}

function listen(node, handlers) {
  const known = (node[HANDLERS] ??= {});
  for (const name of Object.keys(handlers)) {
    if (!(name in known)) node.addEventListener(name, (event) => known[name]?.(event));
  }
  for (const name of Object.keys(known)) known[name] = handlers[name];
  Object.assign(known, handlers);
}
