// A link that lets somebody in: the word behind the # is shown to the server once, and taken out of the address and the
// history. Where the page has a button for it, it is pressed first: what only looks at links uses none up.

import { said } from "./words.js";

const shown = document.getElementById("said");
const button = document.getElementById("enter");
const { enter, opens } = document.body.dataset;
const named = () => (location.hash.includes("/") ? "" : location.hash.slice(1)); // a lesson's place in the studio is no word
const word = named();

async function show() {
  shown.textContent = said("One moment …");
  try {
    const response = await fetch(enter, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Dualo": "1" },
      body: JSON.stringify({ word }),
    });
    const answer = await response.json();
    if (response.ok) location.replace(opens);
    else shown.textContent = answer.said;
  } catch {
    shown.textContent = said("The server cannot be reached. Open your link again in a moment.");
    if (button) button.hidden = false; // the link is out of the address, and not used up
  }
}

if (word) {
  history.replaceState(null, "", location.pathname);
  if (button) {
    const asks = document.getElementById("asks");
    shown.textContent = said("Is it you?");
    asks.hidden = button.hidden = false;
    button.addEventListener("click", () => {
      asks.hidden = button.hidden = true;
      show();
    });
  } else {
    await show();
  }
}

// Another link, opened where this one stood, changes nothing but what is behind the #.
addEventListener("hashchange", () => named() && location.reload());
