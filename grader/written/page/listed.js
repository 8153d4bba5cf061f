// The list of all answers: one short row each, made once and brought up to date one by one.
import { element, find, number, STATES, waits } from "./parts.js";

export class Listed {
  constructor(chosen) {
    this.chosen = chosen; // is called with the key of a row that was chosen
    this.rows = new Map();
    this.known = new Map();
    for (const name of ["filter", "find"]) find(name).addEventListener("input", () => this.sift());
    find("find").addEventListener("keydown", (event) => {
      const first = this.order.find((key) => !this.rows.get(key).hidden);
      if (event.key !== "Enter" || !first) return;
      event.preventDefault();
      find("find").blur();
      this.chosen(first);
    });
  }

  show(answers, named) {
    this.named = named;
    this.order = answers.map((answer) => answer.key);
    this.rows.clear();
    const rows = answers.map((answer) => {
      const row = element("li", {}, this.button(answer));
      this.rows.set(answer.key, row);
      this.known.set(answer.key, answer);
      return row;
    });
    find("list").replaceChildren(...rows);
    this.sift();
  }

  button(answer) {
    const [sign, words] = STATES[answer.state];
    const mark = answer.points === null ? sign : `${number(answer.points)} ${sign}`;
    const said = answer.excerpt || (answer.state === "empty" ? "(nothing)" : "");
    return element(
      "button",
      {
        type: "button",
        tabindex: -1,
        title: words,
        onclick: () => this.chosen(answer.key),
      },
      element("span", { class: "who" }, this.named(answer)),
      element("span", { class: `mark ${waits(answer) ? "part" : "calm"}` },
        mark, element("span", { class: "unseen" }, ` ${words}`)),
      element("span", { class: "said" }, said),
    );
  }

  update(answer) {
    const row = this.rows.get(answer.key);
    if (!row) return;
    this.known.set(answer.key, answer);
    row.replaceChildren(this.button(answer));
    if (answer.key === this.now) this.mark(answer.key, false);
  }

  mark(key, seen = true) {
    const before = this.rows.get(this.now)?.firstChild;
    if (before) {
      before.removeAttribute("aria-current");
      before.tabIndex = -1;
    }
    this.now = key;
    const button = this.rows.get(key)?.firstChild;
    if (!button) return;
    button.setAttribute("aria-current", "true");
    button.tabIndex = 0;
    if (seen) button.scrollIntoView({ block: "nearest" });
  }

  // Hide what is not looked for.
  sift() {
    const state = find("filter").value;
    const words = find("find").value.trim().toLowerCase();
    for (const [key, row] of this.rows) {
      const answer = this.known.get(key);
      const fits = !state || answer.state === state || (state === "waits" && waits(answer));
      const text = `${answer.excerpt} ${answer.comment} ${this.named(answer)}`.toLowerCase();
      row.hidden = !(fits && (!words || text.includes(words)));
    }
  }

  // The next row in a direction from the one that is shown, of those that are not hidden.
  beside(step) {
    let place = this.order.indexOf(this.now) + step;
    while (this.order[place] && this.rows.get(this.order[place]).hidden) place += step;
    return this.order[place];
  }

  // The next answer that waits, from the one that is shown on and then from the beginning.
  waiting() {
    const place = this.order.indexOf(this.now);
    const round = [...this.order.slice(place + 1), ...this.order.slice(0, Math.max(place, 0))];
    return round.find((key) => waits(this.known.get(key)) && !this.rows.get(key).hidden);
  }
}
