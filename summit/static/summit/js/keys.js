// On dialog[data-keys] and [data-cells], the workspace: "?" shows the keys of the page; j, k, x and e work in its list.
// Elsewhere a key does what stands on [data-key]: links and buttons are pressed, fields entered.
const dialog = document.querySelector("dialog[data-keys]");
const list = document.querySelector("[data-cells]");

function rows() {
  return [...list.querySelectorAll("tbody tr")];
}

function current() {
  return rows().find((row) => row.contains(document.activeElement));
}

function move(step) {
  const all = rows();
  const now = all.indexOf(current());
  const next = now < 0 ? all[0] : all[Math.min(Math.max(now + step, 0), all.length - 1)];
  next?.querySelector("th a, td a, input")?.focus();
}

const actions = {
  j: () => move(1),
  k: () => move(-1),
  x: () => current()?.querySelector("input[name=chosen]")?.click(),
  e: () => current()?.querySelector(".cell-edit")?.click(),
};

addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "?" && dialog) {
    event.preventDefault();
    dialog.showModal();
  } else if (list && actions[event.key]) {
    event.preventDefault();
    actions[event.key]();
  } else if (!list && /^[a-z]$/.test(event.key)) {
    const element = document.querySelector(`[data-key="${event.key}"]`);
    if (!element) return;
    event.preventDefault();
    if (element.matches("a, button")) element.click();
    else element.focus();
  }
});
