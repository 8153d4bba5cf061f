// One key for each thing; none of them while something is typed.
import { element, find } from "./parts.js";

const ARROWS = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→" };
const TYPED = ["TEXTAREA", "SELECT"];

function typing(target) {
  return TYPED.includes(target.tagName)
    || (target.tagName === "INPUT" && target.type !== "checkbox");
}

export function listen(keys, more, leave, submit) {
  const known = new Map(keys.flatMap(([names, words, act]) => names.map((name) => [name, act])));
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (find("help").open) return;
    if (event.ctrlKey) {
      if (event.key === "Enter") { event.preventDefault(); submit(); }
      return;
    }
    if (typing(event.target)) {
      if (event.key === "Escape") leave(event.target);
      return;
    }
    const pressed = event.target.closest("button, summary, a");
    if (pressed && ["Enter", " "].includes(event.key) && !pressed.closest("#list, #answers header")
      && pressed.id !== "next") return;
    const act = known.get(event.key);
    if (!act) return;
    event.preventDefault();
    act(event.key);
  });
  find("keys").replaceChildren(...[...keys, ...more].flatMap(([names, words]) => [
    element("dt", {}, ...(names.length > 3 ? [names[0], "…", names.at(-1)] : names)
      .flatMap((name) => [element("kbd", {}, ARROWS[name] || name), " "])),
    element("dd", {}, words),
  ]));
}
