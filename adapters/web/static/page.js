// The page's own behaviour: what is pressed, chosen, filled in and switched. It decides nothing about learning.

import "./line.js";
import { isOwn, me, memory, post } from "./server.js";
import { ask, drawn, isFree, tell, words } from "./talk.js";
import * as own from "./words.js";

const $ = (id) => document.getElementById(id);
const log = $("log");
const NEWS_EVERY = 20_000;

// Buttons, selects, forms, files, previews -----------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  if (pressed.dataset.token) await press(pressed);
  else if (pressed.dataset.file !== undefined) save(pressed);
  else if (pressed.dataset.preview) preview(pressed);
});

async function press(pressed) {
  if (!isFree()) return;
  if (pressed.dataset.confirm && !(await confirmed(pressed.dataset))) return;
  const said = pressed.dataset.label ?? pressed.textContent.trim();
  $("who").hidePopover();
  await ask("press", { token: pressed.dataset.token }, { said, from: pressed, focus: true });
}

function confirmed({ confirm, confirmTitle, confirmYes }) {
  const dialog = $("confirm");
  $("confirm-title").textContent = confirmTitle;
  $("confirm-text").textContent = confirm;
  $("confirm-yes").textContent = confirmYes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.choice !== undefined) {
    event.preventDefault();
    const chosen = form.elements.token.selectedOptions[0];
    const how = { said: chosen.dataset.label, from: event.submitter, focus: true };
    ask("press", { token: chosen.value }, how);
  } else if (form.dataset.form) {
    event.preventDefault();
    const how = { said: event.submitter?.textContent.trim(), from: event.submitter, focus: true };
    ask("submit", { token: form.dataset.form, fields: filled(form) }, how);
  }
});

function filled(form) {
  const fields = {};
  for (const each of form.elements) {
    if (!each.name) continue;
    const several = each.closest("[data-several]");
    if (several) {
      fields[each.name] ??= [];
      if (each.checked) fields[each.name].push(each.value);
    } else if (each.type === "checkbox") {
      fields[each.name] = each.checked ? "yes" : "no";
    } else {
      fields[each.name] = each.value;
    }
  }
  return fields;
}

function save({ dataset }) {
  const bytes = Uint8Array.from(atob(dataset.file), (character) => character.codePointAt(0));
  const type = ["application/json", "text/csv", "text/plain"].includes(dataset.mime) ? dataset.mime : "application/octet-stream";
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const link = Object.assign(document.createElement("a"), { href: address, download: dataset.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  tell(own.said("{name} was saved.", dataset));
}

function preview(pressed) {
  const row = pressed.parentElement;
  const open = pressed.getAttribute("aria-expanded") === "true";
  row.querySelector("iframe")?.remove();
  for (const each of row.querySelectorAll("button")) each.setAttribute("aria-expanded", "false");
  if (open) return;
  pressed.setAttribute("aria-expanded", "true");
  const frame = document.createElement("iframe");
  frame.title = pressed.dataset.title;
  frame.setAttribute("sandbox", "");
  frame.src = pressed.dataset.preview;
  row.append(frame);
}

let fieldTimer;

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.dataset?.suggest === undefined) return;
  clearTimeout(fieldTimer);
  fieldTimer = setTimeout(async () => {
    const body = { verb: field.form.dataset.verb, field: field.name, typed: field.value, fields: filled(field.form) };
    const { items = [] } = await post("suggest", body).catch(() => ({}));
    if (field.value !== body.typed) return; // a later one is on its way
    field.list.replaceChildren(...items.map(({ value, label }) => Object.assign(document.createElement("option"), { value, label })));
  }, 120);
});

// Learner, role, look --------------------------------------------------------------------------------------------------

let turns = 0; // how often somebody else was chosen

function names() {
  return [...new Set(["You", ...memory.get("people", []), me.person])];
}

/** The learner that everybody begins as has a name in the reader's language. */
function called(person) {
  return person === "You" ? own.said("You") : person;
}

function present() {
  if (isOwn) return;
  $("learner").replaceChildren(...names().map((each) => new Option(called(each), each, false, each === me.person)));
  $("who-name").textContent = called(me.person);
  $("who-role").textContent = me.admin ? own.said("admin") : own.said("learner");
  for (const each of document.getElementsByName("role")) each.checked = (each.value === "admin") === me.admin;
}

/** Another learner or role starts its own conversation. */
async function become(change) {
  const mine = ++turns;
  Object.assign(me, change);
  memory.set("person", me.person);
  memory.set("admin", me.admin);
  present();
  log.replaceChildren();
  seen = 0;
  await home(mine);
  if (mine === turns) await news();
}

$("learner")?.addEventListener("change", (event) => become({ person: event.target.value }));

$("add")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const wanted = $("new-name").value.trim().slice(0, 40);
  if (!wanted) return;
  const known = names().find((each) => each.toLowerCase() === wanted.toLowerCase());
  if (!known) memory.set("people", [...memory.get("people", []), wanted]);
  $("new-name").value = "";
  $("who").hidePopover();
  become({ person: known ?? wanted });
});

for (const each of document.getElementsByName("role")) {
  each.addEventListener("change", () => become({ admin: each.value === "admin" }));
}

for (const each of document.getElementsByName("look")) {
  each.checked = each.value === document.documentElement.dataset.look;
  each.addEventListener("change", () => {
    document.documentElement.dataset.look = each.value;
    document.cookie = `dualo_look=${each.value}; path=/; max-age=31536000; samesite=strict`;
  });
}

$("sign-out")?.addEventListener("click", async () => {
  $("who").hidePopover();
  await free();
  await ask("logout", {}, { said: $("sign-out").textContent.trim() });
});

// News -----------------------------------------------------------------------------------------------------------------

let seen = 0;

async function news() {
  const mine = turns;
  const answer = await post("news", { at: seen }).catch(() => null);
  if (!answer?.posts || mine !== turns) return; // or what is new to an earlier learner
  seen = answer.at;
  for (const each of answer.posts) arrive(each);
}

function arrive(post) {
  const earlier = [...log.children].find((each) => each.dataset.post === post.post);
  const exchange = earlier ?? document.createElement("section");
  exchange.className = "exchange";
  exchange.dataset.post = post.post;
  const held = exchange.contains(document.activeElement);
  exchange.replaceChildren(words("p", post.note, "note quiet"), drawn(post.html));
  if (held) exchange.querySelector("article").focus({ preventScroll: true });
  if (!earlier) log.append(exchange);
}

// Nothing is posted to the page of somebody from a chat: an open tab asks nothing, and the session ends when it is left.
if (!isOwn) {
  setInterval(() => document.visibilityState === "visible" && news(), NEWS_EVERY);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && news());
}

async function free() {
  while (!isFree()) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function home(mine) {
  await free();
  if (mine === turns) await ask("press", { token: document.body.dataset.home });
}

present();
await home(turns);
if (!isOwn) await news();
document.body.dataset.ready = "true";
