// The conversation: a question goes out once, its answer is shown beneath it, and a lost one can be asked again.

import { post } from "./server.js";
import * as own from "./words.js";

const log = document.getElementById("log");
const LONGEST_LOG = 60;

let busy = false;

export const isFree = () => !busy;

/** One question at a time: whatever is pressed twice goes out once. Who writes on elsewhere meanwhile is left there. */
export async function ask(path, body, { said = "", from = null, focus = false } = {}) {
  if (busy) return false;
  busy = true;
  const { activeElement: stood } = document;
  const held = stood.value;
  const isElsewhere = () => document.activeElement !== document.body && (document.activeElement !== stood || stood.value !== held);
  if (from) from.disabled = true;
  const exchange = begin(said);
  try {
    const answer = await post(path, body);
    show(exchange, answer, focus && !isElsewhere());
    settle(from);
  } catch {
    lose(exchange, () => ask(path, body, { said, from, focus: true }), !isElsewhere());
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
    asked.append(words("span", `${own.said("You asked:")} `, "unseen"), words("bdi", said));
    exchange.append(asked);
  }
  exchange.append(words("p", own.said("One moment …"), "pending"));
  log.append(exchange);
  while (log.children.length > LONGEST_LOG) log.firstElementChild.remove();
  return exchange;
}

export function words(tag, text, kind = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

export function drawn(html) {
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

function lose(exchange, again, focus) {
  exchange.querySelector(".pending")?.remove();
  const told = document.createElement("article");
  told.className = "answer is-refusal lost";
  told.tabIndex = -1;
  const retry = words("button", own.said("Retry"), "button primary");
  retry.type = "button";
  retry.addEventListener("click", () => {
    if (busy) return;
    exchange.remove();
    again();
  });
  told.append(words("p", own.said("Dualo is not answering. Is it still running? Your progress is safe."), "said"), retry);
  name(told);
  exchange.append(told);
  reveal(exchange);
  if (focus) retry.focus({ preventScroll: true });
}

/** Said to those who listen. */
export function tell(said) {
  document.getElementById("spoken").textContent = said;
}
