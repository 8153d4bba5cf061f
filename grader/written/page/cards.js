// Answers in full: one at a time, or all in a row, of which only those in sight are fetched.
import { get } from "./api.js";
import { setFormulas } from "./formulas.js";
import { element, find, fromServer, number, STATES } from "./parts.js";

export class Cards {
  constructor(cell, named, chosen) {
    Object.assign(this, { cell, named, chosen });
    this.texts = new Map(); // by key: what was fetched, with the version that it is of
    this.cards = new Map();
    this.seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) this.fill(entry.target);
    }, { rootMargin: "300px" });
  }

  show(answers, now, row) {
    this.seen.disconnect();
    this.cards.clear();
    const wanted = row ? answers : answers.filter((answer) => answer.key === now);
    const made = wanted.map((answer) => this.card(answer));
    const place = find("answers");
    place.classList.toggle("row", row);
    place.replaceChildren(...made);
    for (const card of made) row ? this.seen.observe(card) : this.fill(card);
    this.mark(now, row);
  }

  card(answer) {
    const card = element("article", { "data-key": answer.key, "aria-labelledby": `card-${answer.key}` });
    card.answer = answer;
    this.cards.set(answer.key, card);
    this.head(card);
    card.append(element("div", { class: "body" }));
    return card;
  }

  head(card) {
    const { answer } = card;
    const [sign, words] = STATES[answer.state];
    const mark = answer.points === null ? words : `${number(answer.points)} points, ${words}`;
    const head = element("header", {},
      element("h3", { id: `card-${answer.key}` },
        element("button", { type: "button", tabindex: -1, onclick: () => this.chosen(answer.key) },
          this.named(answer))),
      element("span", { class: answer.state === "marked" ? "good" : "calm" }, `${sign} ${mark}`));
    card.querySelector("header")?.remove();
    card.prepend(head);
  }

  update(answer) {
    const card = this.cards.get(answer.key);
    if (!card) return;
    const other = this.texts.get(answer.key)?.stamp !== stampOf(answer);
    card.answer = answer;
    this.head(card);
    if (other && card.filled) this.fill(card);
  }

  mark(key, scroll) {
    for (const [name, card] of this.cards) card.classList.toggle("now", name === key);
    if (scroll) this.cards.get(key)?.scrollIntoView({ block: "start" });
  }

  async fill(card) {
    const { answer } = card;
    this.seen.unobserve(card);
    card.filled = true;
    const body = card.querySelector(".body");
    let text = this.texts.get(answer.key);
    if (!text || text.stamp !== stampOf(answer)) {
      try {
        text = await get("api/answer", { cell: this.cell, key: answer.key });
      } catch (error) {
        body.replaceChildren(element("p", { class: "bad" }, error.message));
        card.filled = false;
        return;
      }
      text.stamp = stampOf(answer);
      this.texts.set(answer.key, text);
    }
    const parts = [];
    if (answer.state === "empty") {
      parts.push(element("p", { class: "soft" }, "Nothing was answered; that has no points."));
    } else {
      const said = fromServer(text.html);
      setFormulas(said);
      parts.push(said);
      text.pictures.forEach((source, place) => {
        const alt = `Picture ${place + 1} of this answer`;
        parts.push(element("figure", { class: "plot" }, element("img", { src: source, alt })));
      });
      parts.push(element("details", {}, element("summary", {}, "as it was typed"),
        element("pre", { class: "typed", tabindex: 0 }, text.typed)));
    }
    body.replaceChildren(...parts);
  }
}

// What an answer's text depends on: of another answer the mark is old, and it may not be current.
const stampOf = (answer) => `${answer.group} ${answer.current}`;
