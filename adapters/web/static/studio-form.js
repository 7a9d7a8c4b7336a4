// The form of a lesson, and what other forms are made of. It changes `data` in place and tells `changed` of it.

import { diagramBox, loneDiagram } from "./studio-diagram.js";
import { make, onDrop, pressing } from "./studio-make.js";

const YES = new Set([true, "true"]);

export function slug(words, taken, otherwise) {
  const plain = words.toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  const id = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 20).replace(/-+$/, "") || otherwise;
  if (!taken.includes(id)) return id;
  let number = 2;
  while (taken.includes(`${id}-${number}`)) number += 1;
  return `${id}-${number}`;
}

export class LessonForm {
  constructor(root, data, { limits, readonly, changed, helps = "", suggest = null, ...more }) {
    Object.assign(this, more);
    this.helps = readonly ? "" : helps;
    this.suggest = suggest;
    this.root = root;
    this.data = data;
    this.limits = limits;
    this.readonly = readonly;
    this.changed = changed;
    this.helpers = new WeakMap();
    this.draw();
  }

  /** What names a label or a source elsewhere is drawn anew, and nothing else: the focus stays where it is. */
  refresh() {
    for (const each of this.named) each();
  }

  draw(focus = "") {
    this.named = [];
    const at = focus || document.activeElement?.dataset?.at || "";
    this.root.replaceChildren(...this.parts());
    if (this.readonly) for (const each of this.root.querySelectorAll("input, textarea, select, button")) each.disabled = true;
    const field = at && this.root.querySelector(`[data-at="${CSS.escape(at)}"]`);
    if (field) (field.disabled ? field.closest("[tabindex]") : field).focus(); // at the end of a list nothing moves further
  }

  parts() {
    for (const name of ["sections", "sources", "questions"]) this.data[name] ??= [];
    return [
      make("h2", {}, "The lesson"),
      this.text("Title", this.data, "title", "title", { limit: "title" }),
      this.text("Summary", this.data, "summary", "summary", { rows: 2, limit: "summary", hint: "One sentence with a claim. It also stands in weekly posts." }),
      this.group("Sections", "sections", "section", () => ({ label: "", text: "", sources: [] }), (each, at) => [
        this.label(each, at),
        this.text("Text", each, "text", `${at}.text`, { rows: 6, hint: "**bold**, *italic*, `code`, ```, [links](https://…), lines that begin with “- ”" }),
        this.chips(each, at),
        this.help(["shorten", "Shorten"], each, at, (found, done) => this.shorter(each, found, done)),
        this.help(["question", "Suggest a question"], each, at, (found, done) => this.askedOf(each, found, done)),
        diagramBox(this, each),
      ]),
      loneDiagram(this),
      this.group("Sources", "sources", "source", () => ({ id: slug("source", this.data.sources.map((each) => each.id), "source"), title: "", url: "" }), (each, at) => [
        make("div", { className: "two" },
          this.sourceTitle(each, at),
          this.text("Address", each, "url", `${at}.url`, { type: "url", hint: "Begins with https://" })),
      ]),
      this.group("Questions", "questions", "question", () => this.newQuestion(), (each, at) => this.question(each, at)),
    ].filter(Boolean);
  }

  newQuestion() {
    const id = slug("question", this.data.questions.map((each) => each.id), "question");
    const options = ["a", "b", "c"].map((name, place) => ({ id: name, text: "", right: place === 0 ? "true" : "false", why: "" }));
    return { id, ask: "", section: this.data.sections[0]?.label ?? "", options };
  }

  // One field ------------------------------------------------------------------------------------------------------

  text(label, holder, key, at, { rows = 0, limit = "", hint = "", type = "" } = {}) {
    const most = this.limits?.[limit];
    const count = most ? make("span", { className: "count" }) : null;
    const told = () => {
      if (!count) return;
      const used = [...(holder[key] ?? "")].length;
      count.textContent = ` ${used} of ${most}`;
      count.classList.toggle("over", used > most);
    };
    const field = make(rows ? "textarea" : "input", { value: holder[key] ?? "", data: { at } });
    if (rows) field.rows = rows;
    else field.type = type || "text";
    if (rows && rows < 3) field.className = "short";
    if (rows === 1) field.addEventListener("input", () => field.value.includes("\n") && (field.value = field.value.replaceAll("\n", " ")));
    field.addEventListener("input", () => {
      holder[key] = field.value;
      told();
      this.changed();
    });
    told();
    return make("label", { className: "field" }, make("span", {}, label, count), hint ? make("span", { className: "quiet" }, hint) : null, field);
  }

  /** A section's label: questions and the diagram name it, and follow when it changes. */
  label(each, at) {
    const field = this.text("Label", each, "label", `${at}.label`, { limit: "label", hint: "Its point, in a few words" });
    let before = each.label;
    field.addEventListener("input", () => {
      for (const question of this.data.questions) if (before && question.section === before) question.section = each.label;
      if (before && this.data.diagram?.after === before) this.data.diagram.after = each.label;
      before = each.label;
    });
    field.addEventListener("change", () => this.refresh());
    return field;
  }

  sourceTitle(each, at) {
    const field = this.text("Title", each, "title", `${at}.title`, { hint: "Publisher, name of the page" });
    field.addEventListener("change", () => this.refresh());
    return field;
  }

  chips(each, at) {
    each.sources ??= [];
    const held = make("div", { className: "chips" });
    const fill = () => held.replaceChildren(...this.boxes(each));
    this.named.push(fill);
    fill();
    return make("fieldset", { className: "field", tabIndex: -1, data: { at: `${at}.sources` } }, make("legend", {}, "Rests on"), held);
  }

  boxes(each) {
    const boxes = this.data.sources.map((source, number) => {
      const box = make("input", { type: "checkbox", checked: each.sources.includes(source.id), disabled: this.readonly });
      box.addEventListener("change", () => {
        each.sources = box.checked ? [...each.sources, source.id] : each.sources.filter((id) => id !== source.id);
        this.changed();
      });
      return make("label", {}, box, source.title || `Source ${number + 1}`);
    });
    return boxes.length ? boxes : [make("span", { className: "quiet" }, "Add a source below, and tick it here.")];
  }

  question(each, at) {
    const section = make("select", { data: { at: `${at}.section` } });
    const fill = () => {
      const labels = this.data.sections.map((one) => one.label).filter(Boolean);
      section.replaceChildren(...[...new Set([each.section, ...labels])].map((label) => make("option", { value: label, selected: label === each.section }, label || "Choose …")));
    };
    this.named.push(fill);
    fill();
    section.addEventListener("change", () => {
      each.section = section.value;
      this.changed();
    });
    const kinds = [["options", "Options to choose from"], ["words", "A short typed answer"], ["number", "A typed number"]];
    const now = each.answer ? ("number" in each.answer ? "number" : "words") : "options";
    const kind = make("select", { data: { at: `${at}.kind` } }, ...kinds.map(([value, label]) => make("option", { value, selected: value === now }, label)));
    kind.addEventListener("change", () => this.turn(each, kind.value));
    return [
      this.text("Question", each, "ask", `${at}.ask`, { rows: 2, limit: "ask" }),
      make("div", { className: "two" },
        make("label", { className: "field" }, make("span", {}, "About the section"), section),
        make("label", { className: "field" }, make("span", {}, "Answered by"), kind)),
      ...(each.answer ? [this.typed(each.answer, `${at}.answer`)] : [this.options(each, at), this.help(["options", "Suggest wrong options"], each, at, (found, done) => this.offered(each, found, done))]),
    ];
  }

  // Help from a model: asked for by a button that says who is asked; what comes back is shown, and taken or dropped ------

  help([kind, label], each, at, show) {
    if (!this.helps) return null;
    const known = this.helpers.get(each) ?? {};
    this.helpers.set(each, known);
    known[kind] ??= this.helper(kind, label, show);
    known[kind].place = Number(at.split(".")[1]);
    return known[kind].node;
  }

  /** The same one when the form is drawn anew: an answer may be on its way, or stand there and not be taken yet. */
  helper(kind, label, show) {
    const made = { place: 0 };
    const box = make("div", { className: "suggestion", hidden: true });
    const ask = make("button", { type: "button", className: "plain" }, `${label} (asks ${this.helps})`);
    ask.addEventListener("click", async () => {
      ask.disabled = true;
      box.hidden = false;
      box.replaceChildren(make("p", { className: "quiet" }, "Asked …"));
      const close = () => (box.hidden = true);
      try {
        const found = await this.suggest(kind, made.place);
        box.replaceChildren(make("p", { className: "quiet" }, `A suggestion of ${this.helps}, not part of your lesson. Check it before you take it.`), ...show(found, close), pressing(close, {}, "Drop it"));
      } catch (problem) {
        box.replaceChildren(make("p", { className: "wrong", role: "alert" }, problem.message));
      } finally {
        ask.disabled = false;
      }
    });
    made.node = make("div", { aria: { live: "polite" } }, ask, box);
    return made;
  }

  take(label, work, focus, done = () => {}) {
    return pressing(() => {
      done();
      this.change(work, focus);
    }, {}, label);
  }

  shorter(each, found, done) {
    const at = `sections.${this.data.sections.indexOf(each)}.text`;
    return [make("p", { className: "words" }, found.text), this.take("Take it", () => (each.text = found.text), at, done)];
  }

  askedOf(each, found, done) {
    const lines = found.options.map((option) => make("li", {}, `${option.right ? "Right" : "Wrong"}: ${option.text} – ${option.why}`));
    const work = () => {
      const question = { ...this.newQuestion(), ask: found.ask, section: each.label };
      question.options = found.options.map((option, number) => ({ id: "abcd"[number], text: option.text, right: String(option.right), why: option.why }));
      this.data.questions.push(question);
    };
    return [make("p", { className: "words" }, found.ask), make("ul", {}, ...lines), this.take("Take it as a new question", work, `questions.${this.data.questions.length}.ask`, done)];
  }

  offered(each, found, done) {
    const rows = found.options.filter((option) => !option.right).map((option) => {
      const work = () => {
        const free = (each.options ?? []).find((one) => !one.text && !YES.has(one.right));
        if (free) Object.assign(free, { text: option.text, why: option.why });
        else if (each.options.length < 4) each.options.push({ id: slug("option", each.options.map((one) => one.id), "option"), text: option.text, right: "false", why: option.why });
      };
      const taken = () => {
        rows.splice(rows.indexOf(row), 1);
        row.remove();
        if (!rows.length) done();
      };
      const row = make("div", {}, make("p", { className: "words" }, `${option.text} – ${option.why}`), this.take("Take it", work, `questions.${this.data.questions.indexOf(each)}.ask`, taken));
      return row;
    });
    return [...rows];
  }

  turn(each, kind) {
    const why = each.answer?.why ?? "";
    if (kind === "options") {
      delete each.answer;
      each.options = this.newQuestion().options;
    } else {
      delete each.options;
      each.answer = kind === "number" ? { number: "", unit: "", tolerance: "", why } : { accept: [""], why };
    }
    this.changed();
    this.draw();
  }

  typed(answer, at) {
    if ("number" in answer) {
      return make("div", { className: "two" },
        this.text("Number", answer, "number", `${at}.number`),
        this.text("Unit", answer, "unit", `${at}.unit`, { hint: "May be empty" }),
        this.text("Off by at most", answer, "tolerance", `${at}.tolerance`, { hint: "May be empty" }),
        this.text("Why it is right", answer, "why", `${at}.why`, { rows: 2, limit: "why" }));
    }
    const holder = { accept: [answer.accept ?? []].flat().join("\n") };
    const lines = this.text("Every wording that is right, one a line", holder, "accept", `${at}.accept`, { rows: 3 });
    lines.addEventListener("input", () => (answer.accept = holder.accept.split("\n").map((line) => line.trim()).filter(Boolean)));
    return make("div", { className: "field" }, lines, this.text("Why it is right", answer, "why", `${at}.why`, { rows: 2, limit: "why" }));
  }

  options(each, at) {
    each.options ??= [];
    const rows = each.options.map((option, number) => {
      const place = `${at}.options.${number}`;
      const right = make("input", { type: "checkbox", checked: YES.has(option.right), data: { at: `${place}.right` } });
      right.addEventListener("change", () => {
        option.right = right.checked ? "true" : "false";
        this.changed();
      });
      const remove = () => this.change(() => each.options.splice(number, 1), `${at}.ask`);
      const gone = pressing(remove, { className: "move", title: "Take this option away", disabled: each.options.length <= 2, aria: { label: `Take option ${number + 1} away` } }, "✕");
      return make("div", { className: "option" },
        make("label", { className: "right" }, right, "Right"),
        this.text(`Option ${number + 1}`, option, "text", `${place}.text`, { limit: "option" }),
        gone,
        make("div", { className: "why" }, this.text("Why", option, "why", `${place}.why`, { rows: 2, limit: "why", hint: YES.has(option.right) ? "Why it is right" : "What is wrong with it" })));
    });
    const add = () => {
      const id = slug("option", each.options.map((option) => option.id), "option");
      this.change(() => each.options.push({ id, text: "", right: "false", why: "" }), `${at}.options.${each.options.length}.text`);
    };
    return make("div", {}, ...rows, pressing(add, { className: "plain", disabled: each.options.length >= 4 }, "Add an option"));
  }

  // A list of pieces, in an order that keys and a mouse can change ----------------------------------------------------

  group(title, key, one, fresh, body) {
    const list = this.data[key];
    const pieces = list.map((each, number) => {
      const at = `${key}.${number}`;
      const move = (by, sign, said) => {
        const [way, to] = [by < 0 ? "up" : "down", number + by];
        const props = { className: "move", title: said, disabled: to < 0 || to >= list.length, data: { at: `${at}.${way}` }, aria: { label: `${said}: ${one} ${number + 1}` } };
        return pressing(() => this.shift(list, number, to, `${key}.${to}.${way}`), props, sign);
      };
      const next = list.length > 1 ? `${key}.${Math.min(number, list.length - 2)}` : `${key}.add`;
      const remove = () => this.change(() => this.remove(key, number), next);
      const gone = pressing(remove, { className: "move", title: "Take away", aria: { label: `Take ${one} ${number + 1} away` } }, "✕");
      const handle = make("b", { draggable: !this.readonly, title: "Drag to another place" }, `${one[0].toUpperCase()}${one.slice(1)} ${number + 1}`);
      const piece = make("div", { className: "piece", tabIndex: -1, data: { at } }, make("div", { className: "bar" }, handle, move(-1, "↑", "Move up"), move(1, "↓", "Move down"), gone), ...body(each, at));
      this.drag(piece, handle, list, number, key);
      return piece;
    });
    const add = () => this.change(() => list.push(fresh()), `${key}.${list.length}.${{ sections: "label", sources: "title", questions: "ask" }[key]}`);
    return make("fieldset", { className: "group", tabIndex: -1, data: { at: key } }, make("legend", {}, title), ...pieces,
      make("div", {}, pressing(add, { data: { at: `${key}.add` } }, `Add a ${one}`)));
  }

  remove(key, number) {
    const [gone] = this.data[key].splice(number, 1);
    if (key === "sources") for (const section of this.data.sections) section.sources = (section.sources ?? []).filter((id) => id !== gone.id);
  }

  drag(piece, handle, list, number, key) {
    handle.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData("text/plain", `${key}:${number}`);
      event.dataTransfer.effectAllowed = "move";
    });
    onDrop(piece, (dragged) => {
      const [from, place] = dragged.split(":");
      if (from === key && Number(place) !== number) this.shift(list, Number(place), number, "");
    });
  }

  shift(list, from, to, focus) {
    this.change(() => list.splice(to, 0, ...list.splice(from, 1)), focus);
  }

  change(work, focus) {
    work();
    this.changed();
    this.draw(focus);
  }
}

/** Put what is wrong beneath the field that it is about; what has no field of its own stays in the list. What a field said
 *  by itself, of a file that is too large, is no finding and stays. */
export function mark(root, findings) {
  for (const old of root.querySelectorAll(".wrong[id]")) old.remove();
  for (const old of root.querySelectorAll("[aria-invalid]")) old.removeAttribute("aria-invalid");
  for (const old of root.querySelectorAll("[data-at][aria-describedby]")) describe(old);
  findings.forEach((finding, number) => {
    for (let steps = finding.at; steps.length; steps = steps.slice(0, -1)) {
      const field = root.querySelector(`[data-at="${CSS.escape(steps.join("."))}"]`);
      if (!field) continue;
      const said = make("span", { className: `wrong ${finding.severity}`, id: `wrong-${number}` }, `${finding.message}. ${finding.mend}`);
      if (field.matches("input, textarea, select")) {
        field.after(said);
        describe(field, said.id);
        if (finding.severity === "error") field.setAttribute("aria-invalid", "true");
      } else {
        field.append(said);
      }
      return;
    }
  });
}

/** A field is described by what is wrong with it, and by the original where it translates one. */
function describe(field, id = "") {
  const said = [field.dataset.beside, id].filter(Boolean).join(" ");
  if (said) field.setAttribute("aria-describedby", said);
  else field.removeAttribute("aria-describedby");
}
