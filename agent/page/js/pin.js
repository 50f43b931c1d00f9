/** Where a card stands: below the words it is about, above them where there is no room, and as a
 *  sheet from the foot of a narrow window. */

const GAP = 10;
const EDGE = 12;
export const NARROW = 720;

export function pin(card, anchor) {
  card.classList.toggle("bottom", innerWidth < NARROW);
  for (const side of ["left", "top", "maxHeight"]) card.style[side] = "";
  if (!anchor) return;
  if (innerWidth < NARROW) return lift(card, anchor);
  const words = anchor.getClientRects()[0] ?? anchor.getBoundingClientRect();
  const wide = card.offsetWidth;
  const left = Math.min(Math.max(EDGE, words.left - 20), innerWidth - wide - EDGE);
  const below = innerHeight - words.bottom - GAP - EDGE;
  const above = words.top - GAP - EDGE;
  const down = below >= Math.min(card.scrollHeight, 300) || below >= above;
  const room = Math.max(180, down ? below : above);
  card.style.maxHeight = `${room}px`;
  card.style.left = `${left}px`;
  const tall = Math.min(card.scrollHeight, room);
  card.style.top = `${down ? words.bottom + GAP : Math.max(EDGE, words.top - GAP - tall)}px`;
}

/** On a phone the words must stay in sight above the sheet. */
function lift(card, anchor) {
  const words = anchor.getBoundingClientRect();
  const top = innerHeight - card.offsetHeight;
  if (words.bottom > top - EDGE || words.top < EDGE) {
    const by = words.bottom - top + 2 * EDGE;
    scrollBy({ top: words.top - by < EDGE ? words.top - 64 : by, behavior: "instant" });
  }
}
