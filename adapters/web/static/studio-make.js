// What the studio's page is made of: an element with its properties, its data and what stands within it.

export function make(name, props = {}, ...inner) {
  const made = document.createElement(name);
  const { data = {}, aria = {}, ...rest } = props;
  Object.assign(made, rest);
  Object.assign(made.dataset, data);
  for (const [key, value] of Object.entries(aria)) made.setAttribute(key === "role" ? "role" : `aria-${key}`, value);
  made.append(...inner.filter((each) => each !== null && each !== undefined && each !== ""));
  return made;
}

/** A button, and what it does. */
export function pressing(work, props = {}, ...inner) {
  const made = make("button", { type: "button", className: "button", ...props }, ...inner);
  made.addEventListener("click", work);
  return made;
}

/** Takes what is dragged onto an element, as text. */
export function onDrop(made, take) {
  made.addEventListener("dragover", (event) => {
    event.preventDefault();
    made.classList.add("over");
  });
  made.addEventListener("dragleave", () => made.classList.remove("over"));
  made.addEventListener("drop", (event) => {
    event.preventDefault();
    made.classList.remove("over");
    take(event.dataTransfer.getData("text/plain"));
  });
}
