// The line at the foot, and its completion: a combobox after the ARIA pattern.

import { post } from "./server.js";
import { ask, isFree, tell, words } from "./talk.js";
import * as own from "./words.js";

const line = document.getElementById("line");
const choices = document.getElementById("choices");

let active = -1;
let completing = null;
let completeTimer;
let start = 0;
let completed = ""; // the line that the choices complete
const said = [];

document.getElementById("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = line.value;
  if (!typed.trim() || !isFree()) return;
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
  const { signal } = (completing = new AbortController());
  const asked = line.value;
  try {
    const answer = await post("complete", { line: asked }, signal);
    if (line.value !== asked || document.activeElement !== line) return;
    completed = asked;
    offer(answer);
  } catch {
    if (!signal.aborted) close(); // else a later one is on its way
  }
}

function offer({ items = [], start: from = 0, usage = "" }) {
  start = from;
  active = -1;
  line.removeAttribute("aria-activedescendant");
  choices.replaceChildren(...items.map(choice));
  choices.hidden = !items.length;
  line.setAttribute("aria-expanded", String(items.length > 0));
  tell(items.length ? `${own.said("Completions: {count}.", { count: items.length })} ${usage}` : "");
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
  const open = !choices.hidden && choices.children.length > 0 && line.value === completed; // else typed on since
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
