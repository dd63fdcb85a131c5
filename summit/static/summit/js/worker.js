// On every page of one public summit, registered by offline.js: its service worker.
// SETTINGS comes before this text: summit, build, places, private, static, theme.
// Public pages: the network first, a kept copy where it is away or slow, with the moment it was last known to be true.
// Private pages are only kept by their own button (keep.js), in a store of their own; this script never writes there.
const PREFIX = `summit-${SETTINGS.summit}-`;
const PAGES = `${PREFIX}pages-${SETTINGS.build}`;
const FILES = `${PREFIX}files-${SETTINGS.build}`;
const OWN = `${PREFIX}own`;
const PATIENCE = 4000; // ms until a kept copy is shown instead of waiting
const MOST_PAGES = 80;
const SAVED_AT = "X-Saved-At";
const homes = Object.keys(SETTINGS.places);

// A copy with the moment it was known to be current.
async function keep(name, url, answer, body) {
  const headers = new Headers(answer.headers);
  headers.set(SAVED_AT, new Date().toISOString());
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  const cache = await caches.open(name);
  await cache.put(url, new Response(body ?? (await answer.blob()), { headers }));
}

// What is the same for everybody says so itself; nothing else is ever kept here.
function isPublic(answer) {
  const said = answer.headers.get("Cache-Control") ?? "";
  return answer.status === 200 && answer.type === "basic" && /\bpublic\b/.test(said);
}

async function ask(url, kept) {
  const etag = kept?.headers.get("ETag");
  const headers = { Accept: "text/html" };
  if (etag) headers["If-None-Match"] = etag;
  const answer = await fetch(url, { headers, cache: "no-store", credentials: "same-origin", redirect: "manual" });
  if (answer.status === 304 && kept) {
    await keep(PAGES, url, kept, await kept.clone().blob());
    return kept.clone();
  }
  if (isPublic(answer)) {
    await keep(PAGES, url, answer.clone());
    await trim();
  } else if (answer.status === 404 || answer.status === 410) {
    const cache = await caches.open(PAGES);
    await cache.delete(url);
  }
  return answer;
}

async function trim() {
  const cache = await caches.open(PAGES);
  const spare = (await cache.keys()).filter((request) => !essential().includes(new URL(request.url).pathname));
  for (const request of spare.slice(0, Math.max(0, spare.length - MOST_PAGES))) await cache.delete(request);
}

const essential = () => homes.flatMap((home) => Object.values(SETTINGS.places[home]));

// The page says itself how old it is: offline.js reads the attribute.
async function aged(kept) {
  const headers = new Headers(kept.headers);
  const text = (await kept.text()).replace("<html ", `<html data-saved="${headers.get(SAVED_AT)}" `);
  return new Response(text, { headers });
}

async function keptPage(url) {
  const cache = await caches.open(PAGES);
  return (await cache.match(url)) ?? (await cache.match(url, { ignoreSearch: true }));
}

async function standIn(url) {
  const home = homes.find((each) => url.pathname.startsWith(each));
  const ownPages = await caches.open(OWN);
  const own = await ownPages.match(url.pathname);
  const over = own && Date.parse(own.headers.get("X-Keep-Until")) < Date.now();
  if (own && !over) return aged(own);
  const cache = await caches.open(PAGES);
  return (await cache.match(SETTINGS.places[home].offline)) ?? Response.error();
}

// The network, or what is kept: at once where the network is away, after a while where it is slow.
async function page(event, url) {
  const cache = await caches.open(PAGES);
  const exact = await cache.match(url.href);
  const network = ask(url.href, exact);
  event.waitUntil(network.catch(() => {}));
  const kept = await keptPage(url.href);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    const answer = kept ? await Promise.race([network, late]) : await network;
    if (answer && answer.status < 500) return answer;
    return kept ? aged(kept) : (answer ?? standIn(url));
  } catch {
    return kept ? aged(kept) : standIn(url);
  }
}

// What has no public copy: always the network; a ticket kept on this device where it is away.
async function own(event, url) {
  try {
    return await fetch(event.request);
  } catch {
    return standIn(url);
  }
}

// Kept at once, asked for anew meanwhile. Names with a hash never change, so most of the time nothing is asked.
async function file(event) {
  const kept = await caches.match(event.request.url, { cacheName: FILES });
  const network = async () => {
    const answer = await fetch(event.request);
    if (answer.status === 200 && answer.type === "basic") await keep(FILES, event.request.url, answer.clone());
    return answer;
  };
  if (!kept) return network();
  const hashed = /\.[0-9a-f]{12}\./.test(event.request.url);
  if (!hashed) event.waitUntil(network().catch(() => {}));
  return kept;
}

// Styles and scripts a page names, and the scripts those import; not its fonts, which the browser keeps by itself.
function filesOf(text, base) {
  const named = [
    ...text.matchAll(/<link rel="(?:stylesheet|icon|manifest|apple-touch-icon)" href="([^"]+)"/g),
    ...text.matchAll(/<script[^>]* src="([^"]+)"/g),
    // Names with a hash are written without the space: import directly followed by the quotation mark.
    ...text.matchAll(/^import\s*(?:[^"']*?from\s*)?["']([^"']+)["']/gm),
  ];
  return named
    .map(([, path]) => new URL(path.replaceAll("&amp;", "&"), base))
    .filter((url) => url.origin === location.origin);
}

async function precache() {
  const seen = new Set();
  for (const url of [...essential(), ...(await pagesOfOlderBuilds())]) {
    try {
      const answer = await fetch(url, { cache: "no-cache", credentials: "same-origin" });
      if (!isPublic(answer)) continue;
      const text = await answer.clone().text();
      await keep(PAGES, url, answer);
      await Promise.all(filesOf(text, new URL(url, location.origin)).map((each) => keepFile(each.href, seen)));
    } catch (error) {
      if (essential().includes(url)) throw error;
    }
  }
}

async function keepFile(href, seen) {
  if (seen.has(href)) return;
  seen.add(href);
  const answer = await fetch(href, { cache: "no-cache", credentials: "same-origin" });
  if (answer.status !== 200) return;
  const text = href.includes(".js") ? await answer.clone().text() : "";
  await keep(FILES, href, answer);
  if (text) await Promise.all(filesOf(text, href).map((each) => keepFile(each.href, seen)));
}

async function pagesOfOlderBuilds() {
  const found = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith(`${PREFIX}pages-`) || name === PAGES) continue;
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (!essential().includes(new URL(request.url).pathname)) found.push(request.url);
    }
  }
  return found.slice(-MOST_PAGES);
}

async function forgetOlderBuilds() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && ![PAGES, FILES, OWN].includes(name)) await caches.delete(name);
  }
  const kept = await caches.open(OWN);
  for (const request of await kept.keys()) {
    const answer = await kept.match(request);
    const until = Date.parse(answer.headers.get("X-Keep-Until"));
    if (until < Date.now()) await kept.delete(request);
  }
}

// Which of our pages an address is: "public", "own" (behind a private address), or "" for what is left alone.
function kind(url) {
  const home = homes.find((each) => url.pathname.startsWith(each));
  if (url.origin !== location.origin || !home) return "";
  const rest = url.pathname.slice(home.length);
  if (SETTINGS.private.some((part) => rest.startsWith(part)) || /\.\w+$/.test(rest)) return "";
  return /^(registrations|my-)/.test(rest) ? "own" : "public";
}

// The page somebody arrived on was loaded before there was a worker to keep it.
async function keepOpenPages() {
  await self.clients.claim();
  const cache = await caches.open(PAGES);
  for (const { url } of await self.clients.matchAll({ type: "window" })) {
    const address = new URL(url);
    address.hash = "";
    if (kind(address) !== "public") continue;
    const kept = await cache.match(address.href);
    await ask(address.href, kept).catch(() => {});
  }
}

// Something the browser was asked to tell: shown, and opened where it leads, which is a page of ours.
function told(event) {
  const { title, body, lang, tag, urgent, url } = event.data.json();
  const options = { body, lang, tag, requireInteraction: urgent, data: { url }, icon: SETTINGS.icon };
  return self.registration.showNotification(title, options);
}

async function follow(address) {
  const url = new URL(address, location.origin);
  if (url.origin !== location.origin) return;
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = open.find((client) => client.url === url.href);
  if (there) await there.focus();
  else await self.clients.openWindow(url.href);
}

self.addEventListener("push", (event) => {
  if (event.data) event.waitUntil(told(event));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(follow(event.notification.data.url));
});
self.addEventListener("install", (event) => event.waitUntil(precache().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlderBuilds().then(keepOpenPages)));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    const which = kind(url);
    if (which === "own") event.respondWith(own(event, url));
    else if (which) event.respondWith(page(event, url));
  } else if (["style", "script", "image", "manifest"].includes(request.destination)) {
    const theme = url.pathname === SETTINGS.theme;
    if (theme || url.pathname.startsWith(SETTINGS.static)) event.respondWith(file(event));
  }
});
