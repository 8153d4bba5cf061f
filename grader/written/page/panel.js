// The mark of the answer that is shown: items, points, comment, equal answers, and what differs.
import { counted, element, find, number, points as worth, waits } from "./parts.js";

const MOST_PHRASES = 8;

export class MarkPanel {
  constructor(saving, state) {
    Object.assign(this, { saving, state });
    this.together = new Map(); // by group: the keys that are marked together in this sitting
    find("full").addEventListener("click", () => this.all(true));
    find("none").addEventListener("click", () => this.all(false));
    find("clear").addEventListener("click", () => this.put({ items: null, adjust: 0 }));
    find("points").addEventListener("change", (event) => this.typed(event.target.value));
    find("comment").addEventListener("input", (event) => {
      this.put({ comment: event.target.value }, true);
      this.phrases();
    });
    find("comment").addEventListener("change", () => this.saving.flush());
    find("group").addEventListener("change", (event) => this.group(event.target.checked));
  }

  get answer() {
    return this.state()?.byKey.get(this.key);
  }

  // What is shown: what was given here, or else what the gradebook holds.
  mark() {
    const draft = this.saving.draft(this.state().cell, this.key);
    if (draft) return draft;
    const { points, items, adjust, comment } = this.answer;
    if (points === null) return { items: null, adjust: 0, comment };
    // Points that were given elsewhere have no items: they stand beside them.
    return items ? { items, adjust, comment } : { items: [], adjust: points, comment };
  }

  total({ items, adjust }) {
    if (items === null) return null;
    const { rubric, question } = this.state();
    const sum = rubric.items.filter((item) => items.includes(item.id))
      .reduce((all, item) => all + item.points, 0);
    return Math.min(Math.max(sum + adjust, 0), question.most);
  }

  put(change, later = false) {
    const { answer } = this;
    if (!answer) return;
    const { items, adjust, comment } = { ...this.mark(), ...change };
    const marked = ({ points, items: of, adjust: more, comment: said }) =>
      JSON.stringify([points, of, more, said]);
    // Of those that are marked together only who has no mark, or still this one.
    const others = (this.together.get(answer.group) || []).filter((key) => {
      const other = this.state().byKey.get(key);
      return key !== this.key && other && (waits(other) || marked(other) === marked(answer));
    });
    this.saving.put(this.state().cell, this.key, { items, adjust, comment }, others, later);
  }

  item(place) {
    const { rubric, question } = this.state();
    if (!rubric.items.length && place < question.most) {
      this.typed(String(place + 1)); // without a rubric a number is the points
      return;
    }
    const item = rubric.items[place];
    if (!item) return;
    const mark = this.mark();
    const before = mark.items || [];
    const had = before.includes(item.id);
    const items = had ? before.filter((id) => id !== item.id) : [...before, item.id];
    // Points that came without items give way to the first of them.
    const adjust = before.length || this.answer.items ? mark.adjust : 0;
    this.put(items.length || adjust ? { items, adjust } : { items: null, adjust: 0 });
  }

  all(full) {
    const { rubric, question } = this.state();
    const items = full ? rubric.items.filter((item) => item.points > 0).map((item) => item.id) : [];
    const made = this.total({ items, adjust: 0 });
    this.put({ items, adjust: full && made < question.most ? question.most - made : 0 });
  }

  typed(text) {
    if (text.trim() === "") {
      this.put({ items: null, adjust: 0 });
      return;
    }
    const { question } = this.state();
    const wanted = Math.min(Math.max(Number(text), 0), question.most);
    if (!Number.isFinite(wanted)) return;
    const items = this.mark().items || [];
    this.put({ items, adjust: wanted - this.total({ items, adjust: 0 }) });
  }

  // A mark that was given before still fits.
  keep() {
    if (waits(this.answer) && this.answer.points !== null) this.put({});
  }

  // Those with the same answer that wait are marked with this one, from now on.
  group(on) {
    const { answer } = this;
    if (on) this.together.set(answer.group, [this.key, ...this.alike().map((each) => each.key)]);
    else this.together.delete(answer.group);
    const mark = this.mark();
    if (on && mark.items !== null) this.put({});
    else this.show(this.key);
  }

  alike() {
    const { answer } = this;
    return this.state().answers.filter((each) =>
      each.key !== this.key && each.group && each.group === answer.group && waits(each));
  }

  show(key) {
    const other = this.key !== key;
    this.key = key;
    const state = this.state();
    if (!state || !this.answer) return;
    const mark = this.mark();
    const total = this.total(mark);
    const field = find("points");
    field.max = state.question.most;
    field.min = 0;
    if (other || document.activeElement !== field) field.value = total === null ? "" : number(total);
    const comment = find("comment");
    if (other || document.activeElement !== comment) comment.value = mark.comment;
    this.items(mark);
    this.words(mark, total);
    this.equal();
    this.conflict();
    this.phrases();
    for (const name of ["points", "full", "none", "clear", "comment"]) {
      find(name).disabled = !this.answer.current;
    }
  }

  items(mark) {
    const { rubric } = this.state();
    const place = find("items");
    const made = JSON.stringify(rubric.items);
    if (this.made !== made) {
      this.made = made;
      const labels = rubric.items.map((item, index) => element("label", {},
        element("input", { type: "checkbox", "data-item": item.id, onchange: () => this.item(index) }),
        index < 9 ? element("kbd", {}, index + 1) : element("span"),
        element("span", {}, item.text),
        element("span", { class: "worth" }, item.points > 0 ? `+${number(item.points)}` : number(item.points))));
      place.replaceChildren(place.firstElementChild, ...labels);
      place.hidden = !labels.length;
    }
    for (const box of place.querySelectorAll("input")) {
      box.checked = (mark.items || []).includes(box.dataset.item);
      box.disabled = !this.answer.current;
    }
  }

  words(mark, total) {
    const { answer } = this;
    const told = [];
    if (!answer.current) {
      told.push("The autograded notebook is of another run than the gradebook: run grader autograde.");
    }
    if (mark.items?.length && mark.adjust) told.push(`${worth(mark.adjust)} beside the items.`);
    if (answer.state === "old") told.push("This mark is on another answer: look, and mark this one.");
    if (answer.state === "again") told.push("Graded once more since its mark; the answer is the same.");
    if (waits(answer) && answer.points !== null && mark.items !== null) {
      told.push(element("button", { type: "button", id: "keep", onclick: () => this.keep() },
        `Keep ${worth(total)} `, element("kbd", {}, "y")));
    }
    const drafted = this.saving.draft(this.state().cell, this.key);
    if (answer.points !== null && !answer.items && !drafted) told.push("Given elsewhere, as in formgrader.");
    if (answer.extra) told.push(`${worth(answer.extra)} of extra credit count on top.`);
    if (answer.by && answer.items && !drafted) {
      const when = new Date(answer.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
      told.push(`By ${answer.by}, ${when}.`);
    }
    find("how").replaceChildren(...told.flatMap((part) => [part, " "]));
  }

  equal() {
    const { answer } = this;
    const on = this.together.get(answer.group);
    const same = this.state().answers.filter((each) =>
      each.group && each.group === answer.group && each.key !== this.key);
    const waiting = same.filter(waits).length;
    find("together").hidden = !on && !waiting;
    find("group").checked = Boolean(on);
    const others = `${counted(same.length, "other")} wrote the same`;
    const which = waiting === same.length ? (waiting === 1 ? "it" : "them") : `the ${waiting} that wait`;
    find("group-words").textContent = on
      ? `marked together with ${counted(on.length - 1, "equal answer")}`
      : `${others}: mark ${which} with this one`;
  }

  conflict() {
    const { answer } = this;
    const place = find("conflict");
    const cell = this.state().cell;
    const draft = this.saving.draft(cell, this.key);
    place.hidden = !["conflict", "failed"].includes(draft?.state);
    if (place.hidden) return;
    const settle = (words, mine) => element("button",
      { type: "button", onclick: () => this.saving.settle(cell, this.key, mine) }, words);
    if (draft.state === "failed") {
      place.replaceChildren(
        element("p", { class: "from" }, "This mark is not saved"),
        element("p", {}, `${draft.why}. ${draft.hopeless ? "" : "It is kept here, and tried again."}`),
        settle("Try now", true), settle("Give it up", false));
      return;
    }
    const by = answer.by ? ` by ${answer.by}` : " elsewhere";
    const told = (points, said) => [points === null ? "no mark" : worth(points), said]
      .filter(Boolean).join("; ");
    place.replaceChildren(
      element("p", { class: "from" }, `Meanwhile this was marked${by}`),
      element("p", {}, `There: ${told(answer.points, answer.comment)}`),
      element("p", {}, `Here, not saved: ${told(this.total(draft), draft.comment)}`),
      settle("Leave theirs", false), settle("Save mine in its place", true));
  }

  // Comments given before, and phrases that were kept: those that begin as the last line does.
  phrases() {
    const { answers, rubric } = this.state();
    const field = find("comment");
    const last = field.value.split("\n").at(-1).trim().toLowerCase();
    const uses = new Map(rubric.phrases.map((phrase) => [phrase, Infinity]));
    for (const answer of answers) {
      for (const line of answer.comment.split("\n").map((each) => each.trim()).filter(Boolean)) {
        uses.set(line, (uses.get(line) || 0) + 1);
      }
    }
    const used = new Set(field.value.split("\n").map((line) => line.trim()));
    const offered = [...uses].filter(([phrase]) => !used.has(phrase)
      && (!last || used.has(last) || phrase.toLowerCase().includes(last) || field.value.endsWith("\n")))
      .sort((one, other) => other[1] - one[1]).slice(0, MOST_PHRASES);
    find("phrases").replaceChildren(...offered.map(([phrase]) =>
      element("button", { type: "button", onclick: () => this.insert(phrase) }, phrase)));
  }

  insert(phrase) {
    const field = find("comment");
    const lines = field.value.split("\n");
    const last = lines.at(-1).trim();
    if (!last || phrase.toLowerCase().includes(last.toLowerCase())) lines.pop();
    field.value = [...lines, phrase].join("\n");
    this.put({ comment: field.value });
    field.focus();
  }
}
