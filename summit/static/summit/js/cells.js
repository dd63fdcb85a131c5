// On data-cells, the table of a list in the workspace: its cells are edited in place.
// The focus goes into the form that came into a cell, and back to the cell's own link afterwards.
const table = document.querySelector("[data-cells]");
const say = (text) => {
  let box = document.querySelector("[data-cells-said]");
  if (!box) {
    box = document.createElement("p");
    box.className = "notice bad";
    box.dataset.cellsSaid = "";
    box.setAttribute("role", "alert");
    table.before(box);
  }
  box.textContent = text;
};

if (table) {
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.getResponseHeader("X-Cell")) return;
    // A log-in page or an error page is no cell.
    event.detail.shouldSwap = false;
    say(table.dataset.failed);
  });
  document.body.addEventListener("htmx:sendError", () => say(table.dataset.failed));
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const cell = event.detail.target;
    if (!table.contains(cell)) return;
    document.querySelector("[data-cells-said]")?.remove();
    const form = cell.querySelector("form");
    const first = form?.querySelector("[aria-invalid=true], input:not([type=hidden]), select, textarea");
    (first ?? cell.querySelector("a.cell-edit"))?.focus();
  });
  table.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.target.closest("form")?.querySelector("[data-cancel]")?.click();
  });
}
