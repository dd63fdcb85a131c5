// On [data-cockpit] and [data-ends-at], pages of whoever runs a session: the clock, and the keys of the queue.
const cockpit = document.querySelector("[data-cockpit]");
const keys = document.querySelector("#use-keys");
const KEPT = "cockpit-keys"; // whether keys are used, in this browser

function clock(element) {
  const { endsAt, startsAt, over } = element.dataset;
  const left = Number(endsAt) - Math.max(Date.now(), Number(startsAt));
  const seconds = Math.floor(left / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  const shown = hours ? `${hours}:${rest}` : rest;
  const words = seconds < 0 ? over : shown;
  if (element.textContent !== words) element.textContent = words;
  element.classList.toggle("late", seconds < 300);
}

const clocks = document.querySelectorAll("[data-ends-at]");
function tick() {
  for (const element of clocks) clock(element);
}
if (clocks.length) {
  tick();
  setInterval(tick, 1000);
}

const all = () => [...cockpit.querySelectorAll("[data-question]")];
const current = () => document.activeElement?.closest("[data-question]");

function move(step) {
  const rows = all();
  const now = rows.indexOf(current());
  const next = now < 0 ? rows[0] : rows[Math.min(Math.max(now + step, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function press(event) {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  if (typing || !keys.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const step = { j: 1, k: -1 }[event.key];
  const button = /^[a-z]$/.test(event.key) ? current()?.querySelector(`[data-does="${event.key}"]`) : null;
  if (!step && !button) return;
  event.preventDefault();
  if (step) move(step);
  else button.click();
}

if (cockpit && keys) {
  keys.checked = localStorage.getItem(KEPT) !== "off";
  keys.addEventListener("change", () => localStorage.setItem(KEPT, keys.checked ? "on" : "off"));
  cockpit.querySelector("[data-keys-switch]").hidden = false;
  addEventListener("keydown", press);
}
