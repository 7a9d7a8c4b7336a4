// How the studio asks the server, and what it keeps in this browser until the server has it.

const PATIENCE = 70_000;

export class Lost extends Error {
  constructor(cause) {
    super("The server cannot be reached. Try again in a moment.", { cause });
  }
}
export class SignedOut extends Error {
  constructor() {
    super("You are signed out.");
  }
}
export class Refused extends Error {
  constructor(answer, status) {
    super(answer.said ?? "That did not work.");
    this.answer = answer;
    this.status = status;
  }
}

export async function call(name, body = {}) {
  let response;
  let answer;
  try {
    response = await fetch(`/studio/api/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Dualo": "1" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    answer = await response.json();
  } catch (reason) {
    throw new Lost(reason);
  }
  if (answer.login) throw new SignedOut();
  if (!response.ok) throw new Refused(answer, response.status);
  return answer;
}

const key = (theme, lesson) => `dualo.studio.${theme}/${lesson}`;

export const unsaved = {
  get(theme, lesson) {
    try {
      return JSON.parse(localStorage.getItem(key(theme, lesson)));
    } catch {
      return null;
    }
  },
  keep(theme, lesson, data) {
    try {
      localStorage.setItem(key(theme, lesson), JSON.stringify(data));
    } catch {
      // A browser that keeps nothing still saves to the server.
    }
  },
  drop(theme, lesson) {
    try {
      localStorage.removeItem(key(theme, lesson));
    } catch {
      // Nothing was kept.
    }
  },
};
