// The paragraph whose words are coloured by what they told.

import { make } from "./dom.js";
import { accentOf } from "./words.js";

const plain = (text) => text.toLowerCase().replace(/\u2019/g, "'").replace(/[^\p{L}\p{N}']/gu, "");

/** Returns the text that the words are of. */
export function textOf(evidence, texts) {
  const found = (text) => {
    const words = new Set(text.split(/\s+/).map(plain));
    return evidence.filter((said) => words.has(plain(said.word))).length;
  };
  return texts.reduce((best, text) => (found(text) > found(best) ? text : best));
}

/**
 * Writes the paragraph, each word with its evidence.
 * @param {(seconds: number, end: number) => void} hear plays a word
 */
export function colourWords(paragraph, legend, evidence, model, hear) {
  const most = Math.max(...evidence.map((said) => said.weight), 1e-6);
  let next = 0;
  const pieces = textOf(evidence, model.texts).split(/(\s+)/).map((piece) => {
    const at = evidence.findIndex((said, i) => i >= next && i < next + 4 && plain(said.word) === plain(piece));
    if (!piece.trim() || at < 0) return piece;
    next = at + 1;
    const { accent: label, weight, start, end } = evidence[at];
    const accent = accentOf(model, label);
    const strength = Math.max(0, weight / most);
    const word = make(
      "button",
      {
        type: "button",
        class: "iso-word",
        "data-accent": label,
        "data-start": start,
        "data-end": end,
        "--accent": accent.colour,
        "--strength": strength.toFixed(3),
        title: `${accent.name}, ${Math.round(100 * strength)} % of the strongest word`,
      },
      piece,
      make("small", { "aria-hidden": "true" }, accent.letters),
      make("span", { class: "iso-hidden" }, ` (${accent.name})`),
    );
    word.addEventListener("click", () => hear(start, end));
    return word;
  });
  paragraph.replaceChildren(...pieces);
  legend.replaceChildren(...keys(model, evidence.map((said) => said.accent)));
}

/** Returns a legend's entries: colour, letters, name. */
export function keys(model, labels) {
  const seen = new Set(labels);
  return model.accents
    .filter((accent) => seen.has(accent.label))
    .map((accent) =>
      make(
        "span",
        { class: "iso-key", "--accent": accent.colour },
        make("i", { "aria-hidden": "true" }, accent.letters),
        accent.name,
      ),
    );
}
