// On data-live-from, the address of what is live: looks again every few seconds while the page is seen, and puts each piece
// where data-live has its name. Whoever needs to know of it listens for the event "live".
const page = document.querySelector("[data-live-from]");
const SLOWEST = 60_000; // ms between two looks while nobody answers
const CALM = 3; // seconds between two looks of a page on which nobody reads along
let every = 5_000;
let failed = 0;
let timer = 0;
let etag = "";

// Swapped only where it differs, so that nothing is read out again; the element in use stays in use.
// Where it says data-live-keeps, what stands there already stays in place: who listens hears each part once.
function swap(place, html) {
  if (!place.hasAttribute("data-live-keeps")) {
    place.innerHTML = html;
    return;
  }
  const news = document.createElement("div");
  news.innerHTML = html;
  const same = (part) => part.outerHTML.replace(/\s+/g, " ");
  const kept = new Map([...place.children].map((part) => [same(part), part]));
  const wanted = [...news.children].map((part) => kept.get(same(part)) ?? part);
  for (const part of [...place.children]) if (!wanted.includes(part)) part.remove();
  wanted.forEach((part, index) => {
    if (place.children[index] !== part) place.insertBefore(part, place.children[index] ?? null);
  });
}

function put(place, html) {
  if (place.dataset.liveHtml === html) return;
  const first = place.dataset.liveHtml === undefined;
  place.dataset.liveHtml = html;
  if (first && place.innerHTML.trim() === html.trim()) return;
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  swap(place, html);
  if (focused) document.getElementById(focused)?.focus();
  place.dispatchEvent(new CustomEvent("live", { bubbles: true }));
}

function show({ pieces, every: seconds }) {
  // Every word is for those who read along; others, and whoever saves data, look less often.
  const reads = page.querySelector("[data-captions]:not([data-off])") && !navigator.connection?.saveData;
  every = Math.max(seconds, reads ? 0 : CALM) * 1000;
  for (const place of document.querySelectorAll("[data-live]")) {
    const html = pieces[place.dataset.live];
    if (html !== undefined) put(place, html);
  }
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(look, wait * (1 + Math.random() / 2));
}

export async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  let wait = every;
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(page.dataset.liveFrom, {
      headers,
      cache: "no-store",
      signal: AbortSignal.timeout(15_000),
    });
    if (answer.status !== 304) {
      if (!answer.ok) {
        wait = 1000 * Number(answer.headers.get("Retry-After") ?? 0);
        throw new Error(answer.status);
      }
      show(await answer.json());
      etag = answer.headers.get("ETag") ?? "";
    }
    failed = 0;
    page.toggleAttribute("data-live-lost", false);
  } catch {
    failed += 1;
    page.toggleAttribute("data-live-lost", failed > 2);
    wait = Math.max(wait, Math.min(every * 2 ** failed, SLOWEST));
  }
  later(wait);
}

if (page) {
  later(every);
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  addEventListener("online", look);
}
