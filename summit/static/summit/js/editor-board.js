// On data-board in the agenda editor: the plan to scale.
// Where a moment lies, in which room, and how cards that overlap share its width.
// A place is { starts, ends, room }: milliseconds, or null where a session has no time; "" is no room.
export const MINUTE = 60000;
export const STEP = 5 * MINUTE;
const ROW = 48; // px of a row, as in editor.css
const SHORT = 40; // px: too low for two lines

export const same = (a, b) => a.starts === b.starts && a.ends === b.ends && a.room === b.room;
const moment = (text) => (text ? Date.parse(text) : null);

export class Board {
  constructor(root) {
    this.root = root;
    this.clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: root.dataset.zone });
    this.lengths = new Map(); // of sessions that had a time on this page
    root.classList.add("live");
    this.read();
    const first = Math.min(...this.cards().map((card) => this.placeOf(card).starts ?? Infinity));
    if (Number.isFinite(first)) this.frame.scrollTop = this.y(first) - ROW;
  }

  // Take the plan as the page has it now.
  read() {
    const { dataset } = this.root;
    this.opens = moment(dataset.opens);
    this.closes = moment(dataset.closes);
    this.from = moment(dataset.from);
    this.past = moment(dataset.past);
    this.scale = ROW / (Number(dataset.zoom) * MINUTE); // px of a millisecond
    this.frame = this.root.querySelector("[data-frame]");
    this.beside = this.root.querySelector("[data-beside]");
    this.everywhere = this.root.querySelector("[data-all]");
    this.lanes = [...this.root.querySelectorAll("[data-slots]")];
    const height = `${(this.closes - this.opens) * this.scale}px`;
    for (const slots of [this.everywhere, ...this.lanes]) slots.style.height = height;
    this.root.querySelector("[data-ruler]").style.height = height;
    for (const hour of this.root.querySelectorAll("[data-ruler] [data-at]")) {
      hour.style.top = `${this.y(moment(hour.dataset.at))}px`;
    }
    for (const span of this.root.querySelectorAll("[data-slots] > [data-until]")) {
      const from = moment(span.dataset.from);
      const until = moment(span.dataset.until);
      span.style.top = `${this.y(from)}px`;
      span.style.height = `${(until - from) * this.scale}px`;
    }
    for (const card of this.cards()) this.remember(card);
    for (const slots of [this.everywhere, ...this.lanes]) this.layOut(slots);
  }

  y(at) {
    return (at - this.opens) * this.scale;
  }

  // The moment at that height, snapped; never before the plan opens.
  at(y, latest = this.closes) {
    const steps = Math.round(y / this.scale / STEP);
    return Math.min(latest, Math.max(this.opens, this.opens + steps * STEP));
  }

  hours({ starts, ends }) {
    return `${this.clock.format(starts)}–${this.clock.format(ends)}`;
  }

  cards() {
    return [...this.root.querySelectorAll("[data-card]")];
  }

  card(code) {
    return this.root.querySelector(`[data-card="${CSS.escape(code)}"]`);
  }

  lane(room) {
    return this.lanes.find((slots) => slots.dataset.slots === room);
  }

  roomName(room) {
    return this.lane(room)?.dataset.name ?? room;
  }

  placeOf(card) {
    const { starts, ends, room } = card.dataset;
    return { starts: moment(starts), ends: moment(ends), room };
  }

  remember(card) {
    const { starts, ends } = this.placeOf(card);
    if (starts !== null) this.lengths.set(card.dataset.card, ends - starts);
  }

  // How long a session lies in the plan that has no time now.
  length(card) {
    const usual = ("break" in card.dataset ? 30 : 60) * MINUTE;
    return this.lengths.get(card.dataset.card) ?? usual;
  }

  isToday(place) {
    return place.starts !== null && place.starts >= this.from && place.starts < this.past;
  }

  home(place, isBreak) {
    if (place.starts === null) return this.beside;
    if (!this.isToday(place)) return null;
    return isBreak && !place.room ? this.everywhere : this.lane(place.room);
  }

  // Lay a card there; one of another day leaves the page.
  put(card, place) {
    const before = card.parentElement;
    const home = this.home(place, "break" in card.dataset);
    card.dataset.starts = place.starts === null ? "" : new Date(place.starts).toISOString();
    card.dataset.ends = place.ends === null ? "" : new Date(place.ends).toISOString();
    card.dataset.room = place.room;
    card.querySelector(".when").firstChild.nodeValue = place.starts === null ? "" : `${this.hours(place)} `;
    this.remember(card);
    const focused = card.contains(document.activeElement);
    if (!home) card.remove();
    else if (home !== before) home.append(card);
    if (home === this.beside) card.removeAttribute("style");
    for (const slots of new Set([before, home])) {
      if (slots && slots !== this.beside) this.layOut(slots);
    }
    if (focused && home) card.focus({ preventScroll: true });
    this.count();
  }

  // A card as the server has drawn it takes the place of the one with its code.
  replace(html) {
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    const card = template.content.firstElementChild;
    const old = this.card(card.dataset.card);
    const place = this.placeOf(card);
    if (old) {
      const focused = old.contains(document.activeElement);
      card.tabIndex = old.tabIndex;
      old.replaceWith(card);
      if (focused) card.focus({ preventScroll: true });
    } else {
      this.root.querySelector("[data-beside]").append(card);
    }
    this.put(card, place);
    return card;
  }

  // How many sessions each day has now, by its date.
  countDays(numbers) {
    for (const tab of this.root.querySelectorAll("[data-date]")) {
      tab.querySelector("[data-number]").textContent = numbers[tab.dataset.date] ?? 0;
    }
  }

  count() {
    this.root.querySelector("[data-unscheduled] [data-count]").textContent = this.beside.children.length;
  }

  // Cards that overlap stand side by side: each group of them gets as many columns as it needs.
  layOut(slots) {
    const cards = [...slots.children].filter((element) => element.dataset.card);
    const timed = cards
      .map((card) => ({ card, ...this.placeOf(card) }))
      .sort((a, b) => a.starts - b.starts || b.ends - a.ends);
    let group = [];
    let until = -Infinity;
    const close = () => {
      const columns = Math.max(...group.map((each) => each.column)) + 1;
      for (const each of group) this.draw(each, columns);
      group = [];
    };
    for (const each of timed) {
      if (each.starts >= until && group.length) close();
      const busy = group.filter((other) => other.ends > each.starts).map((other) => other.column);
      each.column = 0;
      while (busy.includes(each.column)) each.column += 1;
      group.push(each);
      until = Math.max(until, each.ends);
    }
    if (group.length) close();
  }

  draw({ card, starts, ends, column }, columns) {
    const height = (ends - starts) * this.scale;
    card.style.top = `${this.y(starts) + 1}px`;
    card.style.height = `${height - 2}px`;
    card.style.left = `calc(${(column / columns) * 100}% + 2px)`;
    card.style.width = `calc(${100 / columns}% - 4px)`;
    card.classList.toggle("short", height < SHORT);
  }
}
