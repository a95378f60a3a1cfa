// Answers as files, in the columns of `isogloss predict --format csv`.

/** Returns a CSV, a line an answer. */
export function toCsv(answers, model) {
  const labels = model.accents.map((accent) => accent.label);
  const sets = model.coverage === null ? [] : ["prediction_set"];
  const columns = ["path", "status", "accent", "seconds", "speech_seconds", "error", ...sets, ...labels];
  const rows = answers.map((answer) => {
    const shares = Object.fromEntries(answer.scores.map(({ label, score }) => [label, score]));
    const values = { ...answer, prediction_set: (answer.prediction_set ?? []).join("|"), ...shares };
    return columns.map((column) => values[column]);
  });
  return [columns, ...rows].map((row) => `${row.map(quote).join(",")}\r\n`).join("");
}

/** Returns the answers as a list in JSON. */
export function toJson(answers) {
  return `${JSON.stringify(answers, null, 1)}\n`;
}

function quote(value) {
  let text = String(value ?? "");
  // A spreadsheet would run a name that begins like a formula.
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
