// Asks the service for answers, and says in words what went wrong.

/** A recording that has no answer; its message is for people. */
export class Failure extends Error {
  constructor(message, retryAfter = null) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/**
 * Sends one recording.
 * @param {File} file
 * @param {{coverage: number|null}} model
 * @param {{frames?: boolean, signal: AbortSignal}} how
 * @returns {Promise<object>} the answer, as `isogloss predict --format jsonl` writes it
 * @throws {Failure} there is none
 */
export async function predict(file, model, { frames = false, signal }) {
  if (file.size === 0) {
    throw new Failure(`${file.name}: the file is empty.`);
  }
  if (file.size > model.megabytes * 2 ** 20) {
    throw new Failure(`${file.name}: is larger than the ${model.megabytes} MB that are taken here.`);
  }
  // As a batch of one: a recording that cannot be read is an answer there, and not an HTTP error,
  // which browsers write into their console.
  const url = new URL("v1/predict/batch", document.baseURI);
  url.searchParams.set("frames", frames);
  if (model.coverage !== null) {
    url.searchParams.set("coverage", model.coverage);
  }
  const body = new FormData();
  body.append("files", file, file.name);
  const response = await ask(url, { method: "POST", body, signal });
  if (!response.ok) {
    const said = await response.json().catch(() => ({}));
    const wait = Number(response.headers.get("Retry-After")) || null;
    throw new Failure(sentence(said.error ?? `The service answered ${response.status}.`), wait);
  }
  const text = await response.text();
  if (!text.trim()) {
    throw new Failure("The service broke off. Try again.");
  }
  return JSON.parse(text);
}

/** Fetches a synthesised recording. */
export async function fetchExample(url, name, signal) {
  const response = await ask(url, { signal });
  if (!response.ok) throw new Failure("The synthesiser failed. Take a recording of your own.");
  const file = new File([await response.blob()], name, { type: "audio/wav" });
  return Object.assign(file, { synthesised: true });
}

/** Returns why an answer names no accent, or null where it names one. */
export function unanswered(answer) {
  if (answer.status === "ok") {
    return null;
  }
  if (answer.status === "no_speech") {
    return sentence(answer.error ?? "no speech was heard. Speak up, or come nearer to the microphone.");
  }
  return sentence(answer.error ?? "There is no answer.");
}

async function ask(url, how) {
  try {
    return await fetch(url, how);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("The service cannot be reached. Is it still running, and are you online?");
  }
}

function sentence(text) {
  const first = text.split(/[\s:]/, 1)[0];
  const name = /[./]/.test(first);
  return name ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
