// The page: what is shown, and what each control does. Data come from the server (`api.js`), marks
// go through `saving.js`.
import { about, get, post } from "./api.js";
import { Cards } from "./cards.js";
import { setFormulas } from "./formulas.js";
import { listen } from "./keys.js";
import { Listed } from "./listed.js";
import { MarkPanel } from "./panel.js";
import { counted, element, find, fromServer, STATES, waits } from "./parts.js";
import { RubricForm } from "./rubric.js";
import { Saving } from "./saving.js";

const LOOK = 15000; // milliseconds between two looks at what others have marked
let questions, state, cards, now = "", row = false, hidden = about.anonymous;
const named = (answer) => (hidden || !answer.student
  ? `answer ${answer.label}` : answer.name ? `${answer.name} (${answer.student})` : answer.student);
const found = (cell, key) => (state?.cell === cell && state.byKey.get(key)) || kept(cell, key);
const kept = (cell, key) => ({ version: saving.draft(cell, key)?.version || "" });
const listed = new Listed((key) => go(key));
const saving = new Saving(found, changed);
const panel = new MarkPanel(saving, () => state);
const form = new RubricForm(() => state, async (items, phrases) => {
  await saving.settled();
  return told("api/rubric", { cell: state.cell, number: state.rubric.number, items, phrases });
});

function changed(cell, answers) {
  if (answers && state?.cell === cell) {
    for (const answer of answers) {
      state.byKey.set(answer.key, answer);
      const place = state.answers.findIndex((each) => each.key === answer.key);
      if (place >= 0) state.answers[place] = answer;
      listed.update(answer);
      cards.update(answer);
    }
  }
  const [tone, words] = saving.told();
  const status = find("status");
  if (status.textContent !== words) status.textContent = words;
  status.className = tone;
  if (state) progress();
  panel.show(now);
}

function progress() {
  const asked = state.answers.filter((answer) => answer.state !== "empty");
  const marked = asked.filter((answer) => !waits(answer)).length;
  const empty = state.answers.length - asked.length;
  find("progress").textContent = `${marked} of ${counted(asked.length, "answer")} marked`
    + (empty ? `, ${empty} left empty` : "");
  find("done").setAttribute("width", asked.length ? (100 * marked) / asked.length : 100);
}

// Ask for a change other than a mark, and take in what it did.
async function told(path, data) {
  let answer, refused = false;
  try {
    answer = await post(path, data);
    notice("");
  } catch (error) {
    refused = true;
    answer = error.data;
    notice(error.message || "somebody has changed this since: look once more, nothing was changed");
    if (error.status !== 409) return null;
  }
  if (answer.rubric && (answer.cell || state.cell) === state.cell) state.rubric = answer.rubric;
  changed(answer.cell || state.cell, answer.answers);
  if (answer.other_rubric) await load();
  return refused ? null : answer;
}

function notice(words) {
  const place = find("notice");
  place.textContent = words;
  place.hidden = !words;
}

async function load(cell = state.cell) {
  let fresh;
  try {
    fresh = await get("api/state", { cell });
  } catch (error) {
    notice(error.message);
    return;
  }
  const other = state?.cell !== cell;
  const same = !other && fresh.answers.length === state.answers.length
    && fresh.answers.every((answer, place) => answer.key === state.answers[place].key);
  const before = state?.byKey;
  state = { ...fresh, question: questions.find((question) => question.cell === cell) };
  state.byKey = new Map(state.answers.map((answer) => [answer.key, answer]));
  notice(fresh.grading && `${fresh.grading}: answers may change; marks are saved all the same`);
  if (same) {
    const differ = (answer) => JSON.stringify(before.get(answer.key)) !== JSON.stringify(answer);
    changed(cell, fresh.answers.filter(differ));
    return;
  }
  if (other) cards = new Cards(cell, named, (key) => go(key));
  listed.show(state.answers, named);
  if (!state.byKey.has(now)) now = listed.waiting() || state.answers[0]?.key || "";
  go(now);
  changed();
}

function go(key) {
  if (!key) return;
  saving.flush();
  const shown = row && cards.cards.has(key);
  now = key;
  listed.mark(key);
  if (shown) cards.mark(key, true);
  else cards.show(state.answers, key, row);
  panel.show(now);
  const place = state.answers.findIndex((answer) => answer.key === key);
  const answer = state.answers[place];
  find("where").textContent = `${named(answer)}, ${STATES[answer.state][1]}, `
    + `${place + 1} of ${state.answers.length}`;
  if (!row) document.querySelector(".middle").scrollTo({ top: 0 });
}

function next() {
  const key = listed.waiting();
  if (key) go(key);
  else find("status").textContent = "no other answer waits";
}

function toggleRow() {
  row = !row;
  find("view").setAttribute("aria-pressed", row);
  cards.show(state.answers, now, row);
}

function toggleNames() {
  hidden = about.anonymous || !hidden;
  find("names").setAttribute("aria-pressed", hidden);
  listed.show(state.answers, named);
  listed.mark(now);
  cards.show(state.answers, now, row);
}

async function undo() {
  await saving.settled();
  const answer = await told("api/undo", {});
  if (answer?.nothing) find("status").textContent = "there is nothing to undo";
  else if (answer?.answers.length === 1 && answer.cell === state.cell) go(answer.answers[0].key);
}

function ask(question) {
  find("heading").textContent = question.title;
  find("most").textContent = question.most;
  document.title = `${question.title}: written answers`;
  const details = (title, html) => {
    const text = fromServer(html);
    setFormulas(text);
    return element("details", {}, element("summary", {}, title), text);
  };
  find("about").replaceChildren(
    ...(question.text ? [details("The question", question.text)] : []),
    ...(question.model ? [details("A model answer", question.model)] : []));
}

async function begin() {
  find("title").textContent = about.title;
  try {
    questions = await get("api/questions");
  } catch (error) {
    notice(`${error.message}; this page tries again`);
    setTimeout(begin, 5000);
    return;
  }
  const choose = find("question");
  choose.replaceChildren(...questions.map((question) =>
    element("option", { value: question.cell }, question.title)));
  find("choose").hidden = questions.length < 2;
  const start = questions.find((question) => question.cell === location.hash.slice(1));
  const first = start || questions[0];
  choose.value = first.cell;
  choose.addEventListener("change", () => open(choose.value));
  find("names").hidden = about.anonymous;
  await open(first.cell);
  saving.flush(); // what an earlier page could not save
  setInterval(() => document.hidden || load(), LOOK);
  document.addEventListener("visibilitychange", () => (document.hidden ? saving.flush() : load()));
  window.addEventListener("pagehide", () => saving.flush());
}

async function open(cell) {
  saving.flush();
  history.replaceState(null, "", `#${cell}`);
  now = "";
  ask(questions.find((question) => question.cell === cell));
  form.close();
  await load(cell);
}

const press = (name) => () => find(name).click();
find("next").addEventListener("click", next);
find("undo").addEventListener("click", undo);
find("view").addEventListener("click", toggleRow);
find("names").addEventListener("click", toggleNames);
find("ask").addEventListener("click", () => find("help").showModal());
find("close").addEventListener("click", () => find("help").close());
find("change").addEventListener("click", () => form.toggle());
listen(
  [
    [["1", "2", "3", "4", "5", "6", "7", "8", "9"], "tick an item of the rubric, or take it back",
      (key) => panel.item(Number(key) - 1)],
    [["f"], "all points", press("full")],
    [["0"], "no points", press("none")],
    [["x"], "take the mark back", press("clear")],
    [["y"], "keep a mark that was given before", () => panel.keep()],
    [["Enter", "n"], "the next answer that waits", next],
    [["j", "ArrowDown", "ArrowRight"], "the next answer in the list", () => go(listed.beside(1))],
    [["k", "ArrowUp", "ArrowLeft"], "the one before", () => go(listed.beside(-1))],
    [["c"], "write a comment", () => find("comment").focus()],
    [["p"], "type the points", () => { find("points").focus(); find("points").select(); }],
    [["g"], "mark equal answers together", () => find("together").hidden || find("group").click()],
    [["u"], "undo the last mark, or the last change of the rubric", undo],
    [["r"], "change the rubric, or add to it", () => form.toggle()],
    [["l"], "all answers in a row, or one at a time", toggleRow],
    [["h"], "hide names, or show them", () => find("names").hidden || toggleNames()],
    [["/"], "find in answers and names", () => find("find").focus()],
    [["?"], "these keys", () => find("help").showModal()],
  ],
  [[["Ctrl Enter"], "from a comment or the points to the next answer that waits"],
    [["Esc"], "leave a field"]],
  (field) => { field.blur(); find("answers").focus({ preventScroll: true }); },
  () => { document.activeElement?.blur(); next(); },
);
begin();
