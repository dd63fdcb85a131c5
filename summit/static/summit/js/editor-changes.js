// On data-board in the agenda editor: what others do meanwhile, asked for every few seconds while somebody looks.
const EVERY = 3000; // ms
const SHOWN = 6000; // ms that a card somebody else has moved stays marked
const PARTS = ["[data-lanes]", "[data-beside]", "[data-clashes]"];

export function follow(board, moves, voice) {
  const { root } = board;
  const busy = () => Boolean(moves.held());

  function moved(session) {
    const known = board.card(session.code);
    return Number(known?.dataset.version ?? moves.versions.get(session.code) ?? 0) < session.version;
  }

  function take(answer) {
    const sessions = answer.sessions.filter(moved);
    if (!sessions.length) return;
    const codes = new Set(sessions.map((session) => session.code));
    const conflicts = answer.conflicts.filter((each) => each.sessions.some((code) => codes.has(code)));
    moves.take({ sessions, conflicts });
    for (const session of sessions) {
      const card = board.card(session.code);
      if (!card) continue;
      card.classList.add("others");
      setTimeout(() => card.classList.remove("others"), SHOWN);
      const place = voice.place(board.placeOf(card), "break" in card.dataset);
      voice.say("others", { name: session.by || voice.line.dataset.somebody, title: card.dataset.title, place });
    }
  }

  // Something else is new, too: the page is asked for again and its parts take the place of ours.
  async function refresh() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-board]");
    if (!fresh || busy()) return;
    const focused = document.activeElement?.closest?.("[data-card]")?.dataset.card;
    for (const part of PARTS) {
      root.querySelector(part).replaceWith(document.adoptNode(fresh.querySelector(part)));
    }
    for (const name of ["opens", "closes", "mark", "stamp"]) root.dataset[name] = fresh.dataset[name];
    const numbers = {};
    for (const tab of fresh.querySelectorAll("[data-date]")) {
      numbers[tab.dataset.date] = tab.querySelector("[data-number]").textContent;
    }
    board.countDays(numbers);
    moves.versions = new Map();
    board.read();
    board.count();
    if (focused) board.card(focused)?.focus({ preventScroll: true });
    voice.say("fresh");
  }

  async function ask() {
    if (document.hidden || busy()) return;
    await moves.queue;
    const { changes, stamp, mark } = root.dataset;
    const address = `${changes}?${new URLSearchParams({ since: stamp })}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const found = await answer.json();
    if (busy()) return;
    await moves.queue;
    take(found);
    if (found.days) board.countDays(found.days);
    root.dataset.stamp = found.stamp;
    if (found.mark !== mark) await refresh();
  }

  async function always() {
    await ask().catch(() => {}); // without a network: asked again
    setTimeout(always, EVERY);
  }
  setTimeout(always, EVERY);
  document.addEventListener("visibilitychange", () => ask().catch(() => {}));
}
