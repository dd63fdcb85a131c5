// On data-keep, private pages: "keep this ticket on this device", a copy made and removed by its reader alone.
const box = document.querySelector("[data-keep]");
const SAVED_AT = "X-Saved-At";
const AT_LEAST = 7 * 86_400_000; // ms a copy is kept, also after the summit

// The page without its forms and everything else of it that is not shown at a door.
function copy(only) {
  const page = document.documentElement.cloneNode(true);
  delete page.dataset.saved;
  const kept = [...page.querySelectorAll(only)];
  page.querySelector("main > .page").replaceChildren(...kept);
  for (const extra of page.querySelectorAll("form, .corner, [data-keep]")) extra.remove();
  return `<!doctype html>\n${page.outerHTML}`;
}

async function store() {
  return caches.open(box.dataset.keep);
}

async function found() {
  const cache = await store();
  return cache.match(location.pathname);
}

async function forget() {
  const cache = await store();
  await cache.delete(location.pathname);
}

async function keep() {
  const over = Date.parse(`${box.dataset.until}T23:59:59Z`);
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    [SAVED_AT]: new Date().toISOString(),
    "X-Keep-Until": new Date(Math.max(over, Date.now() + AT_LEAST)).toISOString(),
  };
  const cache = await store();
  await cache.put(location.pathname, new Response(copy(box.dataset.only), { headers }));
}

async function show() {
  const kept = await found();
  box.querySelector("[data-keep-it]").hidden = Boolean(kept);
  box.querySelector("[data-kept]").hidden = !kept;
  box.hidden = false;
}

if (box && globalThis.caches) {
  if (document.documentElement.dataset.saved) {
    box.hidden = true;
  } else if (box.dataset.gone !== undefined) {
    await caches.delete(box.dataset.keep);
  } else if (box.dataset.replaced !== undefined) {
    await forget(); // this page's copy; that of the new link stays
  } else {
    // What was kept before is kept as it is now.
    if (await found()) await keep();
    await show();
    box.querySelector("[data-keep-it] button").addEventListener("click", () => keep().then(show));
    box.querySelector("[data-kept] button").addEventListener("click", () => forget().then(show));
  }
}
