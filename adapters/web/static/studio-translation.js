// A lesson in another language: each of the original's words with its translation beside it.

import { drawingFields } from "./studio-diagram.js";
import { LessonForm } from "./studio-form.js";
import { make } from "./studio-make.js";

const lines = (words) => [words ?? []].flat().join("\n");
let ids = 0;

/** The original and the field for its translation, side by side where there is room. */
export function beside(form, words, field, { at, language, original, missing = "not translated yet" }) {
  const input = field.querySelector("input, textarea");
  const name = field.querySelector("span").firstChild.textContent;
  const id = `original-${(ids += 1)}`;
  const state = make("span", { className: "tag", hidden: true });
  const take = make("button", { type: "button", className: "plain" }, "Copy");
  take.setAttribute("aria-label", `Copy the original: ${name}`);
  take.addEventListener("click", () => {
    input.value = words;
    input.dispatchEvent(new Event("input"));
    input.focus();
  });
  const before = form.changes?.[at];
  const told = () => {
    const empty = !input.value.trim();
    state.hidden = !(empty && words);
    state.textContent = missing;
    take.hidden = !(empty && words) || form.readonly;
    form.count?.();
  };
  input.addEventListener("input", told);
  input.dataset.beside = id;
  input.setAttribute("aria-describedby", id);
  input.lang = language;
  field.querySelector("span").append(" ", state);
  const change = before === undefined ? null : make("p", { className: "was" }, before ? `Changed since. It read: “${before}”` : "New in the original.");
  told();
  return make("div", { className: "beside-row" },
    make("div", { className: "original", id }, make("span", { className: "quiet" }, `${name} in the original`), make("p", { lang: original }, words || "–"), change, take),
    field);
}

export class TranslationForm extends LessonForm {
  get changes() {
    return this.data.of === this.translation.now ? {} : this.translation.changed;
  }

  row(label, words, holder, key, at, options = {}) {
    const field = this.text(label, holder, key, at, options);
    this.fields.push(field.querySelector("input, textarea"));
    return beside(this, words ?? "", field, { at, language: this.language, original: this.from, missing: options.missing });
  }

  count() {
    if (!this.told) return;
    const wanted = this.fields.filter((each) => !each.dataset.optional);
    const done = wanted.filter((each) => each.value.trim()).length;
    this.told.textContent = `${done} of ${wanted.length} fields are translated.`;
  }

  parts() {
    const { original, name } = this.translation;
    this.fields = [];
    this.told = null;
    const told = make("p", { className: "quiet" });
    const sections = this.data.sections.map((mine, at) => this.section(original.sections[at], mine, at));
    const questions = this.data.questions.map((mine, at) => this.asked(original.questions[at], mine, at));
    const made = [
      make("h2", {}, `The lesson in ${name}`),
      told,
      this.behind(),
      this.leftOver(),
      this.row("Title", original.title, this.data, "title", "title", { rows: 1, limit: "title" }),
      this.row("Summary", original.summary, this.data, "summary", "summary", { rows: 2, limit: "summary" }),
      make("fieldset", { className: "group", tabIndex: -1, data: { at: "sections" } }, make("legend", {}, "Sections"), ...sections),
      make("fieldset", { className: "group", tabIndex: -1, data: { at: "questions" } }, make("legend", {}, "Questions"),
        make("p", { className: "quiet" }, "One that is left empty is asked in the original."), ...questions),
      this.sources(original.sources ?? []),
    ].filter(Boolean);
    this.told = told;
    this.count();
    return made;
  }

  behind() {
    const { now, changed } = this.translation;
    if (!this.data.of || this.data.of === now) return null;
    const known = Object.keys(changed).length;
    return make("div", { className: "alert mild", data: { behind: "" } },
      make("p", {}, `The original has changed since this was translated. ${known ? "What changed is marked." : "What it said before is not known here: compare all of it."}`),
      make("div", {}, this.take("They agree now", () => (this.data.of = now), "title")));
  }

  leftOver() {
    const lost = this.translation.left_over;
    if (!lost.length) return null;
    return make("div", { className: "alert mild" }, make("p", {}, `The original has no place any more for ${lost.join(", ")}. It goes when this is saved.`));
  }

  section(its, mine, number) {
    const at = `sections.${number}`;
    return make("div", { className: "piece", tabIndex: -1, data: { at } },
      make("div", { className: "bar" }, make("b", {}, `Section ${number + 1}`)),
      this.row("Label", its.label, mine, "label", `${at}.label`, { rows: 1, limit: "label" }),
      this.row("Text", its.text, mine, "text", `${at}.text`, { rows: 6 }),
      this.translation.original.diagram?.after === its.label && this.data.diagram ? this.drawing() : null);
  }

  drawing() {
    const its = this.translation.original.diagram;
    const mine = this.data.diagram;
    const own = "svg" in mine;
    const turn = make("button", { type: "button", className: "plain" }, own ? "Show the original's drawing again" : "Use a drawing of its own, with its words translated");
    turn.addEventListener("click", () => this.change(() => {
      delete mine.file;
      if (own) delete mine.svg;
      else mine.svg = its.svg ?? "";
    }, own ? "diagram.alt" : "diagram.file"));
    return make("fieldset", { className: "drawing", tabIndex: -1, data: { at: "diagram" } },
      make("legend", {}, "Diagram"),
      this.row("In words", its.alt, mine, "alt", "diagram.alt", { rows: 3, limit: "alt" }),
      ...(own ? drawingFields(this, mine) : []),
      make("div", {}, turn));
  }

  asked(its, mine, number) {
    const at = `questions.${number}`;
    const rows = [this.row("Question", its.ask, mine, "ask", `${at}.ask`, { rows: 2, limit: "ask" })];
    if (mine.answer) rows.push(...this.answered(its.answer, mine.answer, `${at}.answer`));
    (mine.options ?? []).forEach((option, place) => {
      const there = its.options[place];
      const right = there.right === true || there.right === "true";
      rows.push(
        this.row(`Option ${place + 1}${right ? " (right)" : ""}`, there.text, option, "text", `${at}.options.${place}.text`, { rows: 1, limit: "option" }),
        this.row(right ? "Why it is right" : "What is wrong with it", there.why, option, "why", `${at}.options.${place}.why`, { rows: 2, limit: "why" }));
    });
    return make("div", { className: "piece", tabIndex: -1, data: { at } }, make("div", { className: "bar" }, make("b", {}, `Question ${number + 1}`)), ...rows);
  }

  answered(its, mine, at) {
    const why = this.row("Why it is right", its.why, mine, "why", `${at}.why`, { rows: 2, limit: "why" });
    if ("number" in its) {
      const unit = this.row("Unit", its.unit ?? "", mine, "unit", `${at}.unit`);
      if (!its.unit) this.fields.at(-1).dataset.optional = "";
      return [unit, why];
    }
    const holder = { accept: lines(mine.accept) };
    const row = this.row("Every wording that is right, one a line", lines(its.accept), holder, "accept", `${at}.accept`, { rows: 2 });
    row.querySelector("textarea").addEventListener("input", () => (mine.accept = holder.accept.split("\n").map((line) => line.trim()).filter(Boolean)));
    return [row, why];
  }

  sources(all) {
    const rows = this.data.sources.map((mine, number) => {
      const at = `sources.${number}`;
      const made = make("div", { className: "piece", tabIndex: -1, data: { at } },
        this.row("Title", all[number].title, mine, "title", `${at}.title`, { missing: "the original's is shown" }),
        this.row("Address", all[number].url, mine, "url", `${at}.url`, { type: "url", missing: "the original's is shown" }));
      for (const each of this.fields.slice(-2)) each.dataset.optional = "";
      return made;
    });
    return make("fieldset", { className: "group", tabIndex: -1, data: { at: "sources" } }, make("legend", {}, "Sources"),
      make("p", { className: "quiet" }, "Only where there is one in this language. What is left empty is the original's."), ...rows);
  }
}
