// The page's own words in the reader's language: the server sends what this page says, by its English wording.

const words = JSON.parse(document.getElementById("words")?.textContent || "{}");

/** A message with its {fields} filled. */
export function said(message, values = {}) {
  return (words[message] ?? message).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}
