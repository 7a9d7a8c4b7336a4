// An element with its properties, its data and what stands within it.

export function make(name, props = {}, ...inner) {
  const made = document.createElement(name);
  const { data = {}, aria = {}, ...rest } = props;
  Object.assign(made, rest);
  Object.assign(made.dataset, data);
  for (const [key, value] of Object.entries(aria)) made.setAttribute(key === "role" ? "role" : `aria-${key}`, value);
  made.append(...inner.filter((each) => each !== null && each !== undefined && each !== ""));
  return made;
}
