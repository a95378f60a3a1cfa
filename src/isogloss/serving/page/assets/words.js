// Numbers and labels as people read them.

/** Returns a share as a whole percentage, and never as none or all of it. */
export function percent(share) {
  if (share > 0.995 && share < 1) return "> 99 %";
  if (share < 0.005 && share > 0) return "< 1 %";
  return `${Math.round(100 * share)} %`;
}

/** Returns the accent of a label, as the page's model tells it. */
export function accentOf(model, label) {
  return model.accents.find((one) => one.label === label);
}

/** Says a set of accents as `isogloss.answers.describe_set` does. */
export function describeSet(labels, model) {
  const [best, ...others] = labels.map((label) => accentOf(model, label).name);
  if (!others.length) return best;
  if (labels.length === model.accents.length) return `${best}, or perhaps any other`;
  return `${best}, or perhaps ${others.join(" or ")}`;
}

/** Returns seconds as a player shows them: 1:05.3. */
export function clock(seconds, digits = 1) {
  const whole = Math.max(0, seconds);
  const minutes = Math.floor(whole / 60);
  const rest = (whole - 60 * minutes).toFixed(digits);
  return `${minutes}:${rest.padStart(digits ? 3 + digits : 2, "0")}`;
}
