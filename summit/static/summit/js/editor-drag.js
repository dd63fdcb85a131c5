// On data-card in the agenda editor: sessions are dragged, by their data-grip with a finger, and resized by data-edge.
import { STEP } from "./editor-board.js";

const FAR = 4; // px before a press becomes a drag
const NEAR = 48; // px from the frame's edge where it begins to scroll
const PUSH = 10; // px it scrolls at a time

// How far a frame from ``low`` to ``high`` scrolls for a pointer that is there.
function push(at, low, high) {
  if (at < low + NEAR) return -PUSH;
  return at > high - NEAR ? PUSH : 0;
}

export function dragging(board, moves) {
  let drag = null;

  function press(event) {
    const card = event.target.closest("[data-card][data-editable]");
    const handle = event.target.closest("[data-edge], [data-grip]");
    if (!card || event.button !== 0 || drag || (event.pointerType === "touch" && !handle)) return;
    const box = card.getBoundingClientRect();
    drag = {
      card,
      pointer: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      from: { x: event.clientX, y: event.clientY },
      resizes: handle?.dataset.edge !== undefined,
      inside: card.parentElement === board.beside ? 8 : event.clientY - box.top,
      below: box.bottom - event.clientY,
      before: board.placeOf(card),
      moving: false,
    };
  }

  function begin() {
    drag.moving = true;
    drag.card.classList.add("dragged");
    board.root.classList.add("dragging");
    drag.shadow = document.createElement("div");
    drag.shadow.className = "plan-shadow";
    drag.card.setPointerCapture(drag.pointer);
    scroll();
  }

  function target() {
    const found = document.elementsFromPoint(drag.x, drag.y);
    const over = (selector) => found.map((element) => element.closest(selector)).find(Boolean);
    return { day: over("[data-first]"), beside: over("[data-unscheduled]"), slots: over("[data-slots]") };
  }

  function place() {
    const { before, card } = drag;
    if (drag.resizes) {
      const top = card.parentElement.getBoundingClientRect().top;
      return { ...before, ends: Math.max(before.starts + STEP, board.at(drag.y + drag.below - top)) };
    }
    const { day, beside, slots } = target();
    if (day && before.starts !== null) {
      const days = Date.parse(day.dataset.first) - board.from;
      return { ...before, starts: before.starts + days, ends: before.ends + days };
    }
    if (beside) return { starts: null, ends: null, room: "" };
    if (!slots) return null;
    const length = before.starts === null ? board.length(card) : before.ends - before.starts;
    const top = slots.getBoundingClientRect().top;
    const starts = board.at(drag.y - top - drag.inside, board.closes - STEP);
    // A break in all rooms stays one wherever it is dropped.
    const everywhere = "break" in card.dataset && !before.room;
    return { starts, ends: starts + length, room: everywhere ? "" : slots.dataset.slots };
  }

  function show() {
    const goal = place();
    drag.goal = goal;
    const { day, beside } = drag.resizes ? {} : target();
    for (const element of board.root.querySelectorAll(".over")) element.classList.remove("over");
    (day ?? beside)?.classList.add("over");
    const home = goal && !day ? board.home(goal, "break" in drag.card.dataset) : null;
    if (!home || home === board.beside) {
      drag.shadow.remove();
      return;
    }
    home.append(drag.shadow);
    drag.shadow.textContent = board.hours(goal);
    drag.shadow.style.top = `${board.y(goal.starts)}px`;
    drag.shadow.style.height = `${(goal.ends - goal.starts) * board.scale}px`;
  }

  // Near an edge of the frame the plan comes along.
  function scroll() {
    if (!drag?.moving) return;
    const box = board.frame.getBoundingClientRect();
    const inX = drag.x > box.left && drag.x < box.right;
    const inY = drag.y > box.top && drag.y < box.bottom;
    if (inX && inY) {
      const { scrollLeft, scrollTop } = board.frame;
      board.frame.scrollBy({
        left: push(drag.x, box.left, box.right),
        top: push(drag.y, box.top, box.bottom),
        behavior: "instant",
      });
      if (scrollLeft !== board.frame.scrollLeft || scrollTop !== board.frame.scrollTop) show();
    }
    requestAnimationFrame(scroll);
  }

  function end(done) {
    if (!drag) return;
    const { card, shadow, moving, goal } = drag;
    drag = null;
    if (!moving) return;
    shadow.remove();
    card.classList.remove("dragged");
    board.root.classList.remove("dragging");
    for (const element of board.root.querySelectorAll(".over")) element.classList.remove("over");
    // The press must not become a click on the link in the card.
    const quiet = (event) => event.preventDefault();
    addEventListener("click", quiet, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", quiet, { capture: true }));
    if (done && goal) moves.move(card, goal);
  }

  board.root.addEventListener("pointerdown", press);
  board.root.addEventListener("dragstart", (event) => event.preventDefault());
  addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    drag.x = event.clientX;
    drag.y = event.clientY;
    if (!drag.moving && Math.hypot(drag.x - drag.from.x, drag.y - drag.from.y) > FAR) begin();
    if (drag.moving) show();
  });
  addEventListener("pointerup", (event) => {
    if (event.pointerId === drag?.pointer) end(true);
  });
  addEventListener("pointercancel", (event) => {
    if (event.pointerId === drag?.pointer) end(false);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag?.moving) end(false);
  });

  // "2021-12-15T10:00", as a form has it: Swedish writes dates in this order.
  function local(at) {
    const written = new Date(at).toLocaleString("sv-SE", { timeZone: board.root.dataset.zone });
    return written.slice(0, 16).replace(" ", "T");
  }

  // A double click on a free place: a session is added there.
  board.root.addEventListener("dblclick", (event) => {
    const slots = event.target;
    if (!board.root.dataset.add || slots.dataset.slots === undefined) return;
    const starts = board.at(event.clientY - slots.getBoundingClientRect().top, board.closes - STEP);
    const asked = { starts_at: local(starts), ends_at: local(starts + 12 * STEP), room: slots.dataset.slots };
    location.assign(`${board.root.dataset.add}?${new URLSearchParams(asked)}`);
  });
  return () => (drag?.moving ? drag.card.dataset.card : null);
}
