// Beside the summit's time, the reader's own where it differs, named with its zone.
const form = document.querySelector("[data-zone-form]");
const asked = new URLSearchParams(location.search).get("tz");
// What was once chosen is remembered in this browser; "none" is a choice as well.
const REMEMBERED = "zone";
const remembered = localStorage.getItem(REMEMBERED);
const zone = remembered ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;

function offset(date, timeZone) {
  return new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(date)
    .find((p) => p.type === "timeZoneName").value;
}

if (form) {
  const select = form.querySelector("select");
  const known = () => new Set([...select.options].map((option) => option.value));
  if (asked === null && remembered !== null) {
    if (!known().has(remembered)) select.add(new Option(remembered, remembered));
    select.value = remembered;
  }
  // All zones there are, once somebody looks for theirs: four hundred options cost every reader otherwise.
  const offerAll = () => {
    const there = known();
    for (const name of Intl.supportedValuesOf("timeZone")) if (!there.has(name)) select.add(new Option(name, name));
  };
  select.addEventListener("focus", offerAll, { once: true });
  select.addEventListener("pointerdown", offerAll, { once: true });
  form.addEventListener("submit", () => localStorage.setItem(REMEMBERED, select.value));
}

if (form && asked === null && zone) {
  const clock = new Intl.DateTimeFormat(language, {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const day = new Intl.DateTimeFormat(language, { timeZone: zone, weekday: "short", day: "numeric", month: "short" });
  const summitDay = new Intl.DateTimeFormat(language, {
    timeZone: form.dataset.summitZone,
    weekday: "short",
    day: "numeric",
    month: "short",
  });
  let shown = false;
  for (const time of document.querySelectorAll("time[data-ends]")) {
    const start = new Date(time.dateTime);
    const end = new Date(time.dataset.ends);
    if (offset(start, zone) === offset(start, form.dataset.summitZone)) continue;
    const name = new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: "short" })
      .formatToParts(start)
      .find((p) => p.type === "timeZoneName").value;
    const label = document.createElement("small");
    label.className = "reader-time";
    const otherDay = day.format(start) === summitDay.format(start) ? "" : `${day.format(start)} `;
    label.textContent = `${otherDay}${clock.format(start)}–${clock.format(end)} ${name}`;
    time.parentElement.append(label);
    shown = true;
  }
  if (shown) {
    const line = form.querySelector("[data-reader-zone]");
    line.querySelector("span").textContent = new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: "long" })
      .formatToParts(new Date())
      .find((p) => p.type === "timeZoneName").value;
    line.hidden = false;
  }
}
