// One box that chooses every row of the page.
for (const form of document.querySelectorAll("form[data-choose-all]")) {
  const head = form.querySelector("thead th");
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", head.textContent.trim());
  head.replaceChildren(all);
  const agree = () => {
    all.checked = boxes.every((box) => box.checked);
    all.indeterminate = !all.checked && boxes.some((box) => box.checked);
  };
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  boxes.forEach((box) => box.addEventListener("change", agree));
}
