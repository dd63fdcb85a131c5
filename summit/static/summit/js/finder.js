// On a[data-finder], the workspace's search: Ctrl K and / open it over the page; what was opened lately comes first.
const link = document.querySelector("a[data-finder]");
const dialog = document.querySelector("dialog[data-finder-dialog]");
const RECENT = 8;
const WAIT = 120;

// What was kept under the first name held names of people.
function keptFor() {
  return `recent_pages_${link.dataset.finder}`;
}

function forgetFormer() {
  try {
    localStorage.removeItem(`recent_${link.dataset.finder}`);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function recent() {
  try {
    return JSON.parse(localStorage.getItem(keptFor()) ?? "[]");
  } catch {
    return [];
  }
}

// Pages of one thing, where they say that they may be kept: those of people do not, their names stay out of the browser.
function noteThisPage() {
  const heading = document.querySelector(".work h1")?.textContent.trim();
  const here = location.pathname;
  if (!heading || !document.querySelector(".work .crumbs[data-recent]") || here === link.pathname) return;
  const others = recent().filter((page) => page.address !== here);
  try {
    localStorage.setItem(keptFor(), JSON.stringify([{ address: here, label: heading }, ...others].slice(0, RECENT)));
  } catch {
    // A browser that keeps nothing has no recent pages.
  }
}

function showRecent(place) {
  const list = document.createElement("ul");
  for (const page of recent()) {
    const row = document.createElement("a");
    row.href = page.address;
    row.textContent = page.label;
    const item = document.createElement("li");
    item.append(row);
    list.append(item);
  }
  const heading = document.createElement("h2");
  heading.textContent = dialog.dataset.recent;
  place.replaceChildren(...(list.children.length ? [heading, list] : []));
}

function attach() {
  const input = dialog.querySelector("input");
  const place = dialog.querySelector("[data-finder-hits]");
  const said = dialog.querySelector("[role=status]");
  let timer;
  let asked = 0;

  async function search() {
    asked += 1;
    const mine = asked;
    const query = input.value.trim();
    if (!query) {
      showRecent(place);
      said.textContent = "";
      return;
    }
    const address = `${link.href}?${new URLSearchParams({ q: query })}`;
    const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
    // A later question has been asked meanwhile, or somebody has been signed out.
    if (mine !== asked) return;
    if (!answer.ok || answer.redirected) {
      location.assign(address);
      return;
    }
    const text = await answer.text();
    if (mine !== asked) return;
    const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-hits]");
    place.replaceChildren(...(found?.childNodes ?? []));
    const hits = place.querySelectorAll("a").length;
    said.textContent = hits ? dialog.dataset.found.replace("0", hits) : "";
  }

  function move(step) {
    const rows = [...place.querySelectorAll("a")];
    const now = rows.indexOf(document.activeElement);
    const next = now + step;
    if (next < 0) input.focus();
    else rows[Math.min(next, rows.length - 1)]?.focus();
  }

  function open() {
    if (dialog.open) return;
    showRecent(place);
    dialog.showModal();
    input.select();
  }

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT);
  });
  dialog.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    await search();
    place.querySelector("a")?.click();
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing) return;
    event.preventDefault();
    move(step);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  addEventListener("keydown", (event) => {
    const combined = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.target.closest("input, textarea, select, [contenteditable]");
    if ((combined || slash) && !event.altKey) {
      event.preventDefault();
      open();
    }
  });
}

if (link && dialog) {
  forgetFormer();
  noteThisPage();
  attach();
}
