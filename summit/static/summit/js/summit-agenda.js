// On <summit-agenda src="https://host/ogp2021/" lang="ko" track="civic-space">, pages of others: a summit's agenda.
// Reads the public API (/api/v1/summits/<code>/), links to the summit's own pages. A classic script without a framework.
// Colours and type: --summit-ink, --summit-muted, --summit-paper, --summit-line, --summit-link, --summit-font.
// It also answers to <pretalx-schedule event-url="…" locale="…">, so that an embed of pretalx stays as it is.
(() => {
  const WORDS = {
    en: {
      loading: "Loading the agenda …",
      empty: "No session has been announced yet.",
      failed: "The agenda could not be loaded.",
      open: "Open the agenda",
      cancelled: "Cancelled",
      later: "Time to be announced",
      days: "Days",
      zone: "Times in",
    },
    ko: {
      loading: "아젠다를 불러오는 중입니다 …",
      empty: "아직 발표된 세션이 없습니다.",
      failed: "아젠다를 불러오지 못했습니다.",
      open: "아젠다 열기",
      cancelled: "취소됨",
      later: "시간 미정",
      days: "날짜",
      zone: "시간대:",
    },
  };
  // Dark only where the page around it says it can be dark (color-scheme), whatever the device prefers.
  const STYLE = `
:host {
  display: block; font-family: var(--summit-font, inherit); line-height: 1.5; word-break: keep-all; overflow-wrap: anywhere;
  --ink: var(--summit-ink, light-dark(#14181f, #eef1f6)); --muted: var(--summit-muted, light-dark(#535c6a, #a0a9b8));
  --paper: var(--summit-paper, light-dark(#fff, #181c24)); --line: var(--summit-line, light-dark(#d9dee6, #2d3541));
  color: var(--summit-ink, inherit);
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
a { color: var(--summit-link, inherit); }
a:focus-visible, h2:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
nav { display: flex; flex-wrap: wrap; gap: .5rem 1rem; margin: 0 0 1rem; }
nav a { padding-block: .25rem; }
h2 { font-size: 1.25em; margin: 1.5rem 0 .75rem; }
h3 { font-size: 1.05em; margin: 0; }
p { margin: 0; }
ul { list-style: none; margin: 0 0 1rem; padding: 0; display: grid; gap: .75rem; }
li {
  color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: .5rem;
  border-inline-start: .375rem solid var(--track, #767f8d); padding: .75rem 1rem; display: grid; gap: .125rem;
}
li a { color: inherit; text-decoration: none; }
li a:hover { text-decoration: underline; }
small { font-size: .875em; }
li small { color: var(--muted); }
time { font-weight: 600; font-variant-numeric: tabular-nums; }
b { color: light-dark(#b3261e, #ff9d94); }
.off h3 a { text-decoration: line-through; }
`;

  const make = (name, words, ...children) => {
    const element = document.createElement(name);
    if (words) element.textContent = words;
    element.append(...children.filter(Boolean));
    return element;
  };
  const link = (words, href) => Object.assign(make("a", words), { href });
  // An address of the page around us does not reach into the component.
  const jump = (heading) => {
    const way = link(heading.textContent, `#${heading.id}`);
    way.addEventListener("click", (event) => {
      event.preventDefault();
      heading.scrollIntoView();
      heading.focus();
    });
    return way;
  };

  class SummitAgenda extends HTMLElement {
    static observedAttributes = ["src", "lang", "track", "event-url", "locale"];
    turn = 0; // how often the agenda was asked for

    connectedCallback() {
      if (!this.shadowRoot) this.attachShadow({ mode: "open" });
      this.load();
    }

    attributeChangedCallback(_name, before, after) {
      if (this.shadowRoot && before !== after) this.load();
    }

    // The same words in the page's language, in the element's, or in English.
    get language() {
      const asked = this.getAttribute("lang") ?? this.getAttribute("locale") ?? this.closest("[lang]")?.lang ?? "";
      return asked.slice(0, 2).toLowerCase() || "en";
    }

    get home() {
      const given = this.getAttribute("src") ?? this.getAttribute("event-url") ?? "";
      const url = new URL(given, document.baseURI);
      if (!/^https?:$/.test(url.protocol)) throw new Error("src");
      const parts = url.pathname.split("/").filter(Boolean);
      return { origin: url.origin, code: parts.at(-1) ?? "" };
    }

    words(name) {
      return (WORDS[this.language] ?? WORDS.en)[name];
    }

    text(value) {
      return value?.[this.language] || Object.values(value ?? {})[0] || "";
    }

    // Only the newest answer is shown.
    async load() {
      this.turn += 1;
      const { turn } = this;
      this.show(this.note("loading"));
      this.setAttribute("aria-busy", "true");
      let content;
      try {
        content = this.draw(...(await this.read()));
      } catch {
        content = this.note("failed", true);
      }
      if (turn !== this.turn) return;
      this.removeAttribute("aria-busy");
      this.show(content);
    }

    // "no-cache" asks with the ETag kept by the browser: what has not changed is not sent again.
    async json(url) {
      const answer = await fetch(url, { cache: "no-cache", credentials: "omit", signal: AbortSignal.timeout(20000) });
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    }

    async read() {
      const { origin, code } = this.home;
      const base = `${origin}/api/v1/summits/${encodeURIComponent(code)}/`;
      const track = this.getAttribute("track");
      const [summit, tracks] = await Promise.all([this.json(base), this.json(`${base}tracks/?page_size=200`)]);
      const sessions = [];
      const query = new URLSearchParams({ page_size: 200 });
      if (track) query.set("track", track);
      for (let page = 1; page <= 50; page += 1) {
        query.set("page", page);
        const part = await this.json(`${base}sessions/?${query}`);
        sessions.push(...part.results);
        if (!part.next) break;
      }
      return [summit, new Map(tracks.results.map((each) => [each.slug, each])), sessions];
    }

    page(path) {
      const { origin, code } = this.home;
      const language = WORDS[this.language] ? this.language : "en";
      return `${origin}/${language}/${code}/${path}`;
    }

    draw(summit, tracks, sessions) {
      if (!sessions.length) return this.note("empty", true);
      const zone = summit.time_zone;
      const hour = new Intl.DateTimeFormat("en-GB", {
        timeZone: zone,
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      });
      const day = new Intl.DateTimeFormat(this.language, {
        timeZone: "UTC",
        weekday: "long",
        day: "numeric",
        month: "long",
      });
      const byDay = new Map();
      for (const session of sessions) byDay.set(session.day, [...(byDay.get(session.day) ?? []), session]);
      // Sessions without a day come last.
      const days = [...byDay].sort(([a], [b]) => ((a ?? "9") < (b ?? "9") ? -1 : 1));
      const headings = [];
      const parts = days.map(([date, found], number) => {
        const heading = make("h2", date ? day.format(new Date(`${date}T00:00Z`)) : this.words("later"));
        heading.id = `day-${number}`;
        heading.tabIndex = -1;
        headings.push(heading);
        const cards = found.map((session) => this.card(session, tracks, hour));
        return make("section", "", heading, make("ul", "", ...cards));
      });
      const nav = make("nav", "", ...headings.map(jump));
      nav.setAttribute("aria-label", this.words("days"));
      const open = link(this.words("open"), this.page("agenda/"));
      const foot = make("p", "", make("small", `${this.words("zone")} ${zone} · `, open));
      return make("div", "", parts.length > 1 && nav, ...parts, foot);
    }

    card(session, tracks, hour) {
      const track = tracks.get(session.track);
      let start = null;
      if (session.starts_at) {
        const [from, until] = [session.starts_at, session.ends_at].map((at) => hour.format(new Date(at)));
        start = make("time", `${from}–${until}`);
        start.dateTime = session.starts_at;
      }
      const names = [session.room && this.text(session.room.name), track && this.text(track.name)];
      const facts = names.filter(Boolean).join(" · ");
      const page = this.page(`sessions/${session.code}/`);
      const title = make("h3", "", link(this.text(session.title) || session.code, page));
      const off = session.cancelled && make("b", this.words("cancelled"));
      const hosts = session.hosts.map((host) => this.text(host.name)).join(" · ");
      const when = make("p", "", start, start && " ", off);
      const item = make("li", "", when, title, hosts && make("p", hosts), facts && make("small", facts));
      item.className = session.cancelled ? "off" : "";
      if (/^#[0-9a-f]{6}$/i.test(track?.colour ?? "")) item.style.setProperty("--track", track.colour);
      return item;
    }

    note(name, linked) {
      const note = make("p", `${this.words(name)} `);
      note.setAttribute("role", "status");
      try {
        if (linked) note.append(link(this.words("open"), this.page("agenda/")));
      } catch {
        // An address that is none leads nowhere.
      }
      return note;
    }

    show(content) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.shadowRoot.adoptedStyleSheets = [sheet];
      this.shadowRoot.lang = this.language;
      content.lang = this.language;
      this.shadowRoot.replaceChildren(content);
    }
  }

  if (!customElements.get("summit-agenda")) customElements.define("summit-agenda", SummitAgenda);
  if (!customElements.get("pretalx-schedule")) customElements.define("pretalx-schedule", class extends SummitAgenda {});
})();
