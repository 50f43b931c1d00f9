/** Draft texts with their claims: pieces to show, and who vouches for each.
 *  Rule: offsets count code points, as the listing document does; JavaScript counts otherwise. */

const RANK = { contradicted: 3, unsupported: 2, supported: 1, general: 0 };
const ORDER = ["seller", "photo", "reference", "category", "template", "policy"];

/** Cut `text` at the claims on `field`: pieces `{text, claim}`, `claim` an index or null.
 *  Claims that overlap give one piece to the graver one; offsets outside the text are passed over. */
export function pieces(text, claims, field) {
  const points = Array.from(text);
  const spans = claims
    .map((claim, index) => ({ ...claim, index }))
    .filter((c) => (c.field ?? "description") === field && c.end > c.start)
    .filter((c) => c.end <= points.length && c.verdict !== "general")
    .sort((a, b) => a.start - b.start || RANK[b.verdict] - RANK[a.verdict] || b.end - a.end);
  const cut = [];
  let at = 0;
  for (const span of spans) {
    if (span.start < at) continue;
    if (span.start > at) cut.push({ text: points.slice(at, span.start).join(""), claim: null });
    cut.push({ text: points.slice(span.start, span.end).join(""), claim: span.index });
    at = span.end;
  }
  if (at < points.length) cut.push({ text: points.slice(at).join(""), claim: null });
  return cut;
}

/** Return a text around a span of code points: `{before, words, after}`. */
export function around(text, start, end) {
  const points = Array.from(text ?? "");
  if (start === null || start === undefined || end > points.length) {
    return { before: text ?? "", words: "", after: "" };
  }
  return {
    before: points.slice(0, start).join(""),
    words: points.slice(start, end).join(""),
    after: points.slice(end).join(""),
  };
}

/** Return the kind of evidence of highest rank behind ids: seller, photo, reference, ... or "". */
export function voucher(document, ids) {
  const kinds = new Set(ids.map((id) => evidence(document, id)?.kind));
  return ORDER.find((kind) => kinds.has(kind)) ?? "";
}

export function evidence(document, id) {
  return (document.evidence ?? []).find((item) => item.id === id) ?? null;
}

/** Return what a claim rests on, a source each, with the source's whole text and the words in it. */
export function sources(document, claim) {
  const cited = claim.citations?.length
    ? claim.citations
    : claim.evidence.map((id) => ({ evidence: id, start: null, end: null }));
  return cited.map((citation) => source(document, citation)).filter(Boolean);
}

function source(document, citation) {
  const item = evidence(document, citation.evidence);
  if (!item) return null;
  const name = item.source.slice(item.source.indexOf(":") + 1);
  const whole = (document.evidence ?? []).find(
    (e) => e.kind === item.kind && e.source === item.source && !e.attribute && !e.value,
  );
  const start = citation.start ?? item.start;
  const end = citation.end ?? item.end;
  const text = whole?.text ?? item.text;
  const fits = start !== null && start !== undefined && end <= Array.from(text).length;
  const located = fits && (whole || item.start === null);
  return {
    kind: item.kind,
    name,
    item,
    text,
    ...(located ? around(text, start, end) : around(text)),
    listing: (document.references ?? []).find((r) => r.id === name) ?? null,
  };
}

/** Return the names of the category's template, in its order; empty where there is none. */
export function templateOf(document) {
  const item = (document?.evidence ?? []).find((e) => e.kind === "template");
  const names = item?.text.split(":")[1];
  return names ? names.split(",").map((name) => name.trim()).filter(Boolean) : [];
}

/** Return how many facts of each verdict there are; one that is said twice counts once. */
export function counts(claims) {
  const facts = new Map(claims.map((c) => [`${c.verdict} ${c.attribute} ${c.value || c.text}`, c.verdict]));
  const all = { supported: 0, contradicted: 0, unsupported: 0, general: 0 };
  for (const verdict of facts.values()) all[verdict] += 1;
  return all;
}

/** Return a streamed draft as its title and description: they part at the first empty line. */
export function parted(text) {
  const gap = text.search(/\n\s*\n/);
  if (gap < 0) return { title: text, description: "" };
  return { title: text.slice(0, gap), description: text.slice(gap).trimStart() };
}
