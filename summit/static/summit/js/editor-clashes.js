// On data-clashes in the agenda editor: the list of conflicts beside the plan, and the number on each card.
export class Clashes {
  constructor(board) {
    this.board = board;
    board.root.addEventListener("click", (event) => {
      const link = event.target.closest("[data-show]");
      const card = link && board.card(link.dataset.show);
      if (!card || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      card.scrollIntoView({ block: "center", inline: "center" });
      card.focus({ preventScroll: true });
    });
  }

  get section() {
    return this.board.root.querySelector("[data-clashes]");
  }

  of(code) {
    const items = [...this.section.querySelectorAll("[data-clash]")];
    return items.filter((item) => item.dataset.sessions.split(" ").includes(code));
  }

  // These are all conflicts of these sessions now; others stay as they are.
  replace(codes, conflicts) {
    const touched = new Set(codes);
    const list = this.section.querySelector("[data-list]");
    const before = list.children.length;
    for (const code of codes) {
      for (const item of this.of(code)) {
        for (const other of item.dataset.sessions.split(" ")) touched.add(other);
        item.remove();
      }
    }
    for (const conflict of conflicts.filter((each) => !each.accepted).reverse()) {
      for (const code of conflict.sessions) touched.add(code);
      if (conflict.sessions.every((code) => !this.isToday(code))) continue;
      list.insertAdjacentHTML("afterbegin", conflict.html);
    }
    const hard = [...list.children].filter((item) => "impossible" in item.dataset);
    list.prepend(...hard);
    const more = list.children.length - before;
    for (const number of [this.section.querySelector("[data-count]"), this.board.root.querySelector("[data-total]")]) {
      number.textContent = Math.max(0, Number(number.textContent) + more);
    }
    for (const code of touched) this.mark(code);
  }

  isToday(code) {
    const card = this.board.card(code);
    return card && this.board.isToday(this.board.placeOf(card));
  }

  mark(code) {
    const badge = this.board.card(code)?.querySelector("[data-badge]");
    if (!badge) return;
    const own = this.of(code);
    badge.hidden = own.length === 0;
    const impossible = own.some((item) => "impossible" in item.dataset);
    badge.classList.toggle("bad", impossible);
    badge.querySelector("[data-number]").textContent = own.length;
  }
}
