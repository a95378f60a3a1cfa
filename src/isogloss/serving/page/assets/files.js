// The second tab: many files, one answer a row, and the table to take along.

import { make, takeFiles } from "./dom.js";
import { Failure, predict, unanswered } from "./service.js";
import { toCsv, toJson } from "./tables.js";
import { accentOf, describeSet, percent } from "./words.js";

const PATIENCE = 5;

/** Brings the tab to life. */
export function mount(root) {
  const element = root.querySelector(".iso-many");
  if (element && !element.dataset.mounted) {
    element.dataset.mounted = "yes";
    new Files(element);
  }
}

class Files {
  constructor(element) {
    this.model = JSON.parse(element.dataset.model);
    this.find = (name) => element.querySelector(`.iso-${name}`);
    this.body = element.querySelector("tbody");
    this.answers = [];
    takeFiles(this.find("drop"), (files) => this.take(files));
    this.find("cancel").addEventListener("click", () => this.stop?.abort());
    for (const button of element.querySelectorAll("[data-form]")) {
      button.addEventListener("click", () => this.save(button.dataset.form));
    }
  }

  async take(files) {
    this.stop?.abort();
    const stop = (this.stop = new AbortController());
    this.answers = [];
    const rows = files.map((file) => make("tr", {}, make("th", { scope: "row" }, file.name), make("td", { colspan: "3" }, "waiting")));
    this.body.replaceChildren(...rows);
    this.find("results").hidden = false;
    this.find("working").hidden = false;
    this.find("progress").max = files.length;
    for (const [i, file] of files.entries()) {
      this.count(i, files.length);
      rows[i].lastChild.textContent = "listening";
      const answer = await this.answer(file, stop.signal);
      if (this.stop !== stop) return;
      if (!answer) break;
      this.answers.push(answer);
      rows[i].replaceChildren(rows[i].firstChild, ...this.cells(answer));
    }
    for (const row of rows.slice(this.answers.length)) row.lastChild.textContent = "cancelled";
    this.count(this.answers.length, files.length);
    this.find("working").hidden = true;
    this.stop = null;
  }

  /** Returns a file's answer, a failed one where there is none, or null when cancelled. */
  async answer(file, signal) {
    for (let attempt = 1; ; attempt++) {
      try {
        return { ...(await predict(file, this.model, { signal })), path: file.name };
      } catch (error) {
        if (signal.aborted) return null;
        if (!(error instanceof Failure)) throw error;
        if (!error.retryAfter || attempt === PATIENCE) {
          return { path: file.name, status: "failed", accent: null, scores: [], seconds: 0, speech_seconds: 0, error: error.message };
        }
        await pause(1000 * error.retryAfter, signal);
      }
    }
  }

  count(done, all) {
    this.find("progress").value = done;
    this.find("working-words").textContent = `${done} of ${all} answered`;
  }

  cells(answer) {
    const none = unanswered(answer);
    if (none) return [make("td", { colspan: "3", class: "iso-none" }, none)];
    const { label, score } = answer.scores[0];
    const accent = accentOf(this.model, label);
    const set = answer.prediction_set?.length ? answer.prediction_set : [label];
    return [
      make("td", { class: "iso-named", "--accent": accent.colour }, describeSet(set, this.model)),
      make("td", {}, percent(score)),
      make("td", {}, `${answer.speech_seconds.toFixed(1)} s`),
    ];
  }

  save(form) {
    const text = form === "csv" ? toCsv(this.answers, this.model) : toJson(this.answers);
    const url = URL.createObjectURL(new Blob([text], { type: form === "csv" ? "text/csv" : "application/json" }));
    make("a", { href: url, download: `isogloss.${form}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
