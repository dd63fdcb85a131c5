// On data-bookmark, the stars of sessions: links become buttons that say whether the session is on one's agenda.
// Without an account the bookmarks are in a cookie, which the page of the personal agenda reads as well.
import { me } from "./me.js";

const links = [...document.querySelectorAll("a[data-bookmark]")];
const summit = document.querySelector("[data-account-corner]")?.dataset.summit;
const name = `bookmarks_${summit}`;
const KEPT = 300;

function kept() {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  const codes = found?.slice(name.length + 1) ?? "";
  return codes.split(".").filter(Boolean);
}

function keep(codes) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const life = codes.length ? 31536000 : 0;
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API.
  document.cookie = `${name}=${codes.slice(-KEPT).join(".")}; Path=/; Max-Age=${life}; SameSite=Lax${secure}`;
}

function show(button, bookmarked) {
  button.setAttribute("aria-pressed", String(bookmarked));
  if (button.dataset.on) button.textContent = bookmarked ? button.dataset.on : button.dataset.off;
}

async function change(button, answer) {
  const code = button.dataset.bookmark;
  const add = button.getAttribute("aria-pressed") !== "true";
  if (!answer.own) {
    const codes = kept().filter((other) => other !== code);
    keep(add ? [...codes, code] : codes);
    return add;
  }
  const sent = await fetch(button.dataset.href, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": answer.csrf },
    body: new URLSearchParams({ action: add ? "bookmark" : "unbookmark" }),
  });
  if (!sent.ok) throw new Error(String(sent.status));
  return add;
}

if (links.length && summit) {
  const answer = await me;
  const bookmarked = new Set(answer.own ? Object.keys(answer.bookmarks) : kept());
  for (const link of links) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = link.className;
    button.dataset.bookmark = link.dataset.bookmark;
    button.dataset.href = link.href;
    if (link.dataset.on) Object.assign(button.dataset, { on: link.dataset.on, off: link.textContent });
    button.append(...link.childNodes);
    show(button, bookmarked.has(link.dataset.bookmark));
    button.addEventListener("click", async () => {
      try {
        const now = await change(button, answer);
        const twins = document.querySelectorAll(`button[data-bookmark="${button.dataset.bookmark}"]`);
        for (const twin of twins) show(twin, now);
      } catch {
        location.assign(button.dataset.href);
      }
    });
    link.replaceWith(button);
  }
}
