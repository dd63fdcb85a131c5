// On data-choose-all, lists in the workspace whose rows are chosen: one box for every row of the page.
for (const list of document.querySelectorAll("[data-choose-all]")) {
  const head = list.querySelector("thead th");
  const boxes = [...list.querySelectorAll("tbody input[type=checkbox]")];
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", head.textContent.trim());
  head.replaceChildren(all);
  const agree = () => {
    all.checked = boxes.every((box) => box.checked);
    all.indeterminate = !all.checked && boxes.some((box) => box.checked);
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) box.addEventListener("change", agree);
}
