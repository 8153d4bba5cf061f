// Change the rubric while marking: what is saved here holds for all who have an item.
import { counted, element, find } from "./parts.js";

export class RubricForm {
  constructor(state, save) {
    Object.assign(this, { state, save });
    this.form = find("rubric");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  toggle() {
    if (this.form.hidden) this.open();
    else this.close();
  }

  close() {
    this.form.hidden = true;
    find("change").setAttribute("aria-expanded", "false");
  }

  open() {
    const { rubric } = this.state();
    this.list = element("div");
    for (const item of rubric.items) this.add(item);
    if (!rubric.items.length) this.add();
    this.told = element("p", { class: "soft", role: "status" },
      "What you change here changes for all who have the item, and their points with it.");
    this.phrases = element("textarea", { id: "kept", rows: 3 });
    this.phrases.value = rubric.phrases.join("\n");
    this.form.replaceChildren(
      element("p", { class: "over" }, "Rubric"),
      this.list,
      element("p", {}, element("button", { type: "button", onclick: () => this.add().focus() }, "Add an item")),
      element("label", { class: "over", for: "kept" }, "Phrases for comments, one a line"),
      this.phrases,
      this.told,
      element("p", {}, element("button", { type: "submit", class: "main" }, "Save the rubric"), " ",
        element("button", { type: "button", onclick: () => this.close() }, "Leave it as it is")));
    this.form.hidden = false;
    find("change").setAttribute("aria-expanded", "true");
    this.list.querySelector("textarea")?.focus();
    this.form.scrollIntoView({ block: "nearest" });
  }

  add(item = { id: "", text: "", points: "" }) {
    const text = element("textarea", { rows: 1, maxlength: 300, "aria-label": "What the item asks for" });
    text.value = item.text;
    const row = element("div", { class: "item", "data-id": item.id }, text,
      element("input", { type: "number", step: "any", value: item.points, "aria-label": "Points of the item" }),
      element("button", { type: "button", "aria-label": "Take the item out", onclick: () => this.out(row) }, "×"));
    this.list.append(row);
    return text;
  }

  out(row) {
    const had = this.state().answers.filter((answer) => answer.items?.includes(row.dataset.id)).length;
    if (had) this.told.textContent = `${counted(had, "answer")} had this item, and will have it no more.`;
    row.remove();
  }

  async submit() {
    const ids = new Set(this.state().rubric.items.map((item) => item.id));
    let next = 1;
    const fresh = () => {
      while (ids.has(`a${next}`)) next += 1;
      ids.add(`a${next}`);
      return `a${next}`;
    };
    const items = [...this.list.children].map((row) => {
      const [text, points] = row.querySelectorAll("textarea, input");
      return { id: row.dataset.id || fresh(), text: text.value, points: Number(points.value || 0) };
    }).filter((item) => item.text.trim());
    const answer = await this.save(items, this.phrases.value.split("\n"));
    if (!answer) return;
    this.close();
    find("status").textContent = answer.answers.length
      ? `✓ saved, and ${counted(answer.answers.length, "mark")} counted anew` : "✓ the rubric is saved";
    find("change").focus();
  }
}
