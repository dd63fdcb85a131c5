// On form[data-guard], any page: before what was typed and not saved is left, the browser asks.
const forms = document.querySelectorAll("form[data-guard]");
for (const form of forms) {
  // What was refused, or overtaken, is on the page and nowhere else.
  if (document.querySelector("[data-focus-me]")) form.dataset.typed = "";
  form.addEventListener("input", () => {
    form.dataset.typed = "";
  });
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) delete form.dataset.typed;
  });
}
if (forms.length) {
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-guard][data-typed]")) event.preventDefault();
  });
}
