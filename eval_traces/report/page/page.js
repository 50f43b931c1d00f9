// Tables sort by the heading that is pressed: numbers first falling, words first rising.
"use strict";
document.documentElement.classList.add("js");
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = head.querySelector("button.sort");
    if (!button) return;
    button.addEventListener("click", () => {
      const numeric = head.classList.contains("num");
      const before = head.getAttribute("aria-sort");
      const falling = before ? before === "ascending" : numeric;
      const sign = falling ? -1 : 1;
      const value = (row) => {
        const cell = row.cells[column];
        if (!numeric) return cell.textContent.trim();
        return "value" in cell.dataset ? Number(cell.dataset.value) : null;
      };
      const order = (one, two) => {
        const a = value(one), b = value(two);
        if (a === null || b === null) return (a === null) - (b === null);
        return sign * (numeric ? a - b : a.localeCompare(b, undefined, { numeric: true }));
      };
      const body = table.tBodies[0];
      body.append(...[...body.rows].sort(order));
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    });
  });
}
