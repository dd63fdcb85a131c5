// Ask before something that cannot be taken back: a button's own question before its form's.
document.addEventListener(
  "submit",
  (event) => {
    const question = event.submitter?.dataset.confirm ?? event.target.dataset?.confirm;
    if (question && !confirm(question)) event.preventDefault();
  },
  true,
);
