// What this browser remembers of the reader, and how it asks the server.

const PATIENCE = 20_000;

export const memory = {
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

/** Whether this is the page of somebody from a chat: who that is, the server knows. */
export const isOwn = document.body.dataset.own === "true";

export const me = { person: memory.get("person", "You"), admin: memory.get("admin", false) };

function who() {
  if (isOwn) return {};
  return {
    person: me.person,
    manages: me.admin,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
    locale: navigator.language ?? "",
  };
}

class Lost extends Error {}

export async function post(path, body, signal = AbortSignal.timeout(PATIENCE)) {
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
