// On time[data-ends], wherever sessions stand with their hours: beside the summit's time the reader's own, where it differs;
// on data-zone-form, the choice of it; and on data-own-zone, the field that tells it to the summit.
const form = document.querySelector("[data-zone-form]");
const summitZone = document.querySelector("[data-summit-zone]")?.dataset.summitZone;
const asked = new URLSearchParams(location.search).get("tz");
// What was once chosen is remembered in this browser; "none" is a choice as well.
const REMEMBERED = "zone";
const remembered = localStorage.getItem(REMEMBERED);
const zone = remembered ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;

// The name of a zone at a moment: "longOffset" to compare two, "short" and "long" to be read.
function zoneName(locale, date, timeZone, timeZoneName) {
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName }).formatToParts(date);
  return parts.find((part) => part.type === "timeZoneName").value;
}

function offset(date, timeZone) {
  return zoneName("en", date, timeZone, "longOffset");
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
    for (const name of Intl.supportedValuesOf("timeZone")) {
      if (!there.has(name)) select.add(new Option(name, name));
    }
  };
  select.addEventListener("focus", offerAll, { once: true });
  select.addEventListener("pointerdown", offerAll, { once: true });
  form.addEventListener("submit", () => localStorage.setItem(REMEMBERED, select.value));
}

// Beside each time, unless the server knows the reader's zone and has told it.
function tellOwnTimes() {
  const HOURS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const DAY = { weekday: "short", day: "numeric", month: "short" };
  const clock = new Intl.DateTimeFormat(language, { timeZone: zone, ...HOURS });
  const day = new Intl.DateTimeFormat(language, { timeZone: zone, ...DAY });
  const summitDay = new Intl.DateTimeFormat(language, { timeZone: summitZone, ...DAY });
  let shown = false;
  for (const time of document.querySelectorAll("time[data-ends]")) {
    const start = new Date(time.dateTime);
    const end = new Date(time.dataset.ends);
    if (offset(start, zone) === offset(start, summitZone) || time.parentElement.querySelector(".reader-time")) continue;
    const name = zoneName(language, start, zone, "short");
    const label = document.createElement("small");
    label.className = "reader-time";
    const otherDay = day.format(start) === summitDay.format(start) ? "" : `${day.format(start)} `;
    label.textContent = `${otherDay}${clock.format(start)}–${clock.format(end)} ${name}`;
    time.parentElement.append(label);
    shown = true;
  }
  if (shown && form) {
    const line = form.querySelector("[data-reader-zone]");
    line.querySelector("span").textContent = zoneName(language, new Date(), zone, "long");
    line.hidden = false;
  }
}

if (summitZone && asked === null && zone) tellOwnTimes();

// Where a form is only looked at there is none around it, and nothing to fill in.
const own = document.querySelector("form [data-own-zone]");
if (own) {
  const all = document.createElement("datalist");
  all.id = own.getAttribute("list");
  own.addEventListener(
    "focus",
    () => all.append(...Intl.supportedValuesOf("timeZone").map((name) => new Option(name))),
    {
      once: true,
    },
  );
  own.after(all);
  // Proposed where it is not the summit's, for people to see and change.
  const { ownZone } = own.dataset;
  const now = new Date();
  const untouched = !own.value && !own.form.querySelector("[aria-invalid]");
  if (ownZone && zone && untouched && offset(now, zone) !== offset(now, ownZone)) own.value = zone;
}
