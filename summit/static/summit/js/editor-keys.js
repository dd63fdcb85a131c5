// On data-card in the agenda editor: the plan by keyboard.
// One card at a time is in the order of Tab; arrows go from card to card, or move the one picked up.
import { MINUTE, STEP } from "./editor-board.js";

const FIRST = 120 * MINUTE; // after the plan opens: where a session without a time lands first

export function keys(board, moves, voice) {
  let picked = null; // { card, before, place }
  let settling = false; // a card that changes its column loses the focus for a moment

  const columns = () => [board.everywhere, ...board.lanes, board.beside];
  const start = (card) => board.placeOf(card).starts ?? 0;
  const inOrder = (slots) => [...slots.querySelectorAll("[data-card]")].sort((a, b) => start(a) - start(b));

  function rove(card) {
    for (const other of board.root.querySelectorAll('[data-card][tabindex="0"]')) {
      if (other !== card) leave(other);
    }
    card.tabIndex = 0;
    card.querySelector("a")?.removeAttribute("tabindex");
  }

  function leave(card) {
    card.tabIndex = -1;
    card.querySelector("a")?.setAttribute("tabindex", "-1");
  }

  // One card, and its link, can be reached by Tab.
  function ready() {
    const cards = board.cards();
    const current = cards.find((card) => card.tabIndex === 0) ?? cards[0];
    for (const card of cards) {
      if (card !== current) leave(card);
    }
    if (current) rove(current);
  }

  function neighbour(card, key) {
    const own = card.parentElement;
    const row = inOrder(own);
    const index = row.indexOf(card);
    if (key === "ArrowUp") return row[index - 1];
    if (key === "ArrowDown") return row[index + 1];
    const all = columns().filter((slots) => slots === own || slots.querySelector("[data-card]"));
    const next = all[all.indexOf(own) + (key === "ArrowRight" ? 1 : -1)];
    if (!next) return null;
    const far = (other) => Math.abs(start(other) - start(card));
    return inOrder(next).reduce((best, other) => (far(other) < far(best) ? other : best));
  }

  function pick(card) {
    picked = { card, before: board.placeOf(card), place: board.placeOf(card) };
    card.classList.add("picked");
    voice.say("picked", { title: card.dataset.title });
  }

  function lay(place) {
    const { card } = picked;
    picked.place = place;
    settling = true;
    board.put(card, place);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    settling = false;
    voice.say("at", { title: card.dataset.title, place: voice.place(place, "break" in card.dataset) });
  }

  function drop(done) {
    const { card, before, place } = picked;
    picked = null;
    card.classList.remove("picked");
    settling = true;
    if (done) {
      moves.move(card, place, before);
    } else {
      board.put(card, before);
      voice.say("back", { title: card.dataset.title });
    }
    card.focus({ preventScroll: true });
    settling = false;
  }

  function toDay(step) {
    const days = [...board.root.querySelectorAll("[data-first]")];
    const today = days.findIndex((day) => day.hasAttribute("aria-current"));
    const day = days[today + step];
    const { place } = picked;
    if (!day || place.starts === null) return;
    const away = Date.parse(day.dataset.first) - board.from;
    picked.place = { ...place, starts: place.starts + away, ends: place.ends + away };
    drop(true);
    day.focus();
  }

  function shifted(key, shift) {
    const { card, place } = picked;
    if (place.starts === null) {
      const starts = board.opens + FIRST;
      const everywhere = "break" in card.dataset;
      return { starts, ends: starts + board.length(card), room: everywhere ? "" : board.lanes[0].dataset.slots };
    }
    const step = { ArrowUp: -STEP, ArrowDown: STEP }[key];
    if (step && shift) return { ...place, ends: Math.max(place.starts + STEP, place.ends + step) };
    if (step) {
      const starts = Math.min(board.closes - STEP, Math.max(board.opens, place.starts + step));
      return { ...place, starts, ends: starts + (place.ends - place.starts) };
    }
    if ("break" in card.dataset && !place.room) return place;
    const rooms = board.lanes.map((slots) => slots.dataset.slots);
    const room = rooms[rooms.indexOf(place.room) + (key === "ArrowRight" ? 1 : -1)];
    return room === undefined ? place : { ...place, room };
  }

  function press(event) {
    const card = event.target;
    const { key } = event;
    if (picked && key === "z" && (event.ctrlKey || event.metaKey)) {
      drop(false); // what is in the hand is undone by putting it back
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (card.dataset?.card === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (picked && !picked.card.isConnected) picked = null; // the server has put another card in its place
    const takes = key === "Enter" || key === " ";
    if (picked) {
      if (takes) drop(true);
      else if (key === "Escape") drop(false);
      else if (key.startsWith("Arrow")) lay(shifted(key, event.shiftKey));
      else if (key === "Delete" || key === "Backspace") lay({ starts: null, ends: null, room: "" });
      else if (key === "PageDown" || key === "PageUp") toDay(key === "PageDown" ? 1 : -1);
      else return;
    } else if (takes && "editable" in card.dataset) {
      pick(card);
    } else if (key.startsWith("Arrow")) {
      neighbour(card, key)?.focus();
    } else {
      return;
    }
    event.preventDefault();
  }

  board.root.addEventListener("keydown", press);
  board.root.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-card]");
    if (card) rove(card);
  });
  board.root.addEventListener("focusout", (event) => {
    if (picked && !settling && event.target === picked.card && event.relatedTarget !== picked.card) drop(false);
  });
  // Cards that come later, from the server, are not in the order of Tab.
  new MutationObserver(ready).observe(board.root.querySelector(".editor"), { childList: true, subtree: true });
  ready();
  return () => (picked?.card.isConnected ? picked.card.dataset.card : null);
}
