// On button[data-hx-post] in a form, such as "See what follows": where what was typed is refused, the form is sent as without
// scripts, so that the page comes with what is wrong.
document.addEventListener("htmx:beforeSwap", (event) => {
  const button = event.detail.requestConfig?.elt;
  if (event.detail.xhr.status === 422 && button?.matches("button[data-hx-post]")) button.form.requestSubmit(button);
});
