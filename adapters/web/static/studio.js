// The studio: a shelf of themes, one draft that is edited, and how it will look. What is typed is saved by itself.

import { call, Lost, Refused, SignedOut, unsaved } from "./studio-api.js";
import { LessonForm, mark } from "./studio-form.js";
import { make, onDrop, pressing } from "./studio-make.js";
import { languageName, ThemeForm } from "./studio-theme.js";
import { TranslationForm } from "./studio-translation.js";

const SAVE_AFTER = 900;
const LOOK_AFTER = 450;

const $ = (id) => document.getElementById(id);
const form = $("form");
const alertBox = $("alert");

let themes = [];
let draft = null; // { theme, lesson, data, revision, readonly, form, dirty }; a translation's lesson is `id.language`
let saveTimer;
let lookTimer;
let saving = Promise.resolve();
let turns = 0; // how often something was to be opened or closed
let looked = 0;
let listed = 0; // how often the shelf was asked for, and which of these stands there
let shelved = 0;
let moving = false;
let tab = "Page";

// What is said ---------------------------------------------------------------------------------------------------------

function state(words, wrong = false) {
  $("state").textContent = words;
  $("state").classList.toggle("sorry", wrong);
}

function warn(words, { mild = false, buttons = [] } = {}) {
  alertBox.replaceChildren(...(words ? [make("p", {}, words), ...(buttons.length ? [make("div", { className: "row" }, ...buttons)] : [])] : []));
  alertBox.classList.toggle("mild", mild);
  alertBox.hidden = !words;
}

function button(label, work, className = "button") {
  const made = make("button", { type: "button", className }, label);
  made.addEventListener("click", async () => {
    const held = document.activeElement === made;
    made.disabled = true;
    try {
      await work();
    } catch (problem) {
      tell(problem);
    } finally {
      made.disabled = false;
      if (held && (document.activeElement === document.body || dialog.contains(document.activeElement))) made.focus({ preventScroll: true });
    }
  });
  return made;
}

function tell(problem) {
  if (problem instanceof Unsaved) return alertBox.scrollIntoView({ block: "nearest" }); // why, it says already
  if (problem instanceof Lost) return state(problem.message, true);
  if (problem instanceof SignedOut) return signedOut();
  if (problem instanceof Refused) return warn(problem.message);
  state("Something broke on this page. Reload it: what was saved is kept.", true);
  throw problem;
}

/** The page stays, so that nobody loses a sentence to a link that ended. */
function signedOut() {
  state("Signed out.", true);
  const again = button("Sign in again", () => {
    if (draft) draft.dirty = false;
    location.replace("/studio");
  });
  warn("You are signed out: your link has ended, or your time here. What you typed is kept in this browser, and offered to you once you are in again.", { buttons: [again] });
}

// The shelf ------------------------------------------------------------------------------------------------------------

async function loadThemes() {
  const number = ++listed;
  const answer = await call("themes");
  if (number < shelved) return; // a later one stands there
  shelved = number;
  themes = answer.themes;
  const { at } = document.activeElement.dataset;
  const open = new Set([...document.querySelectorAll("#themes details[open]")].map((each) => each.dataset.theme));
  if (draft) open.add(draft.theme);
  $("themes").replaceChildren(...themes.map((theme) => shelf(theme, open.has(theme.id) || themes.length === 1)));
  if (at && document.activeElement === document.body) $("themes").querySelector(`[data-at="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
}

function shelf(theme, isOpen) {
  const rows = theme.lessons.map((lesson, number) => row(theme, lesson, number));
  const changed = theme.state !== "live";
  const inside = make("details", { open: isOpen, data: { theme: theme.id } },
    make("summary", { data: { at: theme.id } }, `${theme.emoji} ${theme.title}`, changed ? tag(theme.state) : null),
    theme.why ? make("p", { className: "why" }, theme.why) : null,
    make("ol", {}, ...rows));
  const acts = make("div", { className: "act" }, button("About the theme", () => open(theme.id, ""), "plain"));
  if (theme.writable) {
    acts.append(button("Add a lesson …", () => addLesson(theme.id), "plain"), button("From a file …", () => fromFile(theme.id), "plain"));
    if (changed) acts.append(button("Publish …", () => publish(theme.id), "plain"));
    if (theme.state !== "new") acts.append(button("Earlier versions …", () => versions(theme.id), "plain"));
  }
  inside.append(acts);
  return inside;
}

const tag = (words) => make("span", { className: "tag" }, words);

function row(theme, lesson, number) {
  const here = draft?.theme === theme.id && draft?.lesson === lesson.id;
  const at = `${theme.id}/${lesson.id}`;
  const name = make("button", { type: "button", className: `open ${lesson.state === "gone" ? "gone" : ""}`, data: { at } }, lesson.title, lesson.state === "live" ? null : tag(lesson.state));
  if (here) name.setAttribute("aria-current", "true");
  name.addEventListener("click", () => open(theme.id, lesson.id).catch(tell));
  const item = make("li", {}, name, spoken(theme, lesson));
  if (!theme.writable || lesson.state === "gone") return item;
  const staying = theme.lessons.filter((each) => each.state !== "gone").length;
  for (const [by, sign, said] of [[-1, "↑", "Move up"], [1, "↓", "Move down"]]) {
    const props = { className: "move", title: said, disabled: number + by < 0 || number + by >= staying, data: { at: `${at}/${by}` }, aria: { label: `${said}: ${lesson.title}` } };
    item.append(pressing(() => reorder(theme, number, number + by).catch(tell), props, sign));
  }
  item.draggable = true;
  item.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", `${theme.id}/${number}`));
  onDrop(item, (dragged) => {
    const [from, place] = dragged.split("/");
    if (from === theme.id) reorder(theme, Number(place), number).catch(tell);
  });
  return item;
}

/** The lesson's translations, beneath it. */
function spoken(theme, lesson) {
  if (!lesson.translations.length) return null;
  const rows = lesson.translations.map((each) => {
    const key = `${lesson.id}.${each.language}`;
    const told = each.state !== "live" ? tag(each.state) : each.behind ? tag("behind") : null;
    const name = make("button", { type: "button", className: `open ${each.state === "gone" ? "gone" : ""}`, lang: each.language, data: { at: `${theme.id}/${key}` } }, each.name, told);
    name.setAttribute("aria-label", `${lesson.title}, ${each.name}${told ? `, ${told.textContent}` : ""}`);
    if (draft?.theme === theme.id && draft?.lesson === key) name.setAttribute("aria-current", "true");
    name.addEventListener("click", () => open(theme.id, key).catch(tell));
    return make("li", {}, name);
  });
  return make("ul", { className: "spoken", aria: { label: `Translations of ${lesson.title}` } }, ...rows);
}

async function reorder(theme, from, to) {
  if (moving) return; // one after the other: the second would be of an order that is no more
  moving = true;
  try {
    await shift(theme, from, to);
  } finally {
    moving = false;
  }
}

async function shift(theme, from, to) {
  const order = theme.lessons.filter((each) => each.state !== "gone").map((each) => each.id);
  order.splice(to, 0, ...order.splice(from, 1));
  await settle();
  const opened = await call("open", { theme: theme.id, lesson: "" });
  await call("save", { theme: theme.id, lesson: "", data: { ...opened.data, lessons: order }, seen: opened.revision });
  if (draft?.theme === theme.id && !draft.lesson) await open(theme.id, "");
  await loadThemes();
  state("The new order is saved as a draft.");
}

async function addLesson(theme) {
  const title = await ask("A new lesson", "Its title. The id is made of it once and stays; the title may change.");
  if (!title) return;
  await settle();
  const { lesson } = await call("begin-lesson", { theme, title });
  await open(theme, lesson);
}

async function addTranslation(theme, lesson) {
  const language = await askLanguage();
  if (!language) return;
  await settle();
  const { lesson: key } = await call("begin-translation", { theme, lesson, language });
  await open(theme, key);
}

async function fromFile(theme) {
  const words = "Notes in Markdown, questions as CSV, or cards that Anki exported as text. What cannot be taken is told, and gaps are marked.";
  const file = await chooseFile("A lesson from a file", words, ".md,.markdown,.csv,.tsv,.txt");
  if (!file) return;
  await settle();
  const { lesson, notes } = await call("take-file", { theme, ...file });
  await open(theme, lesson);
  await confirm("What became of it", notes.map((each) => `Line ${each.line}: ${each.said}`), "");
}

async function fromArchive() {
  const words = "A ZIP that another Dualo exported, of up to 380 KiB. Its themes come in as drafts.";
  const file = await chooseFile("Themes from an archive", words, ".zip");
  if (!file) return;
  await settle();
  const { theme, said } = await call("take-archive", { content: file.content });
  await open(theme, "");
  await confirm("What became of it", said, "");
}

$("new-theme").after(button("Themes from an archive …", fromArchive, "plain"));

$("new-theme").addEventListener("submit", async (event) => {
  event.preventDefault();
  const title = event.target.elements.title.value.trim();
  if (!title) return;
  event.submitter.disabled = true;
  try {
    const { theme } = await call("begin-theme", { title });
    event.target.reset();
    await open(theme, "");
  } catch (problem) {
    tell(problem);
  } finally {
    event.submitter.disabled = false;
  }
});

// One draft ------------------------------------------------------------------------------------------------------------

async function open(theme, lesson) {
  const mine = ++turns;
  let opened;
  let couldNotSave;
  do {
    await settle();
    couldNotSave = draft?.dirty;
    opened = await call("open", { theme, lesson });
  } while (draft?.dirty && !couldNotSave); // typed on meanwhile
  if (mine !== turns) return; // something else was asked for meanwhile, and this would stand over it
  const isAnother = draft?.theme !== theme || draft?.lesson !== lesson;
  const kept = unsaved.get(theme, lesson);
  warn("");
  if (isAnother) clearBeside();
  draft = { theme, lesson, data: opened.data, revision: opened.revision, readonly: !opened.writable || opened.state === "gone", state: opened.state, helps: opened.helps, translation: opened.translation, workspaces: opened.workspaces, language: lesson.split(".")[1] ?? "", dirty: false };
  if (kept && opened.writable && JSON.stringify(kept) !== JSON.stringify(opened.data)) {
    warn("This browser holds text that was never saved.", {
      buttons: [
        button("Use it", () => {
          draft.data = kept;
          draw(opened.limits);
          changed();
          warn("");
        }),
        button("Drop it", () => {
          unsaved.drop(theme, lesson);
          warn("");
        }),
      ],
    });
  } else if (opened.conflict) {
    warn(opened.conflict, { mild: true, buttons: [button("Drop my draft, take the file", discard)] });
  }
  others(opened.others);
  draw(opened.limits);
  const here = `#${theme}/${lesson}`;
  if (location.hash !== here) history.pushState(null, "", here);
  state(opened.state === "live" ? "As it is live." : opened.state === "gone" ? "To be taken away with the next publishing." : `Draft, saved by ${opened.author}.`);
  $("editor").focus({ preventScroll: true });
  if (isAnother) $("editor").scrollIntoView();
  look();
  await loadThemes();
}

function draw(limits = draft.limits) {
  draft.limits = limits;
  $("blank").hidden = true;
  form.hidden = false;
  $("beside").hidden = false;
  const [lesson, language] = draft.lesson.split(".");
  const Kind = language ? TranslationForm : lesson ? LessonForm : ThemeForm;
  const mine = draft;
  const suggest = (help, place) => call("suggest", { help, place, data: mine.data });
  const { translation, workspaces } = draft;
  const from = translation?.language ?? "";
  draft.form = new Kind(form, draft.data, { limits, readonly: draft.readonly, changed, helps: draft.helps, suggest, translation, language, from, workspaces, askLanguage });
  const acts = [];
  if (draft.state !== "live" && draft.revision) acts.push(button("Drop this draft …", discard, "plain"));
  if (lesson && !language && !draft.readonly) acts.push(button("Add a translation …", () => addTranslation(draft.theme, lesson), "plain"));
  if (lesson && !draft.readonly) acts.push(button(`Take this ${language ? "translation" : "lesson"} away …`, takeAway, "plain"));
  if (!draft.readonly) acts.unshift(button("Publish …", () => publish(draft.theme), "button primary"));
  $("acts")?.remove();
  form.after(make("div", { id: "acts", className: "row" }, ...acts));
}

function others(names = []) {
  if (names.length && alertBox.hidden) warn(`${names.join(" and ")} ${names.length > 1 ? "have" : "has"} this open, too.`, { mild: true });
}

function changed() {
  if (!draft || draft.readonly) return;
  draft.dirty = true;
  unsaved.keep(draft.theme, draft.lesson, draft.data);
  state("Not saved yet …");
  clearTimeout(saveTimer);
  saveTimer = setTimeout(save, SAVE_AFTER);
  clearTimeout(lookTimer);
  lookTimer = setTimeout(look, LOOK_AFTER);
}

function save() {
  clearTimeout(saveTimer);
  const mine = draft;
  saving = saving.then(async () => {
    if (!mine?.dirty) return;
    mine.dirty = mine.stays = false;
    const text = JSON.stringify(mine.data);
    const isNew = !mine.revision;
    try {
      const answer = await call("save", { theme: mine.theme, lesson: mine.lesson, data: JSON.parse(text), seen: mine.revision });
      mine.revision = answer.revision;
      if (JSON.stringify(mine.data) === text) unsaved.drop(mine.theme, mine.lesson);
      state(`Saved at ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}.`);
      if (isNew && mine === draft) {
        mine.state = mine.state === "live" ? "changed" : mine.state;
        await loadThemes();
      }
    } catch (problem) {
      mine.dirty = true;
      mine.stays = problem instanceof Lost || problem.status === 409;
      unsaved.keep(mine.theme, mine.lesson, mine.data);
      if (problem instanceof SignedOut) return signedOut();
      if (problem instanceof Refused && problem.status === 409) return conflict(mine, problem);
      state("Not saved. Your text is kept in this browser; it is tried again.", true);
      if (problem instanceof Refused) warn(problem.message);
      else if (!(problem instanceof Lost)) throw problem;
      saveTimer = setTimeout(save, 5000);
    }
  });
  return saving;
}

function conflict(mine, problem) {
  state("Not saved: somebody else saved first.", true);
  warn(problem.message, {
    buttons: [
      button("Load theirs", async () => {
        mine.dirty = false;
        unsaved.drop(mine.theme, mine.lesson);
        await open(mine.theme, mine.lesson);
      }),
      button("Keep mine, over theirs", async () => {
        mine.revision = problem.answer.revision;
        warn("");
        await save();
      }),
    ],
  });
}

class Unsaved extends Error {}

/** Nothing that was typed is left behind when something else is opened: what can be saved yet is not left. */
async function settle() {
  if (draft?.dirty) await save();
  await saving;
  if (draft?.dirty && draft.stays) throw new Unsaved();
}

async function discard() {
  const { theme, lesson } = draft; // another may come to stand there while it is asked
  if (!(await confirm("Drop this draft?", ["What is live stays as it is. What was never live is gone for good."], "Drop it"))) return;
  await saving; // a save on its way would make it anew
  if (draft?.theme === theme && draft.lesson === lesson) draft.dirty = false;
  unsaved.drop(theme, lesson);
  await call("discard", { theme, lesson });
  await leave(theme, lesson);
}

async function takeAway() {
  const { theme, lesson } = draft;
  const what = lesson.includes(".") ? ["Take this translation away?", "It goes with the next publishing; until then you can drop the draft. The lesson is then read in the original."] : ["Take this lesson away?", "It goes with the next publishing; until then you can drop the draft. What people did in it is kept."];
  if (!(await confirm(what[0], [what[1]], "Take it away"))) return;
  await settle();
  await call("take-away", { theme, lesson });
  await leave(theme, lesson);
}

async function leave(theme, lesson) {
  await loadThemes();
  const there = themes.find((each) => each.id === theme);
  const known = (each) => lesson === each.id || each.translations.some((one) => lesson === `${each.id}.${one.language}`);
  if (there && (!lesson || there.lessons.some(known))) return open(theme, lesson);
  history.replaceState(null, "", "/studio");
  await close();
}

/** Nothing is open: the page as at the start. */
async function close() {
  const mine = ++turns;
  await settle();
  if (mine !== turns) return;
  draft = null;
  warn("");
  form.hidden = true;
  $("acts")?.remove();
  $("beside").hidden = true;
  $("blank").hidden = false;
  state("");
  await loadThemes();
}

// How it will look -----------------------------------------------------------------------------------------------------

async function look() {
  clearTimeout(lookTimer);
  if (!draft || draft.state === "gone") return;
  const mine = draft;
  const number = ++looked;
  let found;
  try {
    found = await call("look", { theme: mine.theme, lesson: mine.lesson, data: mine.data, language: mine.language });
  } catch (problem) {
    if (problem instanceof SignedOut) signedOut();
    if (problem instanceof Refused) state(problem.message, true);
    if (problem instanceof Lost && number === looked && mine === draft) lookTimer = setTimeout(look, 5000);
    return;
  }
  if (number !== looked || mine !== draft) return;
  mine.form.looked?.(found);
  mark(form, found.findings);
  others(found.others);
  tellFindings(found);
  show(found);
}

function tellFindings({ findings, characters, least, most, minutes }) {
  const errors = findings.filter((each) => each.severity === "error").length;
  const left = findings.length ? `${errors} to mend, ${findings.length - errors} to think about` : "Nothing to mend";
  $("counts").textContent = draft.lesson ? `${characters.toLocaleString()} characters (${least.toLocaleString()}–${most.toLocaleString()}), ${minutes} min to read. ${left}.` : `${left}.`;
  const rows = findings.map((finding) => {
    const go = make("button", { type: "button", className: "plain" }, `${finding.severity === "error" ? "Mend" : "Think about"}: ${finding.message}`);
    go.addEventListener("click", () => {
      for (let steps = finding.at; steps.length; steps = steps.slice(0, -1)) {
        const field = form.querySelector(`[data-at="${CSS.escape(steps.join("."))}"]`);
        if (field) return field.focus();
      }
      form.querySelector("input, textarea")?.focus();
    });
    return make("li", {}, go);
  });
  $("findings").replaceChildren(...(rows.length ? [make("ul", {}, ...rows)] : []));
}

/** What is said of one lesson does not stand beside the next one. */
function clearBeside() {
  $("counts").textContent = "";
  $("findings").replaceChildren();
  $("shown").replaceChildren();
  show({});
}

let latest = null;

function show(found = latest) {
  latest = found;
  const names = found?.drawings ?? [];
  $("tabs").hidden = $("shown").hidden = !names.length;
  readers(found);
  if (!names.length) return;
  if (!names.includes(tab)) tab = names[0];
  $("tabs").replaceChildren(...names.map((name) => {
    const made = make("button", { type: "button", tabIndex: name === tab ? 0 : -1, aria: { role: "tab", selected: String(name === tab), controls: "shown" } }, name);
    made.addEventListener("click", () => {
      tab = name;
      show();
    });
    made.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      tab = names[(names.indexOf(name) + by + names.length) % names.length];
      show();
      $("tabs").querySelector("[aria-selected=true]").focus();
    });
    return made;
  }));
  // The new drawing is loaded behind the old one, so that nothing flickers while somebody types.
  const frame = make("iframe", { title: `The lesson as in ${tab}`, src: `/studio/drawn/${found.key}/${tab}` });
  frame.addEventListener("load", () => {
    for (const old of [...$("shown").children]) if (old !== frame) old.remove();
  });
  $("shown").append(frame);
}

/** Whose language it is drawn for, where the theme is in more than one. */
function readers({ languages = [], language = "", drawings = [] } = {}) {
  const box = $("reader");
  box.hidden = !drawings.length || languages.length < 2;
  const chosen = box.querySelector("select");
  const known = languages.some(([code]) => code === language) ? languages : [...languages, [language, languageName(language)]];
  if ([...chosen.options].map((each) => each.value).join() !== known.map(([code]) => code).join()) {
    chosen.replaceChildren(...known.map(([code, name]) => make("option", { value: code }, name)));
  }
  chosen.value = language;
}

$("reader").querySelector("select").addEventListener("change", (event) => {
  draft.language = event.target.value;
  look();
});

// Publishing -----------------------------------------------------------------------------------------------------------

async function publish(theme) {
  await settle();
  const told = await call("consequences", { theme });
  if (told.errors.length) {
    const lines = told.errors.slice(0, 12).map((each) => `${each.lesson.replace(".", ", ") || "The theme"}: ${each.message}. ${each.mend}`);
    await confirm("Not yet", ["Nothing is published while something is wrong:", ...lines], "");
    return;
  }
  const sure = await confirm("Publish this theme?", told.sentences.length ? told.sentences : ["Nothing changes for anybody."], "Publish", told.gone.length ? "I know what goes." : "");
  if (!sure) return;
  const { sentences } = await call("publish", { theme, digest: told.digest, drop: told.gone.length > 0 });
  state(`Published. ${sentences[0] ?? ""}`);
  warn("");
  if (draft?.theme === theme) await leave(theme, draft.lesson);
  else await loadThemes();
  state(`Published. ${sentences[0] ?? ""}`);
}

async function versions(theme) {
  const { versions: all } = await call("versions", { theme });
  if (!all.length) return void (await confirm("Earlier versions", ["Nothing was published over it here yet."], ""));
  const chosen = await choose("Earlier versions", "Each is the theme as it was before somebody published. Taking one back keeps what is live now as a version, too.", all.map((each) => [each.name, `${new Date(each.kept).toLocaleString()}, before ${each.author} published`]), "Take it back");
  if (!chosen) return;
  await settle();
  const { sentences } = await call("take-back", { theme, version: chosen });
  if (draft?.theme === theme) await leave(theme, draft.lesson);
  else await loadThemes();
  state(sentences[0] ?? "");
}

// Asking ---------------------------------------------------------------------------------------------------------------

const dialog = $("dialog");

async function asked(title, body, yes) {
  while (dialog.open) await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  $("dialog-title").textContent = title;
  $("dialog-body").replaceChildren(...body);
  const row = [];
  if (yes) row.push(make("button", { value: "yes", className: "button primary", id: "dialog-yes" }, yes));
  row.push(make("button", { value: "no", className: "button", formNoValidate: true }, yes ? "Cancel" : "Close"));
  $("dialog-row").replaceChildren(...row);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

function confirm(title, lines, yes, sure = "") {
  const box = sure ? make("input", { type: "checkbox", required: true }) : null;
  const list = make("ul", {}, ...lines.map((line) => make("li", {}, line)));
  return asked(title, box ? [list, make("label", { className: "switch" }, box, sure)] : [list], yes);
}

async function ask(title, label) {
  const field = make("input", { type: "text", maxLength: 80, required: true });
  const yes = await asked(title, [make("label", { className: "field" }, make("span", {}, label), field)], "Begin");
  return yes ? field.value.trim() : "";
}

/** A file as it is sent; nothing if none was chosen. */
async function chooseFile(title, words, accept) {
  const field = make("input", { type: "file", accept, required: true });
  const yes = await asked(title, [make("label", { className: "field" }, make("span", {}, words), field)], "Take it");
  const [file] = field.files;
  if (!yes || !file) return null;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let content = "";
  for (let at = 0; at < bytes.length; at += 8192) content += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { name: file.name, content: btoa(content) };
}

async function askLanguage() {
  const known = ["de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt-BR", "tr", "uk", "zh"];
  const list = make("datalist", { id: "languages" }, ...known.map((code) => make("option", { value: code }, languageName(code))));
  const field = make("input", { type: "text", maxLength: 35, required: true, autocomplete: "off", spellcheck: false });
  field.setAttribute("list", "languages");
  field.pattern = "[a-z]{2,3}(-[A-Za-z0-9]{2,8})*";
  field.title = "A code such as de, fr or pt-BR";
  const label = make("label", { className: "field" }, make("span", {}, "Its language"), make("span", { className: "quiet" }, "A code such as de, fr or pt-BR"), field);
  return (await asked("A translation", [label, list], "Begin")) ? field.value.trim() : "";
}

async function choose(title, words, entries, yes) {
  const radios = entries.map(([value, label], at) => make("label", { className: "switch" }, make("input", { type: "radio", name: "chosen", value, checked: at === 0 }), label));
  const body = [make("p", {}, words), make("div", {}, ...radios)];
  return (await asked(title, body, yes)) ? dialog.querySelector("input:checked").value : "";
}

// The beginning --------------------------------------------------------------------------------------------------------

addEventListener("beforeunload", (event) => {
  if (draft?.dirty) event.preventDefault();
});
addEventListener("online", () => draft?.dirty && save());

/** What the address names: at the start, and when somebody goes back or forward. */
async function arrive() {
  const [theme, lesson = ""] = location.hash.slice(1).split("/");
  if (draft?.theme === theme && draft.lesson === lesson) return void ++turns; // what else is on its way is not wanted
  if (themes.some((each) => each.id === theme)) await open(theme, lesson);
  else if (draft) await close();
}

addEventListener("popstate", () => arrive().catch(tell));

try {
  await loadThemes();
  await arrive();
} catch (problem) {
  tell(problem);
}
document.body.dataset.ready = "";
