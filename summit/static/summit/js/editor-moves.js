// On data-board in the agenda editor: a move is shown at once and sent; data-undo takes it back.
// Where the server says no, the plan shows what it says.
import { same } from "./editor-board.js";

const UNDONE = 50; // moves that can be undone, at most

export class Moves {
  constructor(board, clashes, voice) {
    this.board = board;
    this.clashes = clashes;
    this.voice = voice;
    this.queue = Promise.resolve(); // one after the other: each is made on the version the one before left
    this.waiting = new Map(); // codes, and how many of their moves have no answer yet
    this.versions = new Map(); // codes, and the version of their plan the server told last
    this.refused = new Map(); // codes, and the first of their moves that was refused: { before, answer }
    this.held = () => null; // the code of the card that is in somebody's hand
    this.key = `undo ${board.root.dataset.moves}`;
    this.done = this.remembered(); // what can be undone, the newest last
    this.button = board.root.querySelector("[data-undo]");
    this.button?.addEventListener("click", () => this.undo());
    this.remember();
    addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, textarea, select");
      const undoes = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
      if (!undoes || typing || !this.done.length) return;
      event.preventDefault();
      if (!this.held()) this.undo(); // first what is in the hand
    });
  }

  // Another day is another page: what was done before can be undone there, too, as long as the window is open.
  remembered() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    } catch {
      return [];
    }
  }

  remember() {
    this.done = this.done.slice(-UNDONE);
    if (this.button) this.button.hidden = !this.done.length;
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.done));
    } catch {} // a browser that keeps nothing: undone on this page alone
  }

  // `before` is where the card lay when somebody took it up.
  move(card, place, before = this.board.placeOf(card), undoing = false) {
    if (same(place, before)) {
      this.board.put(card, before);
      return this.queue;
    }
    const code = card.dataset.card;
    this.board.put(card, place);
    card.classList.add("pending");
    this.waiting.set(code, (this.waiting.get(code) ?? 0) + 1);
    this.queue = this.queue.then(() => this.finish(card, place, before, undoing));
    return this.queue;
  }

  async finish(card, place, before, undoing) {
    const code = card.dataset.card;
    // What was refused once was made on a plan nobody had seen: nor are the moves sent that followed it.
    const answer = this.refused.has(code) ? null : await this.send(code, place, card);
    this.waiting.set(code, this.waiting.get(code) - 1);
    const last = this.waiting.get(code) === 0;
    const shown = this.board.card(code) ?? card;
    shown.classList.toggle("pending", !last);
    if (!answer?.sessions || answer.error) this.refuse(code, shown, before, answer, last);
    else this.accept(shown, place, before, answer, undoing);
  }

  accept(shown, place, before, answer, undoing) {
    const code = shown.dataset.card;
    this.take(answer);
    if (!undoing) this.done.push({ code, before });
    // The version each move left: an undo that others have overtaken is refused as any move is.
    for (const each of this.done) {
      if (each.code === code) each.version = this.versions.get(code);
    }
    this.remember();
    const card = this.board.card(code) ?? shown;
    const words = {
      title: card.dataset.title,
      place: this.voice.place(place, "break" in card.dataset),
      day: this.dayOf(place),
    };
    const away = place.starts !== null && !this.board.isToday(place);
    this.voice.say(away ? "away" : "done", words);
  }

  refuse(code, shown, before, answer, last) {
    if (!this.refused.has(code)) {
      this.refused.set(code, { before, answer });
      this.voice.say(answer?.error?.message ?? "failed", {}, true);
    }
    if (!last) return;
    const first = this.refused.get(code);
    this.refused.delete(code);
    if (first.answer?.sessions) this.take(first.answer);
    else if (shown.isConnected || this.board.isToday(first.before)) this.board.put(shown, first.before);
  }

  // The server's word on sessions and their conflicts; a card that is on its way elsewhere only learns its version.
  take(answer) {
    for (const { code, version, html } of answer.sessions) {
      this.versions.set(code, version);
      if (!this.waiting.get(code) && this.held() !== code) this.board.replace(html);
    }
    const codes = answer.sessions.map((session) => session.code);
    this.clashes.replace(codes, answer.conflicts);
  }

  async send(code, { starts, ends, room }, card) {
    const body = new URLSearchParams({ code, version: this.versions.get(code) ?? card.dataset.version });
    if (starts === null) {
      body.set("unscheduled", "1");
    } else {
      body.set("starts_at", new Date(starts).toISOString());
      body.set("ends_at", new Date(ends).toISOString());
      body.set("room", room);
    }
    const { moves, csrf } = this.board.root.dataset;
    try {
      const answer = await fetch(moves, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": csrf },
        body,
      });
      if (answer.status === 404) return { error: { message: "gone" } };
      return await answer.json();
    } catch {
      return null;
    }
  }

  dayOf(place) {
    const days = [...this.board.root.querySelectorAll("[data-first]")];
    return days.findLast((day) => Date.parse(day.dataset.first) <= place.starts)?.dataset.day ?? "";
  }

  undo() {
    const { code, before, version } = this.done.pop();
    this.remember();
    // A session that was taken to another day has no card here: what is sent needs none.
    const card = this.board.card(code) ?? this.elsewhere(code, version);
    return this.move(card, before, undefined, true);
  }

  elsewhere(code, version) {
    const card = document.createElement("article");
    const known = this.versions.get(code) ?? version;
    Object.assign(card.dataset, { card: code, starts: "", ends: "", room: "", title: "", version: known });
    card.innerHTML = '<p class="when"> </p>';
    return card;
  }
}
