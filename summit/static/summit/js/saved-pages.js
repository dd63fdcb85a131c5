// On data-saved-pages, the page for no network: what this device has kept of the summit, to choose from.
const list = document.querySelector("[data-saved-pages]");

async function titles() {
  const found = new Map();
  for (const name of await caches.keys()) {
    if (!name.startsWith(`summit-${list.dataset.savedPages}-`) || name.includes("-files-")) continue;
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url);
      if (pathname.endsWith("/offline/") || !pathname.startsWith(list.dataset.home)) continue;
      const kept = await cache.match(request);
      const page = new DOMParser().parseFromString(await kept.text(), "text/html");
      found.set(pathname, page.querySelector("h1")?.textContent.trim() || page.title);
    }
  }
  return [...found].sort(([, a], [, b]) => a.localeCompare(b));
}

function entry(path, title) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = path;
  link.textContent = title;
  item.append(link);
  return item;
}

if (list && globalThis.caches) {
  const found = await titles();
  list.replaceChildren(...found.map(([path, title]) => entry(path, title)));
  list.closest("section").hidden = found.length === 0;
}
