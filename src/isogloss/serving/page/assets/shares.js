// The answer's shares: bars, best first, and the same shares on the map.

import { make } from "./dom.js";
import { accentOf, percent } from "./words.js";

/** Fills the table of bars. */
export function showBars(table, scores, model) {
  const rows = scores.map(({ label, score }) => {
    const accent = accentOf(model, label);
    const bar = make("span", { class: "iso-bar", "aria-hidden": "true", "--share": score, "--accent": accent.colour });
    return make(
      "tr",
      { "data-accent": label },
      make("th", { scope: "row" }, accent.name),
      make("td", {}, bar, make("span", { class: "iso-percent" }, percent(score))),
    );
  });
  table.tBodies[0].replaceChildren(...rows);
}

/** Shades the map; labels that are not on it have no shape. */
export function shadeMap(map, scores, model) {
  for (const { label, score } of scores) {
    for (const shape of map.querySelectorAll(`[data-accent="${CSS.escape(label)}"]`)) {
      shape.style.setProperty("--share", score);
      // Where a ground is too dark for dark letters, or too light for light ones.
      shape.classList.toggle("iso-deep", score >= 0.56);
      shape.classList.toggle("iso-half", score >= 0.36);
      const share = shape.querySelector(".share");
      if (share) share.textContent = percent(score);
    }
  }
  const words = scores.map(({ label, score }) => `${accentOf(model, label).name} ${percent(score)}`);
  map.querySelector("desc").textContent = `${words.join(", ")}.`;
}
