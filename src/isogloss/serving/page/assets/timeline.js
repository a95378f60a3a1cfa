// Waveform and accents in time, with a playhead that follows the sound and can be moved.

import { draw, make } from "./dom.js";
import { decode } from "./sound.js";
import { keys } from "./passage.js";
import { stretches, speechAt, toldAt } from "./moments.js";
import { accentOf, clock } from "./words.js";

const COLUMNS = 700;
const STEPS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

/** The player of one answer. */
export class Timeline {
  /**
   * Fills an element.
   * @param {HTMLElement} element
   * @param {File} file
   * @param {object} answer with frames
   */
  constructor(element, file, answer, model) {
    this.answer = answer;
    this.model = model;
    this.seconds = answer.seconds;
    this.told = stretches(answer, model);
    this.audio = new Audio();
    this.wave = draw("svg", { class: "iso-wave", viewBox: `0 -1 ${COLUMNS} 2`, preserveAspectRatio: "none", "aria-hidden": "true" });
    this.head = make("div", { class: "iso-head" });
    this.slider = make(
      "div",
      { class: "iso-track", role: "slider", tabindex: "0", "aria-label": "Place in the recording", "aria-valuemin": "0", "aria-valuemax": this.seconds.toFixed(1) },
      this.wave,
      this.lane(),
      this.ticks(),
      this.head,
    );
    this.button = make("button", { type: "button", class: "iso-play" }, "Play");
    this.time = make("span", { class: "iso-clock" });
    this.moment = make("span", { class: "iso-moment" });
    this.note = make("p", { class: "iso-note" });
    element.replaceChildren(
      make("div", { class: "iso-controls" }, this.button, this.time, this.moment),
      this.slider,
      make("p", { class: "iso-legend" }, make("span", { class: "iso-key iso-speech-key" }, make("i"), "speech"), make("span", { class: "iso-key iso-silence-key" }, make("i"), "silence"), ...keys(model, this.told.map((one) => one.label))),
      this.note,
    );
    this.listen();
    this.show(0);
    this.loaded = this.load(file);
  }

  async load(file) {
    const sound = await decode(file);
    if (this.closed) return;
    if (sound) this.url = sound.url;
    else {
      this.note.textContent = "This browser cannot play this kind of file; the service heard it all the same.";
      this.button.disabled = true;
    }
    const peaks = sound?.peaks(COLUMNS) ?? Array(COLUMNS).fill([-0.3, 0.3]);
    const highest = Math.max(...peaks.flat().map(Math.abs), 1e-4);
    const paths = { speech: "", silence: "" };
    peaks.forEach(([low, high], column) => {
      const kind = speechAt(this.answer.frames, ((column + 0.5) / COLUMNS) * this.seconds) ? "speech" : "silence";
      const [top, bottom] = [Math.max(0.02, high / highest), Math.min(-0.02, low / highest)];
      paths[kind] += `M${column + 0.5} ${(-top).toFixed(3)}V${(-bottom).toFixed(3)}`;
    });
    this.wave.replaceChildren(...Object.entries(paths).map(([kind, d]) => draw("path", { class: `iso-${kind}`, d })));
    if (this.url) this.audio.src = this.url;
  }

  lane() {
    const lane = make("div", { class: "iso-lane", "aria-hidden": "true" });
    for (const one of this.told) {
      const accent = accentOf(this.model, one.label);
      lane.append(
        make(
          "span",
          {
            "data-accent": one.label,
            "--accent": accent.colour,
            "--strength": one.strength.toFixed(3),
            "--from": one.start / this.seconds,
            "--wide": (one.end - one.start) / this.seconds,
            title: one.words,
          },
          make("b", {}, accent.letters),
        ),
      );
    }
    return lane;
  }

  ticks() {
    const step = STEPS.find((one) => this.seconds / one <= 8) ?? 1800;
    const ticks = make("div", { class: "iso-ticks", "aria-hidden": "true" });
    for (let at = 0; at <= this.seconds; at += step) {
      const words = this.seconds < 90 ? `${at} s` : clock(at, 0);
      ticks.append(make("span", { "--from": at / this.seconds }, words));
    }
    return ticks;
  }

  listen() {
    this.button.addEventListener("click", () => this.toggle());
    this.audio.addEventListener("play", () => this.follow());
    for (const kind of ["pause", "ended"]) this.audio.addEventListener(kind, () => this.rest());
    const seek = (event) => {
      const { left, width } = this.slider.getBoundingClientRect();
      this.seek(((event.clientX - left) / width) * this.seconds);
    };
    this.slider.addEventListener("pointerdown", (event) => {
      this.slider.setPointerCapture(event.pointerId);
      seek(event);
    });
    this.slider.addEventListener("pointermove", (event) => {
      if (this.slider.hasPointerCapture(event.pointerId)) seek(event);
    });
    this.slider.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 5 : 1;
      const to = {
        ArrowLeft: this.at - step,
        ArrowDown: this.at - step,
        ArrowRight: this.at + step,
        ArrowUp: this.at + step,
        PageDown: this.at - 10,
        PageUp: this.at + 10,
        Home: 0,
        End: this.seconds,
      }[event.key];
      if (event.key === " " || event.key === "Enter") this.toggle();
      else if (to === undefined) return;
      else this.seek(to);
      event.preventDefault();
    });
  }

  get at() {
    return this.place;
  }

  seek(seconds) {
    const place = Math.min(this.seconds, Math.max(0, seconds));
    this.until = null;
    if (this.url) this.audio.currentTime = place;
    this.show(place);
  }

  /** Plays a stretch alone, such as a word. */
  hear(start, end) {
    this.seek(start);
    if (!this.url) return;
    this.until = end;
    this.audio.play();
  }

  toggle() {
    if (!this.url) return;
    if (this.audio.paused) {
      this.until = null;
      this.audio.play();
    } else this.audio.pause();
  }

  follow() {
    this.button.textContent = "Pause";
    const step = () => {
      if (this.audio.paused || this.closed) return;
      this.show(this.audio.currentTime);
      if (this.until && this.audio.currentTime >= this.until) this.audio.pause();
      else requestAnimationFrame(step);
    };
    step();
  }

  rest() {
    this.button.textContent = "Play";
    this.show(this.audio.currentTime);
  }

  show(seconds) {
    this.place = seconds;
    this.head.style.setProperty("--from", this.seconds ? seconds / this.seconds : 0);
    this.time.textContent = `${clock(seconds)} / ${clock(this.seconds)}`;
    const told = toldAt(this.told, seconds);
    const heard = speechAt(this.answer.frames, seconds) ? "speech" : "silence";
    this.moment.textContent = told ? `${heard}, ${told.words}` : heard;
    this.slider.setAttribute("aria-valuenow", seconds.toFixed(1));
    this.slider.setAttribute("aria-valuetext", `${seconds.toFixed(1)} seconds: ${this.moment.textContent}`);
  }

  /** Lets go of the recording. */
  close() {
    this.closed = true;
    this.audio.pause();
    this.audio.removeAttribute("src");
    if (this.url) URL.revokeObjectURL(this.url);
  }
}
