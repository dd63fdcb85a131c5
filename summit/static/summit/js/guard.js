// On form[data-guard], any page: before what was typed and not saved is left, the browser asks. Where the page has words for
// it (template[data-unsaved]), the form's last row says that something is not saved.
const forms = document.querySelectorAll("form[data-guard]");
const unsaved = document.querySelector("template[data-unsaved]");

function tell(form) {
  const row = form.querySelector(":scope > .row:last-child");
  if (unsaved && row && !row.querySelector(".unsaved")) row.append(unsaved.content.cloneNode(true));
}

for (const form of forms) {
  // What was refused, or overtaken, is on the page and nowhere else.
  if (document.querySelector("[role=alert][autofocus]")) {
    form.dataset.typed = "";
    tell(form);
  }
  form.addEventListener("input", () => {
    form.dataset.typed = "";
    tell(form);
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
