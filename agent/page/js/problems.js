/** What went wrong, as the page tells it: a kind with its words, and what may be done.
 *  Rule: every failure has a designed state; nothing the seller gave is lost by one. */

const BY_STATUS = {
  0: "unreachable",
  401: "key",
  403: "key",
  404: "missing",
  409: "taken",
  413: "large",
  415: "input",
  422: "input",
  400: "input",
  429: "busy",
  503: "closing",
};
const WAIT_S = 5;

/** Return the state that the page shows for a failed call; `job` is what a retry does again. */
export function told(problem, job) {
  const kind = BY_STATUS[problem.status] ?? "failed";
  const waits = kind === "busy" || kind === "closing";
  const wait = problem.retryAfter ?? WAIT_S;
  return {
    kind,
    detail: kind === "unreachable" || kind === "missing" ? "" : problem.detail,
    incident: problem.incident,
    until: waits ? Date.now() + 1000 * wait : null,
    job: job ?? null,
  };
}

/** Return what may be done about it: names of actions, the likeliest first. */
export function remedies(problem) {
  const ways = {
    unreachable: ["retry"],
    key: [],
    missing: ["fresh"],
    taken: ["retry"],
    large: ["dismiss"],
    input: ["dismiss"],
    busy: ["retry", "cancel"],
    closing: ["retry", "cancel"],
    failed: ["retry", "dismiss"],
  }[problem.kind];
  return problem.job ? ways : ways.filter((way) => way !== "retry" && way !== "cancel");
}
