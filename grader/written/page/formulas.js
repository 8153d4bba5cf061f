// Set formulas: MathJax reads the TeX, and what it made of it is built anew as MathML, which
// browsers draw themselves. Nothing but the elements and attributes below comes through, so a
// formula can neither link nor load nor style anything, and there are no macros to be defined.
// Where MathJax is not found, or does not understand a formula, it stays as it was typed.
// Source: MathML Core.
import { about } from "./api.js";

const PACKAGES = ["base", "ams", "amscd", "boldsymbol", "braket", "cancel", "cases", "centernot",
  "mathtools", "mhchem", "upgreek", "textmacros", "noundefined"];
const MOST_SIGNS = 3000; // of one formula
const MOST = 400; // formulas of one text
const MOST_NODES = 4000; // elements of one formula
const MATHML = "http://www.w3.org/1998/Math/MathML";
const ELEMENTS = new Set(["math", "mi", "mn", "mo", "mtext", "ms", "mspace", "mrow", "mfrac", "msqrt",
  "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts",
  "none", "mtable", "mtr", "mtd", "mphantom", "mstyle"]);
const ATTRIBUTES = new Set(["displaystyle", "scriptlevel", "linethickness", "stretchy", "fence",
  "separator", "lspace", "rspace", "minsize", "maxsize", "symmetric", "largeop", "movablelimits",
  "accent", "accentunder", "width", "height", "depth", "rowspan", "columnspan", "mathvariant"]);
const LENGTH = /^-?\d{0,2}(\.\d+)?(em|ex|mu|px)$/;
const VALUE = /^(true|false|[+-]?\d|normal|thin|medium|thick)$/;
// Letters that MathML Core has as characters of their own, and those that came before the others.
const LETTERS = {
  "double-struck": [0x1d538, { C: "ℂ", H: "ℍ", N: "ℕ", P: "ℙ", Q: "ℚ", R: "ℝ", Z: "ℤ" }],
  script: [0x1d49c, { B: "ℬ", E: "ℰ", F: "ℱ", H: "ℋ", I: "ℐ", L: "ℒ", M: "ℳ", R: "ℛ", e: "ℯ", g: "ℊ", o: "ℴ" }],
  fraktur: [0x1d504, { C: "ℭ", H: "ℌ", I: "ℑ", R: "ℜ", Z: "ℨ" }],
};
LETTERS["-tex-calligraphic"] = LETTERS.script;

// Run JupyterLab's modules, which ask each other for exports by number.
function modules() {
  const all = {};
  for (const name of Object.getOwnPropertyNames(window)) {
    if (/^\w+Chunk_jupyterlab/.test(name)) for (const [, held] of window[name]) Object.assign(all, held);
  }
  const run = new Map();
  const ask = (id) => {
    if (run.has(id)) return run.get(id).exports;
    if (!all[id]) throw new Error(`there is no module ${id}`);
    const made = { exports: {} };
    run.set(id, made);
    all[id].call(made.exports, made, made.exports, ask);
    return made.exports;
  };
  const own = Object.prototype.hasOwnProperty;
  ask.o = (object, key) => own.call(object, key);
  ask.r = (exports) => Object.defineProperty(exports, "__esModule", { value: true });
  ask.d = (exports, of) => {
    for (const key of Object.keys(of)) Object.defineProperty(exports, key, { enumerable: true, get: of[key] });
  };
  ask.n = (module) => Object.assign(() => module?.default ?? module, { get a() { return module?.default ?? module; } });
  const texts = Object.entries(all).map(([id, module]) => [id, module.toString()]);
  return (name) => {
    const found = texts.find(([, text]) => text.includes(`.${name}=void 0`));
    if (!found) throw new Error(`this MathJax has no ${name}`);
    return ask(found[0])[name];
  };
}

function load(number) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `formulas/${number}.js`;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

async function begin() {
  if (!about.formulas) return null;
  await Promise.all(Array.from({ length: about.formulas }, (_, place) => load(place)));
  const named = modules();
  named("AllPackages"); // lets the packages be known; those in the list are used
  const [TeX, HTMLHandler, mathjax] = ["TeX", "HTMLHandler", "mathjax"].map(named);
  mathjax.handlers.register(new HTMLHandler(named("browserAdaptor")()));
  const input = new TeX({
    packages: PACKAGES,
    maxBuffer: 5 * MOST_SIGNS,
    formatError: (_, error) => { throw error; },
  });
  const made = mathjax.document(document, { InputJax: input });
  return (text, display) => {
    input.reset();
    return made.convert(text, { display, end: 20 }); // as far as the tree (STATE.COMPILED)
  };
}

let ready;

function letters(text, variant) {
  const [first, others] = LETTERS[variant.replace("bold-", "")] || [];
  if (!first) return text;
  return text.replace(/[A-Za-z]/g, (sign) => {
    const small = sign >= "a";
    const place = sign.charCodeAt(0) - (small ? 97 - 26 : 65);
    return others[sign] || String.fromCodePoint(first + place);
  });
}

function attribute(made, name, value) {
  if (name === "mathvariant") {
    if (value === "normal") made.setAttribute(name, value);
    else if (value.startsWith("bold")) made.classList.add("bold");
    return;
  }
  const number = String(value);
  if (ATTRIBUTES.has(name) && (VALUE.test(number) || LENGTH.test(number))) made.setAttribute(name, number);
}

function built(node, left) {
  if ((left.nodes -= 1) < 0) throw new Error("too large");
  if (node.kind === "text") return [document.createTextNode(node.getText())];
  if (node.kind === "merror") throw new Error("not understood");
  const parts = (node.childNodes || []).filter(Boolean).flatMap((child) => built(child, left));
  if (node.kind === "inferredMrow" && node.parent?.arity !== 1) return wrapped(parts);
  if (node.kind === "inferredMrow") return parts;
  const name = node.kind === "mlabeledtr" ? "mtr" : ELEMENTS.has(node.kind) ? node.kind : "mrow";
  const made = document.createElementNS(MATHML, name);
  const given = node.attributes?.getAllAttributes() || {};
  for (const [key, value] of Object.entries(given)) attribute(made, key, value);
  made.append(...parts);
  const variant = String(given.mathvariant || "");
  if (variant && made.firstChild?.nodeType === Node.TEXT_NODE) {
    made.textContent = letters(made.textContent, variant);
  }
  if (name === "mtable") align(made, String(given.columnalign || ""));
  return [made];
}

function wrapped(parts) {
  if (parts.length === 1) return parts;
  const row = document.createElementNS(MATHML, "mrow");
  row.append(...parts);
  return [row];
}

// MathML Core has no columnalign; what aligns equations is needed to read them.
function align(table, columns) {
  const sides = columns.split(" ").filter((side) => ["left", "right", "center"].includes(side));
  if (!sides.length) return;
  for (const row of table.children) {
    [...row.children].forEach((cell, place) => {
      cell.style.textAlign = sides[Math.min(place, sides.length - 1)];
    });
  }
}

// Set the formulas in what was built of one text; what cannot be set stays as it was typed.
export async function setFormulas(root) {
  const boxes = [...root.querySelectorAll(".formula")].slice(0, MOST);
  if (!boxes.length) return;
  let tree;
  try {
    tree = await (ready ||= begin());
  } catch (error) {
    console.info(`formulas stay as they were typed: ${error.message}`);
    ready = Promise.resolve(null);
  }
  if (!tree) return;
  for (const box of boxes) {
    const text = box.textContent;
    if (text.length > MOST_SIGNS) continue;
    try {
      const display = box.classList.contains("block");
      const [made] = built(tree(text, display), { nodes: MOST_NODES });
      if (display) made.setAttribute("display", "block");
      box.replaceChildren(made);
      box.classList.add("set");
      box.title = text;
    } catch {
      box.title = "not understood as a formula";
    }
  }
}
