/** Reading a stream of server-sent events from a fetch.
 *  Rule: a frame counts only when it is whole; what a broken connection left half is dropped, and
 *  asked for again by the id of the last whole one. */

/** Yield `{id, event, data}` for each whole frame of the response's body, `data` parsed. */
export async function* frames(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      const parts = rest.split(/\r?\n\r?\n/);
      rest = parts.pop();
      for (const part of parts) {
        const frame = readFrame(part);
        if (frame) yield frame;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Return the frame that the lines state; null for a heartbeat or a frame without data. */
export function readFrame(text) {
  const frame = { id: null, event: "message", data: null };
  const data = [];
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon === 0 || line === "") continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "id" || name === "event") frame[name] = value;
  }
  if (!data.length) return null;
  frame.data = JSON.parse(data.join("\n"));
  return frame;
}
