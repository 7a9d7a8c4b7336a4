// An author's link: the word behind the # is shown to the server once, and taken out of the address and the history.

const said = document.getElementById("said");
const word = location.hash.slice(1);

if (word) {
  history.replaceState(null, "", "/studio");
  said.textContent = "One moment …";
  try {
    const response = await fetch("/studio/enter", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Dualo": "1" },
      body: JSON.stringify({ word }),
    });
    const answer = await response.json();
    if (response.ok) location.reload();
    else said.textContent = answer.said;
  } catch {
    said.textContent = "The server cannot be reached. Open your link again in a moment.";
  }
}
