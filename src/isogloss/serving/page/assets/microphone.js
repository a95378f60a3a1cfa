// The browser's own recorder, as it makes files: WebM in most, MP4 in Safari.

import { Failure } from "./service.js";

const ENDINGS = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

/** One recording from the microphone, from `start` until `stop` or `drop`. */
export class Microphone {
  /** Begins; `onLevel` is told the loudness in [0, 1] as it changes. */
  static async start(onLevel) {
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) {
      throw new Failure(
        "This browser lets no page record here. Open it over HTTPS or on this machine, or choose a file.",
      );
    }
    let stream;
    try {
      // What makes calls clearer takes away what tells accents.
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
    } catch (error) {
      throw new Failure(
        error.name === "NotFoundError"
          ? "No microphone was found. Plug one in, or choose a file."
          : "The microphone was not given to this page. Allow it in the browser's address bar, or choose a file.",
      );
    }
    return new Microphone(stream, onLevel);
  }

  constructor(stream, onLevel) {
    this.stream = stream;
    this.pieces = [];
    this.recorder = new MediaRecorder(stream);
    this.recorder.addEventListener("dataavailable", (event) => this.pieces.push(event.data));
    this.recorder.start();
    this.context = new AudioContext();
    const analyser = this.context.createAnalyser();
    this.context.createMediaStreamSource(stream).connect(analyser);
    const wave = new Float32Array(analyser.fftSize);
    this.timer = setInterval(() => {
      analyser.getFloatTimeDomainData(wave);
      const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
      onLevel(Math.min(1, Math.max(0, 1 + Math.log10(power + 1e-12) / 5)));
    }, 80);
  }

  /** Ends, and returns the recording. */
  async stop() {
    const stopped = new Promise((resolve) => this.recorder.addEventListener("stop", resolve));
    this.recorder.stop();
    await stopped;
    this.drop();
    const type = this.recorder.mimeType.split(";")[0];
    return new File(this.pieces, `recording.${ENDINGS[type] ?? "webm"}`, { type });
  }

  /** Gives the microphone back. */
  drop() {
    clearInterval(this.timer);
    this.stream.getTracks().forEach((track) => track.stop());
    this.context.close();
  }
}
