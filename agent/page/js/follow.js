/** Following a turn's stream to its end, through lost connections.
 *  Rule: each event is handed on exactly once; a stream that breaks is taken up again after the
 *  last whole event, at once when the network is back, else after a growing pause. */

import { Problem } from "./api.js";
import { frames } from "./sse.js";

const PAUSES_S = [0.5, 1, 2, 4, 8];

/** Follow from `response` (or, without one, from the service's record) until `done` or `error`.
 *  `on` has event(frame), lost(retry moment), found(). Returns the last frame, or null where the
 *  service knows of no turn to go on with. Raises what is not the network's fault. */
export async function follow(api, thread, response, on, signal) {
  let lastId = "";
  let tries = 0;
  let last = null;
  for (;;) {
    try {
      response ??= await api.events(thread, lastId, signal);
      if (response.status === 204) return null;
      on.found();
      for await (const frame of frames(response)) {
        if (frame.id !== null && frame.id === lastId) continue;
        lastId = frame.id ?? lastId;
        tries = 0;
        on.event(frame);
        if (frame.event === "done" || frame.event === "error") last = frame;
      }
      // The service went down in good order: what it had begun goes on when it is back.
      if (last?.event === "error" && last.data.status === 503) last = null;
      if (last) return last;
    } catch (error) {
      if (signal.aborted) throw error;
      if (last) return last;
      if (error instanceof Problem && error.status) {
        if (error.status === 404) return null;
        if (error.status !== 429 && error.status !== 503) throw error;
      } else if (error instanceof SyntaxError) throw error;
    }
    response = null;
    const pause = 1000 * PAUSES_S[Math.min(tries, PAUSES_S.length - 1)];
    tries += 1;
    on.lost(Date.now() + pause);
    await rest(pause, signal);
  }
}

/** Wait; the network's return ends it early, a stop ends it by an error. */
export function rest(ms, signal) {
  return new Promise((resolve, reject) => {
    const end = (finish) => () => {
      clearTimeout(timer);
      removeEventListener("online", wake);
      signal.removeEventListener("abort", stop);
      finish();
    };
    const wake = end(resolve);
    const stop = end(() => reject(new DOMException("stopped", "AbortError")));
    const timer = setTimeout(wake, ms);
    addEventListener("online", wake);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
}
