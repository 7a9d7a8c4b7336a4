// A diagram in a form: chosen as a file or pasted, said in words, and put beneath a section.

import { make, pressing } from "./studio-make.js";

const LARGEST = 32 * 1024;

/** Beneath the section that it stands under; a way to add one where the lesson has none. */
export function diagramBox(form, section) {
  const { diagram, sections } = form.data;
  if (!diagram) {
    const begin = () => form.change(() => (form.data.diagram = { svg: "", alt: "", after: section.label }), "diagram.choose");
    return make("div", {}, pressing(begin, { className: "plain" }, "Add a diagram"));
  }
  return sections.find((each) => each.label === diagram.after) === section ? box(form, "Diagram beneath this section") : null;
}

/** One whose section is gone waits for another. */
export function loneDiagram(form) {
  const { diagram, sections } = form.data;
  if (!diagram || sections.some((each) => each.label === diagram.after)) return null;
  return make("div", { className: "piece" }, box(form, "Diagram without a section"));
}

function box(form, title) {
  const { diagram } = form.data;
  const gone = pressing(() => form.change(() => delete form.data.diagram, "sections.add"), { className: "plain" }, "Take the diagram away");
  return make("fieldset", { className: "drawing", tabIndex: -1, data: { at: "diagram" } },
    make("legend", {}, title),
    ...drawingFields(form, diagram),
    form.text("In words", diagram, "alt", "diagram.alt", { rows: 3, limit: "alt", hint: "What it shows, for those who do not see it: 60 characters or more" }),
    beneath(form, diagram),
    make("div", {}, gone));
}

/** The drawing itself: how it looks, a file, and its text. */
export function drawingFields(form, holder) {
  const shown = make("img", { className: "thumb", alt: "" });
  const told = make("span", { className: "wrong", role: "alert", hidden: true });
  const show = () => {
    shown.hidden = !/<svg[\s>]/.test(holder.svg ?? "");
    shown.src = shown.hidden ? "" : `data:image/svg+xml;charset=utf-8,${encodeURIComponent(holder.svg)}`;
  };
  shown.addEventListener("error", () => (shown.hidden = true));
  const choose = make("input", { type: "file", accept: ".svg,image/svg+xml", data: { at: "diagram.choose" } });
  const pasted = form.text("… or paste it", holder, "svg", "diagram.file", { rows: 3, hint: "It begins with <svg xmlns=…; about 360 wide, the width of a phone" });
  const text = pasted.querySelector("textarea");
  text.classList.add("code");
  text.spellcheck = false;
  text.addEventListener("input", show);
  choose.addEventListener("change", async () => {
    const [file] = choose.files;
    if (!file) return;
    told.hidden = file.size <= LARGEST;
    told.textContent = told.hidden ? "" : "This file is larger than 32 KiB. Draw it with fewer shapes.";
    if (!told.hidden) return;
    text.value = await file.text();
    text.dispatchEvent(new Event("input"));
  });
  show();
  return [make("label", { className: "field" }, make("span", {}, "A drawing, as an SVG file"), choose), told, shown, pasted];
}

function beneath(form, diagram) {
  const chosen = make("select", { data: { at: "diagram.after" } });
  const fill = () => {
    const labels = form.data.sections.map((each) => each.label).filter(Boolean);
    const all = labels.includes(diagram.after) || !diagram.after ? labels : [diagram.after, ...labels];
    chosen.replaceChildren(...[...(diagram.after ? [] : [""]), ...all].map((label) => make("option", { value: label, selected: label === diagram.after }, label || "Choose …")));
  };
  form.named.push(fill);
  fill();
  chosen.addEventListener("change", () => form.change(() => (diagram.after = chosen.value), "diagram.after"));
  return make("label", { className: "field" }, make("span", {}, "Stands beneath the section"), chosen);
}
