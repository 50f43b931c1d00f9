/** The service as the page knows it: calls, streams, and what went wrong as one `Problem`.
 *  Rule: the key stays in memory and in this tab's session; it goes out as a header, never in an
 *  address. */

/** A call that did not succeed: `status` 0 where nothing answered at all. */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.detail || body.title || String(status));
    this.status = status;
    this.slug = (body.type || "").split(/[:/]/).pop();
    this.detail = typeof body.detail === "string" ? body.detail : "";
    this.title = body.title || "";
    this.incident = body.incident || body.incident_id || "";
    this.retryAfter = retryAfter;
  }
}

export class Api {
  constructor(source, key) {
    this.source = (source || "").replace(/\/$/, "");
    this.key = key || "";
    this.pictures = new Map();
  }

  async fetch(path, { method = "GET", json, form, headers = {}, signal } = {}) {
    const request = { method, headers: { ...headers }, signal };
    if (this.key) request.headers.Authorization = `Bearer ${this.key}`;
    if (json !== undefined) {
      request.headers["Content-Type"] = "application/json";
      request.body = JSON.stringify(json);
    } else if (form) request.body = form;
    let response;
    try {
      response = await fetch(this.source + path, request);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Problem(0, {});
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async json(path, options) {
    const response = await this.fetch(path, options);
    return response.status === 204 ? null : response.json();
  }

  async text(path) {
    return (await this.fetch(path)).text();
  }

  stream(path, options = {}) {
    const headers = { Accept: "text/event-stream", ...options.headers };
    return this.fetch(path, { ...options, headers });
  }

  makeThread() {
    return this.json("/v1/threads", { method: "POST" });
  }

  threads() {
    return this.json("/v1/threads");
  }

  thread(id) {
    return this.json(`/v1/threads/${id}`);
  }

  forget(id) {
    return this.json(`/v1/threads/${id}`, { method: "DELETE" });
  }

  /** Stop the thread's running turn, where the service can be asked to. */
  stop(id) {
    return this.json(`/v1/threads/${id}/stop`, { method: "POST" });
  }

  draft(thread, { photos, text, language, mode }, signal) {
    const form = new FormData();
    for (const photo of photos) form.append("photos", photo.file, photo.file.name || "photo.jpg");
    if (text) form.append("seller", text);
    if (mode) form.append("mode", mode);
    form.append("thread_id", thread);
    form.append("language", language);
    return this.stream("/v1/listings", { method: "POST", form, signal });
  }

  message(thread, json, signal) {
    return this.stream(`/v1/threads/${thread}/messages`, { method: "POST", json, signal });
  }

  resume(thread, json, signal) {
    return this.stream(`/v1/threads/${thread}/resume`, { method: "POST", json, signal });
  }

  events(thread, lastId, signal) {
    const headers = lastId ? { "Last-Event-ID": lastId } : {};
    return this.stream(`/v1/threads/${thread}/events`, { headers, signal });
  }

  /** Return an address that an <img> can show; with a key the bytes are fetched first. */
  async picture(sha256) {
    if (!this.key) return `${this.source}/v1/photos/${sha256}`;
    if (!this.pictures.has(sha256)) {
      const bytes = this.fetch(`/v1/photos/${sha256}`).then((answer) => answer.blob());
      this.pictures.set(sha256, bytes.then((blob) => URL.createObjectURL(blob)));
    }
    try {
      return await this.pictures.get(sha256);
    } catch (error) {
      this.pictures.delete(sha256);
      throw error;
    }
  }
}

async function problemOf(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // not a problem document: the status alone has to do
  }
  const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return new Problem(response.status, body ?? {}, Number.isFinite(wait) ? wait : null);
}
