// The form of a theme: its words, for whom it is, and its words in other languages.

import { LessonForm } from "./studio-form.js";
import { make, pressing } from "./studio-make.js";
import { beside } from "./studio-translation.js";

export const languageName = (code) => {
  try {
    return new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
};

export class ThemeForm extends LessonForm {
  parts() {
    return [
      make("h2", {}, "The theme"),
      this.text("Title", this.data, "title", "title"),
      this.text("Description", this.data, "description", "description", { rows: 3, hint: "What readers will know, and whom it is for. The first sentence stands in the catalogue." }),
      make("div", { className: "two" },
        this.text("Emoji", this.data, "emoji", "emoji"),
        this.text("Language", this.data, "language", "language", { hint: "A code such as en or pt-BR" }),
        this.text("Licence", this.data, "licence", "licence")),
      this.forWhom(),
      this.inLanguages(),
    ];
  }

  /** What the server said of the theme's words as they stand here. */
  looked({ now }) {
    this.now = now;
    for (const each of this.agreeing ?? []) each();
  }

  // For whom it is -------------------------------------------------------------------------------------------------

  forWhom() {
    const chosen = this.data.workspaces;
    const some = Array.isArray(chosen);
    const rows = some ? [...this.workspaceRows(chosen), this.otherWorkspace(chosen)] : [];
    return make("fieldset", { className: "group", tabIndex: -1, data: { at: "workspaces" } },
      make("legend", {}, "For whom"),
      this.radio("everybody", !some, "Everybody on this server", "Every workspace sees it, and finds it.", () => {
        this.chosenBefore = chosen;
        delete this.data.workspaces;
      }),
      this.radio("some", some, "These workspaces alone", "To all others it is as good as not there.", () => (this.data.workspaces = this.chosenBefore ?? [])),
      ...rows);
  }

  radio(value, on, label, hint, work) {
    const input = make("input", { type: "radio", name: "for-whom", value, checked: on, data: { at: `for-whom.${value}` } });
    input.addEventListener("change", () => this.change(work, `for-whom.${value}`));
    return make("label", { className: "switch" }, input, make("span", { className: "words" }, label, make("span", { className: "quiet" }, hint)));
  }

  workspaceRows(chosen) {
    const listed = [...this.workspaces, ...chosen.filter((id) => !this.workspaces.some((each) => each.id === id)).map((id) => ({ id, name: "", known: false }))];
    return listed.filter((each) => each.id).map(({ id, name, known }) => {
      const place = chosen.indexOf(id);
      const box = make("input", { type: "checkbox", checked: place >= 0, data: { at: place >= 0 ? `workspaces.${place}` : `workspace.${id}` } });
      box.addEventListener("change", () => this.change(() => (this.data.workspaces = box.checked ? [...chosen, id] : chosen.filter((each) => each !== id)), box.checked ? `workspaces.${chosen.length}` : `workspace.${id}`));
      const told = known ? (name ? id : "") : "No workspace here has this id. It is kept.";
      return make("label", { className: "switch inset" }, box, make("span", { className: "words" }, name || id, told ? make("span", { className: "quiet" }, told) : null));
    });
  }

  otherWorkspace(chosen) {
    const field = make("input", { type: "text", autocomplete: "off", spellcheck: false, data: { at: "workspace.other" } });
    const take = () => field.value.trim() && this.change(() => (this.data.workspaces = [...new Set([...chosen, field.value.trim()])]), "workspace.other");
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      take();
    });
    return make("div", { className: "pair inset" },
      make("label", { className: "field" }, make("span", {}, "Another one, by its id"), make("span", { className: "quiet" }, "discord:123456789012345678, slack:-:T0123ABCD"), field), pressing(take, {}, "Add"));
  }

  // In other languages ---------------------------------------------------------------------------------------------

  inLanguages() {
    this.agreeing = [];
    const titles = this.data.translations ?? {};
    const pieces = Object.keys(titles).map((code) => this.inLanguage(code, titles[code]));
    const add = pressing(() => this.addLanguage(), { data: { at: "translations.add" } }, "Add a translation …");
    return make("fieldset", { className: "group", tabIndex: -1, data: { at: "translations" } },
      make("legend", {}, "Its words in other languages"),
      make("p", { className: "quiet" }, "Lessons are translated one by one: open a lesson, and add a translation there."),
      ...pieces, make("div", {}, add));
  }

  inLanguage(code, mine) {
    const at = `translations.${code}`;
    const from = this.data.language;
    const remove = () => this.change(() => {
      delete this.data.translations[code];
      if (!Object.keys(this.data.translations).length) delete this.data.translations;
    }, "translations.add");
    const gone = pressing(remove, { className: "move", title: "Take away", aria: { label: `Take ${languageName(code)} away` } }, "✕");
    const agree = this.take("They agree now", () => (mine.of = this.now), `${at}.title`);
    const told = () => (agree.hidden = this.readonly || !mine.of || !this.now || mine.of === this.now);
    this.agreeing.push(told);
    told();
    const row = (label, key, options) => beside(this, this.data[key] ?? "", this.text(label, mine, key, `${at}.${key}`, options), { at: `${at}.${key}`, language: code, original: from });
    return make("div", { className: "piece", tabIndex: -1, data: { at } },
      make("div", { className: "bar" }, make("b", {}, `${languageName(code)} (${code})`), gone),
      row("Title", "title"), row("Description", "description", { rows: 3 }), make("div", {}, agree));
  }

  async addLanguage() {
    const code = await this.askLanguage();
    if (!code || this.data.translations?.[code]) return;
    this.change(() => {
      this.data.translations ??= {};
      this.data.translations[code] = { title: "", description: "", ...(this.now ? { of: this.now } : {}) };
    }, `translations.${code}.title`);
  }
}
