// What was said of each moment: by word where the model knows the words, else by frame.

import { accentOf, percent } from "./words.js";

/**
 * Returns stretches of time with the accent that each speaks for most.
 * @returns {{start: number, end: number, label: string, strength: number, words: string}[]}
 */
export function stretches(answer, model) {
  return answer.evidence ? ofWords(answer.evidence, model) : ofFrames(answer, model);
}

function ofWords(evidence, model) {
  const most = Math.max(...evidence.map((said) => said.weight), 1e-6);
  return evidence.map(({ word, start, end, accent, weight }) => ({
    start,
    end,
    label: accent,
    strength: Math.max(0, weight / most),
    words: `\u201c${word}\u201d: ${accentOf(model, accent).name}`,
  }));
}

function ofFrames({ frames, seconds, status }, model) {
  if (status !== "ok") return [];
  const joined = [];
  frames.forEach((frame, i) => {
    if (!frame.speech) return;
    // Frames overlap: each is shown until the next begins.
    const end = Math.min(frames[i + 1]?.start ?? frame.end, seconds);
    const [{ label, score }] = frame.scores;
    const words = `${accentOf(model, label).name} ${percent(score)}`;
    const last = joined.at(-1);
    if (last && last.label === label && last.words === words && Math.abs(last.end - frame.start) < 0.01) last.end = end;
    else joined.push({ start: frame.start, end, label, strength: score, words });
  });
  return joined;
}

/** Returns the stretch at a time, if there is one. */
export function toldAt(told, seconds) {
  return told.find((one) => one.start <= seconds && seconds < one.end);
}

/** Returns whether a frame that holds speech covers a time; frames are in order. */
export function speechAt(frames, seconds) {
  let [low, high] = [0, frames.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frames[middle].start <= seconds) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i >= 0 && frames[i].end > seconds; i--) {
    if (frames[i].speech) return true;
  }
  return false;
}
