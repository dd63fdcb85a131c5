// Ask before something that cannot be taken back: a button's own question before its form's.
function ask(event) {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset?.confirm;
  if (question && !confirm(question)) event.preventDefault();
}

document.addEventListener("submit", ask, { capture: true });
