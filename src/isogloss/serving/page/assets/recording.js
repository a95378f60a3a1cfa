// The first tab: one recording in, its answer shown.

import { make, takeFiles } from "./dom.js";
import { Microphone } from "./microphone.js";
import { colourWords } from "./passage.js";
import { Failure, fetchExample, predict, unanswered } from "./service.js";
import { shadeMap, showBars } from "./shares.js";
import { Timeline } from "./timeline.js";
import { accentOf, clock, describeSet } from "./words.js";

/** Brings the tab to life. */
export function mount(root) {
  const element = root.querySelector(".iso-one");
  if (element && !element.dataset.mounted) {
    element.dataset.mounted = "yes";
    new Recording(element);
  }
}

class Recording {
  constructor(element) {
    this.model = JSON.parse(element.dataset.model);
    this.find = (name) => element.querySelector(`.iso-${name}`);
    this.find("passage").hidden = !this.model.texts.length;
    this.find("passage").querySelector(".iso-text").textContent = this.model.texts[0] ?? "";
    takeFiles(this.find("drop"), (files) => this.answer(files[0]));
    this.find("record").addEventListener("click", () => this.record());
    this.find("examples").hidden = !this.model.examples.length;
    for (const label of this.model.examples) this.find("voices").append(this.example(label));
    this.find("cancel").addEventListener("click", () => this.cancel());
  }

  example(label) {
    const { name } = accentOf(this.model, label);
    const button = make("button", { type: "button", "data-example": label }, `Synthesised: ${name}`);
    button.addEventListener("click", () => {
      const url = new URL(`page/examples/${encodeURIComponent(label)}.wav`, document.baseURI);
      this.take((signal) => fetchExample(url, `synthesised, ${name}.wav`, signal), `a synthesised voice`);
    });
    return button;
  }

  async record() {
    if (this.microphone) {
      const microphone = this.microphone;
      this.microphone = null;
      this.answer(await microphone.stop());
      return;
    }
    this.clear();
    try {
      const level = this.find("level");
      this.microphone = await Microphone.start((value) => (level.value = value));
    } catch (error) {
      this.fail(error);
      return;
    }
    this.find("record").classList.add("iso-on");
    this.find("record-words").textContent = "Stop and answer";
    this.work("Recording");
  }

  answer(file) {
    return this.take(async () => file, file.name);
  }

  /** Answers for the file that `get` gives; a later file, or Cancel, takes its place. */
  async take(get, name) {
    this.clear();
    const stop = (this.stop = new AbortController());
    this.work(`Listening to ${name}`);
    try {
      const file = await get(stop.signal);
      const answer = await predict(file, this.model, { frames: true, signal: stop.signal });
      if (this.stop !== stop) return;
      this.rest();
      this.show(answer, file);
    } catch (error) {
      if (this.stop === stop) this.fail(error);
    }
  }

  /** Takes away what was said of the recording before, and ends what is going on. */
  clear() {
    this.stop?.abort();
    this.stop = null;
    this.microphone?.drop();
    this.microphone = null;
    this.timeline?.close();
    this.timeline = null;
    this.find("error").hidden = true;
    this.find("error").textContent = "";
    this.find("answer").hidden = true;
    this.rest();
  }

  cancel() {
    this.clear();
    this.find("record").focus();
  }

  work(words) {
    const started = performance.now();
    const recording = Boolean(this.microphone);
    this.find("level").hidden = !recording;
    this.find("spinner").hidden = recording;
    this.find("working-words").textContent = words;
    this.find("working").hidden = false;
    this.timer = setInterval(() => {
      const seconds = (performance.now() - started) / 1000;
      if (recording && seconds >= this.model.seconds) this.record();
      else if (seconds >= 1) this.find("working-words").textContent = `${words}, ${clock(seconds, 0)}`;
    }, 500);
  }

  rest() {
    clearInterval(this.timer);
    this.find("working").hidden = true;
    this.find("record").classList.remove("iso-on");
    this.find("record-words").textContent = "Record";
  }

  fail(error) {
    this.rest();
    if (error.name === "AbortError") return;
    const wait = error.retryAfter ? ` In ${error.retryAfter} s it may go better.` : "";
    this.find("error").textContent =
      error instanceof Failure ? error.message + wait : `The page failed: ${error.message}. Load it again.`;
    this.find("error").hidden = false;
  }

  show(answer, file) {
    const none = unanswered(answer);
    if (none) {
      this.fail(new Failure(none));
      return;
    }
    const { model } = this;
    const best = answer.scores[0];
    this.find("name").textContent = file.name;
    this.find("set").textContent = describeSet(answer.prediction_set?.length ? answer.prediction_set : [best.label], model);
    this.find("promise").textContent = promise(answer, file, model);
    showBars(this.find("bars"), answer.scores, model);
    shadeMap(this.find("map").querySelector("svg"), answer.scores, model);
    this.timeline = new Timeline(this.find("player"), file, answer, model);
    const told = this.find("told");
    told.hidden = !answer.evidence;
    if (answer.evidence) {
      const hear = (start, end) => this.timeline.hear(start, end);
      colourWords(told.querySelector(".iso-text"), told.querySelector(".iso-legend"), answer.evidence, model, hear);
    }
    this.find("answer").hidden = false;
    this.find("answer").focus({ preventScroll: true });
    this.find("answer").scrollIntoView({ block: "start", behavior: "smooth" });
  }
}

function promise(answer, file, model) {
  const length = `${answer.speech_seconds.toFixed(1)} s of speech in ${answer.seconds.toFixed(1)} s.`;
  if (file.synthesised) {
    return `${length} A synthesised voice: what the model promises, it promises of people.`;
  }
  if (model.coverage === null) {
    return `${length} The shares are not calibrated: they rank the accents, and promise nothing.`;
  }
  return `${length} For nine speakers in ten like those the model learned from, the true accent is among the ones named here.`;
}
