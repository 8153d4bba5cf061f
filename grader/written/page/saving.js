// Keep what was marked until the server has saved it: in this page, and in the browser's own store,
// so that neither a lost connection nor a closed page loses a word. Marks of one answer go one after
// the other; each says which version it was made on.
import { about, post, Refused } from "./api.js";

const PLACE = `grader-written ${about.place} ${about.title} `;
const PAUSE = 700; // milliseconds after the last key in a comment
const AGAIN = [1500, 3000, 6000, 12000, 20000]; // until the next try

export class Saving {
  constructor(found, changed) {
    this.found = found; // by cell and key: the answer as the server told it
    this.changed = changed; // is called with what has changed
    this.drafts = new Map();
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PLACE)) continue;
      try {
        const draft = JSON.parse(localStorage.getItem(name));
        this.drafts.set(name.slice(PLACE.length), { others: {}, ...draft, state: "kept", tries: 0 });
      } catch {
        localStorage.removeItem(name);
      }
    }
  }

  draft(cell, key) {
    return this.drafts.get(`${cell} ${key}`);
  }

  // Take a mark, and save it: at once, or after a pause in typing.
  put(cell, key, mark, others = [], later = false) {
    const name = `${cell} ${key}`;
    const before = this.drafts.get(name);
    const draft = before || { cell, key, tries: 0, version: this.found(cell, key).version };
    const versions = { ...draft.others };
    draft.others = {};
    for (const other of others) {
      if (draft.left?.includes(other)) continue; // somebody has marked it meanwhile
      draft.others[other] = versions[other] || this.found(cell, other).version;
    }
    Object.assign(draft, mark, { state: "waits", dirty: true });
    this.drafts.set(name, draft);
    this.keep(name, draft);
    clearTimeout(draft.timer);
    if (later) draft.timer = setTimeout(() => this.send(name), PAUSE);
    else this.send(name);
    this.changed();
  }

  keep(name, draft) {
    const { cell, key, version, items, adjust, comment, others } = draft;
    const told = JSON.stringify({ cell, key, version, items, adjust, comment, others });
    try {
      localStorage.setItem(PLACE + name, told);
    } catch {
      // no space: it is kept in this page alone
    }
  }

  drop(name) {
    clearTimeout(this.drafts.get(name)?.timer);
    this.drafts.delete(name);
    localStorage.removeItem(PLACE + name);
    this.changed();
  }

  // Send all that waits, without a pause: before the page goes on, or closes.
  flush() {
    for (const [name, draft] of this.drafts) if (draft.state !== "conflict") this.send(name);
  }

  // The promise ends when nothing is on its way any more.
  async settled() {
    this.flush();
    while ([...this.drafts.values()].some((draft) => draft.sending)) {
      await Promise.all([...this.drafts.values()].map((draft) => draft.sending));
    }
  }

  send(name) {
    const draft = this.drafts.get(name);
    if (!draft || draft.sending) return;
    clearTimeout(draft.timer);
    draft.sending = this.sent(name, draft).finally(() => {
      draft.sending = null;
      if (this.drafts.get(name) === draft && draft.dirty && draft.state === "waits") this.send(name);
    });
  }

  async sent(name, draft) {
    draft.state = "saving";
    draft.dirty = false;
    this.changed();
    const { cell, key, items, adjust, comment } = draft;
    const seen = { ...draft.others, [key]: draft.version };
    try {
      const told = await post("api/mark", { cell, items, adjust, comment, seen });
      this.changed(cell, told.answers);
      for (const answer of told.answers) {
        if (answer.key === key) draft.version = answer.version;
        else if (draft.others[answer.key]) draft.others[answer.key] = answer.version;
      }
      draft.tries = 0;
      if (draft.dirty) {
        draft.state = "waits";
        this.keep(name, draft);
      } else {
        this.saved = new Date();
        this.drop(name);
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refused(name, draft, error);
    }
  }

  refused(name, draft, error) {
    draft.dirty = false;
    if (error.status === 409 && error.data.answers.length) {
      this.changed(draft.cell, error.data.answers);
      const other = new Set(error.data.answers.map((answer) => answer.key));
      if (other.has(draft.key)) {
        draft.state = "conflict";
      } else { // of those with the same answer: their own mark stays, the rest is saved
        draft.left = [...(draft.left || []), ...other];
        for (const key of other) delete draft.others[key];
        Object.assign(draft, { state: "waits", dirty: true });
      }
    } else {
      draft.state = "failed";
      draft.why = error.message || "the rubric has changed: mark once more";
      const pause = AGAIN[Math.min(draft.tries, AGAIN.length - 1)];
      draft.tries += 1;
      draft.hopeless = [400, 422].includes(error.status);
      if (!draft.hopeless) draft.timer = setTimeout(() => this.send(name), pause);
    }
    this.changed();
  }

  // Of two marks: this one, though there is another by now; or the other one.
  settle(cell, key, mine) {
    const name = `${cell} ${key}`;
    const draft = this.drafts.get(name);
    if (!draft) return;
    if (!mine) {
      this.drop(name);
      return;
    }
    draft.version = this.found(cell, key).version;
    draft.state = "waits";
    this.keep(name, draft);
    this.send(name);
  }

  // In words, for the line at the top.
  told() {
    const states = [...this.drafts.values()];
    const failed = states.find((draft) => draft.state === "failed");
    if (failed) return ["bad", `not saved${failed.hopeless ? "" : ", is tried again"}: ${failed.why}`];
    if (states.some((draft) => draft.state === "conflict")) return ["bad", "not saved: see the mark"];
    if (states.length) return ["calm", "saving …"];
    if (!this.saved) return ["calm", "every mark is saved as it is made"];
    const time = this.saved.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    return ["good", `✓ saved ${time}`];
  }
}
