// Sort a table by the column whose heading is pressed, and show the rows that hold a word.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  const key = (row, at) => {
    const cell = row.cells[at], given = cell.dataset.key;
    return given === undefined ? cell.textContent.trim() : Number(given);
  };
  const compare = (one, two) =>
    typeof one === "number" && typeof two === "number"
      ? one - two : String(one).localeCompare(String(two), undefined, {numeric: true});
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => compare(key(a, at), key(b, at)) * (down ? -1 : 1));
      body.append(...rows);
    });
  });
  const label = document.createElement("label"), field = document.createElement("input");
  field.type = "search";
  label.className = "find";
  label.append("Find a student ", field);
  table.parentElement.before(label);
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const row of body.rows)
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
  });
}
