// On data-screen-script, screens at the venue: the clock, what is on now, and news every half minute.
// Without a network it goes on alone.
const REFRESH = 30_000; // ms
const TURN = 15_000; // ms a page of rooms stays, where there are more than fit
const FIT = matchMedia("(orientation: portrait)").matches ? 4 : 5; // rooms at once, where something is on in each
const QUIET = 0.55; // the height of a room where nothing is on, beside one where something is
const { zone, at } = document.body.dataset;
const rehearsal = at ? Number(at) - Date.now() : null;
const lost = document.querySelector("[data-lost]");
const loaded = document.querySelector("[data-screen-script]").src;
let skew = rehearsal ?? 0; // of this device's clock against the server's
let etag = "";
let answeredAt = Date.now();
const now = () => Date.now() + skew;

const clock = document.querySelector("[data-clock]");
const today = document.querySelector("[data-today]");
const HOURS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const DAY = { weekday: "short", day: "numeric", month: "short" };
const hours = new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...HOURS });
const days = [...today.querySelectorAll("[lang]")].map((span) => {
  const locale = span.lang === "en" ? "en-GB" : span.lang;
  return { span, format: new Intl.DateTimeFormat(locale, { timeZone: zone, ...DAY }) };
});

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// The same rule as place() in sessions/screens.py.
function place(lane, moment) {
  const { mostNow, mostNext } = lane.dataset;
  let on = 0;
  let following = 0;
  for (const slot of lane.querySelectorAll(".slot")) {
    const starts = Number(slot.dataset.starts);
    const ends = Number(slot.dataset.ends);
    let state = ends <= moment ? "past" : "later";
    if (starts <= moment && moment < ends && on < mostNow) {
      state = "now";
      on += 1;
    } else if (starts > moment && following < mostNext) {
      state = "next";
      following += 1;
    }
    slot.toggleAttribute("data-far", moment < Number(slot.dataset.day));
    if (slot.dataset.state !== state) slot.dataset.state = state;
    slot.hidden = state === "past" || state === "later";
  }
  lane.querySelector("[data-idle]").hidden = on > 0 || following === 0;
  return on + following;
}

function inPages(lanes) {
  const pages = [];
  let room = 0;
  for (const lane of lanes) {
    const height = lane.querySelector('[data-state="now"]') ? 1 : QUIET;
    if (!pages.length || room + height > FIT) {
      pages.push([]);
      room = 0;
    }
    pages.at(-1).push(lane);
    room += height;
  }
  return pages;
}

function tick() {
  const moment = now();
  say(clock, hours.format(moment));
  for (const { span, format } of days) say(span, format.format(moment));
  clock.hidden = false;
  today.hidden = false;
  const lanes = [...document.querySelectorAll(".lane")];
  const busy = lanes.filter((lane) => place(lane, moment) > 0);
  document.querySelector("[data-over]").hidden = busy.length > 0;
  for (const part of document.querySelectorAll("[data-until]")) {
    part.hidden = moment < Number(part.dataset.from) || moment >= Number(part.dataset.until);
  }
  const pages = inPages(busy);
  const shown = pages[Math.floor(Date.now() / TURN) % pages.length] ?? [];
  for (const lane of lanes) lane.hidden = !shown.includes(lane);
  const board = document.querySelector("[data-lanes]");
  if (board) board.dataset.lanes = shown.length;
  // Whatever appeared just now turns its languages together with the rest.
  for (const turning of document.getAnimations()) {
    if (turning.startTime) turning.startTime = 0;
  }
}

function show(text) {
  const news = new DOMParser().parseFromString(text, "text/html");
  const main = news.querySelector("main");
  const script = news.querySelector("[data-screen-script]");
  if (!main || !script) throw new Error("no screen");
  // A new release has other scripts and styles.
  if (new URL(script.getAttribute("src"), location.href).href !== loaded) location.reload();
  document.querySelector("main").replaceWith(main);
}

async function refresh() {
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(location.href, { headers, cache: "no-store", signal: AbortSignal.timeout(15_000) });
    if (answer.status !== 304) {
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.text());
      etag = answer.headers.get("ETag") ?? "";
    }
    answeredAt = Date.now();
    const told = Date.parse(answer.headers.get("Date"));
    if (rehearsal === null && told) skew = Math.abs(told - answeredAt) > 3000 ? told - answeredAt : 0;
    lost.hidden = true;
  } catch {
    say(lost.querySelector("[data-since]"), hours.format(answeredAt + (rehearsal === null ? skew : 0)));
    lost.hidden = false;
  }
  tick();
}

tick();
setInterval(tick, 1000);
setInterval(refresh, REFRESH);
addEventListener("online", refresh);
addEventListener("offline", refresh);
document.addEventListener("dblclick", () => document.documentElement.requestFullscreen?.());
// A tablet at a door must not fall asleep; where that is not allowed, its own settings must see to it.
const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
