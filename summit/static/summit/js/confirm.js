// On data-confirm, forms and buttons of any page: asks before something that cannot be taken back.
// A button's own question comes before its form's.
function ask(event) {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset?.confirm;
  if (question && !confirm(question)) event.preventDefault();
}

document.addEventListener("submit", ask, { capture: true });
