// A link that lets somebody in: the word behind the # is shown to the server once, and taken out of the address and the
// history. Where the page has a button for it, it is pressed first: what only looks at links uses none up.

const said = document.getElementById("said");
const button = document.getElementById("enter");
const { enter, opens } = document.body.dataset;
const word = location.hash.slice(1);

async function show() {
  said.textContent = "One moment …";
  try {
    const response = await fetch(enter, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Dualo": "1" },
      body: JSON.stringify({ word }),
    });
    const answer = await response.json();
    if (response.ok) location.replace(opens);
    else said.textContent = answer.said;
  } catch {
    said.textContent = "The server cannot be reached. Open your link again in a moment.";
  }
}

if (word) {
  history.replaceState(null, "", location.pathname);
  if (button) {
    const asks = document.getElementById("asks");
    said.textContent = "Is it you?";
    asks.hidden = button.hidden = false;
    button.addEventListener("click", () => {
      asks.hidden = button.hidden = true;
      show();
    });
  } else {
    await show();
  }
}
