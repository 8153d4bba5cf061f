// Small helpers: elements from data, never from text that is read as markup.
export const find = (name) => document.getElementById(name);

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export const number = (value) => String(Math.round(value * 100) / 100);
export const points = (value) => `${number(value)} ${Math.abs(value) === 1 ? "point" : "points"}`;
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

// The server's HTML is built from a short list of elements; this is the one place that takes it.
export function fromServer(html) {
  const made = element("div", { class: "said-in-full" });
  made.innerHTML = html;
  return made;
}

export const STATES = {
  marked: ["✓", "marked"],
  waiting: ["○", "waits for a mark"],
  old: ["↻", "its mark is on another answer"],
  again: ["↻", "graded again since its mark; the answer is the same"],
  empty: ["–", "left empty"],
};
export const waits = (answer) => ["waiting", "old", "again"].includes(answer.state);
