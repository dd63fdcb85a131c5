// On data-worker, pages of a public summit: registers its service worker, and says how old a kept page is.
const note = document.querySelector("[data-worker]");

function when(moment, language) {
  const today = moment.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  const locale = language === "en" ? "en-GB" : language;
  const format = new Intl.DateTimeFormat(locale, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return format.format(moment);
}

if (note) {
  const { saved } = document.documentElement.dataset;
  if (saved) {
    const moment = new Date(saved);
    for (const time of note.querySelectorAll("[data-saved-at]")) {
      time.textContent = when(moment, document.documentElement.lang);
    }
    note.hidden = false;
    addEventListener("online", () => location.reload());
  }
  if (navigator.serviceWorker) {
    const scopes = note.dataset.scopes.split(" ");
    const settled = scopes.map((scope) =>
      navigator.serviceWorker.register(note.dataset.worker, { scope, updateViaCache: "none" }),
    );
    // Without a worker (a private window, a full disk) the pages are what they were.
    Promise.allSettled(settled);
  }
}
