// On data-captions, the text of what is being said: on and off, its size and its contrast, remembered in this browser.
const box = document.querySelector("[data-captions]");
const KEY = "captions";

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

if (box) {
  const set = { on: true, size: 0, contrast: false, ...read() };
  const apply = () => {
    box.toggleAttribute("data-off", !set.on);
    box.toggleAttribute("data-contrast", set.contrast);
    box.dataset.size = set.size;
    for (const button of box.querySelectorAll("[data-caption-set]")) {
      const name = button.dataset.captionSet;
      if (name !== "size") button.setAttribute("aria-pressed", String(set[name]));
    }
  };
  box.querySelector("[data-caption-settings]").hidden = false;
  box.addEventListener("click", ({ target }) => {
    const name = target.closest("[data-caption-set]")?.dataset.captionSet;
    if (!name) return;
    set[name] = name === "size" ? (set.size + 1) % 3 : !set[name];
    try {
      localStorage.setItem(KEY, JSON.stringify(set));
    } catch {
      // A browser that keeps nothing forgets it.
    }
    apply();
  });
  box.addEventListener("live", () => box.querySelector("[data-no-lines]")?.remove());
  apply();
}
