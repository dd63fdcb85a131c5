// On data-find in the agenda editor: a long list of sessions without a time is searched by their titles.
const MANY = 8;

export function finding(board) {
  const label = board.root.querySelector("[data-find]");
  const field = label.querySelector("input");
  const show = () => {
    const cards = [...board.beside.children];
    label.hidden = cards.length < MANY && !field.value;
    const wanted = field.value.trim().toLowerCase();
    for (const card of cards) card.hidden = !card.dataset.title.toLowerCase().includes(wanted);
  };
  field.addEventListener("input", show);
  const list = board.root.querySelector("[data-unscheduled]");
  new MutationObserver(show).observe(list, { childList: true, subtree: true });
  show();
}
