// The page's own behaviour: it sends what is typed or pressed and shows what comes back. It decides nothing about learning.

const $ = (id) => document.getElementById(id);
const log = $("log");
const line = $("line");
const choices = $("choices");
const LONGEST_LOG = 60;
const PATIENCE = 20_000;
const NEWS_EVERY = 20_000;
const LOST = "Dualo is not answering. Is it still running? Your progress is safe.";

// What this browser remembers ------------------------------------------------------------------------------------------

const memory = {
  get(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`dualo.${key}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`dualo.${key}`, JSON.stringify(value));
    } catch {
      // A browser that keeps nothing still teaches.
    }
  },
};

const me = { person: memory.get("person", "You"), admin: memory.get("admin", false) };

function who() {
  return {
    person: me.person,
    manages: me.admin,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
    locale: navigator.language ?? "",
  };
}

// Asking ---------------------------------------------------------------------------------------------------------------

class Lost extends Error {}

async function post(path, body, signal = AbortSignal.timeout(PATIENCE)) {
  let response;
  let answer;
  try {
    response = await fetch(`/web/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Dualo": "1" },
      body: JSON.stringify({ ...body, who: who() }),
      signal,
    });
    answer = await response.json();
  } catch (reason) {
    throw new Lost(reason);
  }
  if (answer.login) location.reload();
  return answer;
}

let busy = false;

/** One question at a time: whatever is pressed twice goes out once. */
async function ask(path, body, { said = "", from = null, focus = false } = {}) {
  if (busy) return false;
  busy = true;
  if (from) from.disabled = true;
  const exchange = begin(said);
  try {
    const answer = await post(path, body);
    show(exchange, answer, focus);
    settle(from);
  } catch {
    lose(exchange, () => ask(path, body, { said, from, focus }));
  } finally {
    busy = false;
    if (from) from.disabled = false;
  }
  return true;
}

function begin(said) {
  const exchange = document.createElement("section");
  exchange.className = "exchange";
  if (said) {
    const asked = document.createElement("p");
    asked.className = "asked";
    asked.append(words("span", "You asked: ", "unseen"), words("bdi", said));
    exchange.append(asked);
  }
  exchange.append(words("p", "One moment …", "pending"));
  log.append(exchange);
  while (log.children.length > LONGEST_LOG) log.firstElementChild.remove();
  return exchange;
}

function words(tag, text, kind = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function drawn(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // escaped by the server, and scripts set this way never run
  for (const answer of holder.content.querySelectorAll("article")) name(answer);
  return holder.content;
}

let named = 0;

function name(answer) {
  const title = answer.querySelector("h2, .said");
  if (!title) return;
  title.id = `answer-${++named}`;
  answer.setAttribute("aria-labelledby", title.id);
}

function show(exchange, answer, focus) {
  exchange.querySelector(".pending")?.remove();
  if (answer.note) exchange.append(words("p", answer.note, "note quiet"));
  if (answer.post) exchange.dataset.post = answer.post;
  exchange.append(drawn(answer.html ?? ""));
  reveal(exchange);
  if (focus) exchange.querySelector("article")?.focus({ preventScroll: true });
}

function reveal(exchange) {
  const first = exchange === log.firstElementChild;
  if (first) window.scrollTo({ top: 0 });
  else exchange.scrollIntoView({ block: "start" });
}

/** What was chosen among several answers stays visible. */
function settle(from) {
  if (!from?.classList.contains("answer-option")) return;
  for (const each of from.parentElement.children) each.removeAttribute("aria-pressed");
  from.setAttribute("aria-pressed", "true");
}

function lose(exchange, again) {
  exchange.querySelector(".pending")?.remove();
  const told = document.createElement("article");
  told.className = "answer lost";
  told.tabIndex = -1;
  const notice = words("div", "", "notice sorry");
  const retry = words("button", "Retry", "button primary");
  retry.type = "button";
  retry.addEventListener("click", () => {
    if (busy) return;
    exchange.remove();
    again();
  });
  notice.append(words("p", LOST, "said"), retry);
  told.append(notice);
  name(told);
  exchange.append(told);
  reveal(exchange);
  retry.focus({ preventScroll: true });
}

// Buttons, selects, forms, files, previews -----------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  if (pressed.dataset.token) await press(pressed);
  else if (pressed.dataset.file !== undefined) save(pressed);
  else if (pressed.dataset.preview) preview(pressed);
});

async function press(pressed) {
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
  tell(`${dataset.name} was saved.`);
}

function preview(pressed) {
  const row = pressed.parentElement;
  const open = pressed.getAttribute("aria-expanded") === "true";
  row.querySelector("iframe")?.remove();
  for (const each of row.querySelectorAll("button")) each.setAttribute("aria-expanded", "false");
  if (open) return;
  pressed.setAttribute("aria-expanded", "true");
  const frame = document.createElement("iframe");
  frame.title = `The answer ${pressed.textContent.toLowerCase()}`;
  frame.setAttribute("sandbox", "");
  frame.src = pressed.dataset.preview;
  row.append(frame);
}

function tell(said) {
  $("spoken").textContent = said;
}

let fieldTimer;

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.dataset?.suggest === undefined) return;
  clearTimeout(fieldTimer);
  fieldTimer = setTimeout(async () => {
    const body = { verb: field.form.dataset.verb, field: field.name, typed: field.value };
    const { items = [] } = await post("suggest", body).catch(() => ({}));
    field.list.replaceChildren(...items.map(({ value, label }) => Object.assign(document.createElement("option"), { value, label })));
  }, 120);
});

// The line, and its completion -----------------------------------------------------------------------------------------

let active = -1;
let completing = null;
let completeTimer;
let start = 0;
const said = [];

$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = line.value;
  if (busy || !typed.trim()) return;
  close();
  line.value = "";
  said.push(typed);
  await ask("say", { line: typed }, { said: typed.length > 400 ? `${typed.slice(0, 400)} …` : typed, from: event.submitter });
});

line.addEventListener("input", () => {
  clearTimeout(completeTimer);
  completing?.abort();
  if (!line.value.trim()) return close();
  completeTimer = setTimeout(complete, 80);
});

async function complete() {
  completing = new AbortController();
  const asked = line.value;
  try {
    const answer = await post("complete", { line: asked }, completing.signal);
    if (line.value === asked && document.activeElement === line) offer(answer);
  } catch {
    close();
  }
}

function offer({ items = [], start: from = 0, usage = "" }) {
  start = from;
  active = -1;
  line.removeAttribute("aria-activedescendant");
  choices.replaceChildren(...items.map(choice));
  choices.hidden = !items.length;
  line.setAttribute("aria-expanded", String(items.length > 0));
  tell(items.length ? `${items.length} completions. ${usage}` : "");
}

function choice({ insert, label, help }, at) {
  const made = document.createElement("li");
  made.id = `choice-${at}`;
  made.role = "option";
  made.ariaSelected = "false";
  made.dataset.insert = insert;
  made.append(words("bdi", label, "name"));
  if (help) made.append(" ", words("span", help, "quiet"));
  return made;
}

function close() {
  clearTimeout(completeTimer);
  completing?.abort();
  choices.hidden = true;
  active = -1;
  line.setAttribute("aria-expanded", "false");
  line.removeAttribute("aria-activedescendant");
}

function move(to) {
  const all = [...choices.children];
  all[active]?.setAttribute("aria-selected", "false");
  active = (to + all.length) % all.length;
  all[active].setAttribute("aria-selected", "true");
  all[active].scrollIntoView({ block: "nearest" });
  line.setAttribute("aria-activedescendant", all[active].id);
}

function take(chosen) {
  line.value = line.value.slice(0, start) + chosen.dataset.insert;
  close();
  line.focus();
  if (/[ :]$/.test(line.value)) complete();
}

line.addEventListener("keydown", (event) => {
  const open = !choices.hidden && choices.children.length > 0;
  if (event.isComposing) return;
  if (!open) {
    if (event.key === "ArrowUp" && !line.value && said.length) {
      line.value = said.at(-1);
      event.preventDefault();
    }
    return;
  }
  const keys = {
    ArrowDown: () => move(active + 1),
    ArrowUp: () => move(active < 0 ? -1 : active - 1),
    Escape: close,
    Tab: () => take(choices.children[Math.max(active, 0)]),
    Enter: () => take(choices.children[active]),
  };
  if (!(event.key in keys) || event.shiftKey || (event.key === "Enter" && active < 0)) return;
  event.preventDefault();
  keys[event.key]();
});

choices.addEventListener("mousedown", (event) => event.preventDefault());
choices.addEventListener("click", (event) => {
  const chosen = event.target.closest("[role=option]");
  if (chosen) take(chosen);
});
line.addEventListener("blur", close);

document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea, select, dialog");
  if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  line.focus();
  line.value ||= "/";
  complete();
});

// Learner, role, look --------------------------------------------------------------------------------------------------

function names() {
  return ["You", ...memory.get("people", [])];
}

function present() {
  $("learner").replaceChildren(...names().map((each) => new Option(each, each, false, each === me.person)));
  $("who-name").textContent = me.person;
  $("who-role").textContent = me.admin ? "admin" : "learner";
  for (const each of document.getElementsByName("role")) each.checked = (each.value === "admin") === me.admin;
}

/** Another learner or role starts its own conversation. */
async function become(change) {
  Object.assign(me, change);
  memory.set("person", me.person);
  memory.set("admin", me.admin);
  present();
  log.replaceChildren();
  seen = 0;
  await home();
  await news();
}

$("learner").addEventListener("change", (event) => become({ person: event.target.value }));

$("add").addEventListener("submit", (event) => {
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

// News -----------------------------------------------------------------------------------------------------------------

let seen = 0;

async function news() {
  const answer = await post("news", { at: seen }).catch(() => null);
  if (!answer?.posts) return;
  seen = answer.at;
  for (const each of answer.posts) arrive(each);
}

function arrive(post) {
  const earlier = [...log.children].find((each) => each.dataset.post === post.post);
  const exchange = earlier ?? document.createElement("section");
  exchange.className = "exchange";
  exchange.dataset.post = post.post;
  exchange.replaceChildren(words("p", post.note, "note quiet"), drawn(post.html));
  if (!earlier) log.append(exchange);
}

setInterval(() => document.visibilityState === "visible" && news(), NEWS_EVERY);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && news());

async function home() {
  await ask("press", { token: document.body.dataset.home });
}

present();
await home();
await news();
document.body.dataset.ready = "true";
