// On data-watch, the watch page: plays HLS with its languages, goes over to the other address where the first is silent, says how far
// behind live it is, counts the minutes, and goes on to the next session. hls.js is loaded on Play and not before.
import "./live.js";
import "./captions.js";

const page = document.querySelector("[data-live-from]");
const controls = document.querySelector("[data-controls]");
const broken = document.querySelector("[data-broken]");
const media = [...document.querySelectorAll("[data-media]")];
const BEHIND = 20; // seconds behind live that are worth a word
const AGAIN = 10_000; // ms between two tries
const TRIES = 3; // before the other address is tried
const STAY = 20; // seconds until the page goes on by itself

function say(words) {
  broken.hidden = !words;
  if (broken.textContent !== words) broken.textContent = words;
}

function fill(name, entries, chosen, choose) {
  const label = controls.querySelector(`[data-tracks="${name}"]`);
  const select = label.querySelector("select");
  label.hidden = entries.length < 2;
  select.replaceChildren(...entries.map(([value, words]) => new Option(words, value, false, value === chosen)));
  select.onchange = () => choose(Number(select.value));
}

// Names of languages as each is called in itself: what ffmpeg writes as a name says little.
function named(track) {
  if (!track.lang) return track.name;
  const code = track.lang.replace(/-.*/, "");
  return new Intl.DisplayNames([code], { type: "language" }).of(code) ?? track.name;
}

class Player {
  constructor(element) {
    const source = element.querySelector("source");
    this.element = element;
    this.kind = element.dataset.kind;
    this.addresses = [source.src, element.dataset.backup].filter(Boolean);
    this.at = 0;
    this.failed = 0;
    // A browser that could play by itself would offer no languages.
    if (this.kind === "hls" && "MediaSource" in window) source.remove();
    else this.kind = "native";
    element.addEventListener("error", () => this.kind === "native" && this.lost(), true);
  }

  get main() {
    return this.element === media[0];
  }

  async play() {
    if (this.kind === "hls" && !this.hls) await this.load();
    try {
      await this.element.play();
    } catch (problem) {
      if (problem.name === "NotAllowedError") say(broken.dataset.blocked);
    }
  }

  async load() {
    const { default: Hls } = await import(controls.dataset.hls);
    this.Hls = Hls;
    this.hls = new Hls({ workerPath: controls.dataset.worker, lowLatencyMode: true, backBufferLength: 60 });
    if (navigator.connection?.saveData) this.hls.autoLevelCapping = 0;
    this.hls.on(Hls.Events.ERROR, (_event, problem) => problem.fatal && this.lost(problem));
    this.hls.on(Hls.Events.FRAG_LOADED, () => this.well());
    if (this.main) this.offer(Hls.Events);
    this.hls.loadSource(this.addresses[this.at]);
    this.hls.attachMedia(this.element);
  }

  offer(events) {
    const { hls } = this;
    hls.on(events.AUDIO_TRACKS_UPDATED, () => {
      const tracks = hls.audioTracks.map((track) => [track.id, named(track)]);
      fill("audio", tracks, hls.audioTrack, (id) => {
        hls.audioTrack = id;
      });
    });
    hls.on(events.SUBTITLE_TRACKS_UPDATED, () => {
      const none = controls.querySelector('[data-tracks="text"]').dataset.none;
      const tracks = hls.subtitleTracks.map((track) => [track.id, named(track)]);
      fill("text", [[-1, none], ...tracks], hls.subtitleTrack, (id) => {
        hls.subtitleDisplay = id >= 0;
        hls.subtitleTrack = id;
      });
    });
    hls.on(events.MANIFEST_PARSED, () => {
      const { auto, saver } = controls.querySelector('[data-tracks="quality"]').dataset;
      const levels = hls.levels.map((level, index) => [index, level.height ? `${level.height}p` : level.name]);
      fill("quality", [[-1, auto], [-2, saver], ...levels], -1, (id) => {
        hls.autoLevelCapping = id === -2 ? 0 : -1;
        hls.nextLevel = id < 0 ? -1 : id;
      });
    });
  }

  well() {
    this.failed = 0;
    if (this.main && this.at === 0) say("");
    if (this.main) page.dataset.playing = this.at ? "backup" : "first";
  }

  // Once and again at the same address, then at the other, and round again for as long as the page is open.
  lost(problem) {
    if (this.Hls && problem?.type === this.Hls.ErrorTypes.MEDIA_ERROR && this.failed === 0) {
      this.failed += 1;
      this.hls.recoverMediaError();
      return;
    }
    this.failed += 1;
    const turn = this.failed >= TRIES || this.Hls?.ErrorTypes.NETWORK_ERROR === problem?.type;
    if (turn && this.addresses.length > 1) this.at = (this.at + 1) % this.addresses.length;
    if (this.main) say(this.at ? broken.dataset.other : broken.dataset.again);
    if (this.main) page.dataset.playing = "lost";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), this.failed < TRIES ? 1000 : AGAIN);
  }

  start() {
    if (this.hls) {
      this.hls.loadSource(this.addresses[this.at]);
      this.hls.startLoad();
    } else {
      this.element.src = this.addresses[this.at];
    }
    this.element.play().catch(() => {});
  }

  // Organisers have led everybody elsewhere.
  follow(addresses) {
    if (addresses.join() === this.addresses.join()) return;
    this.addresses = addresses;
    this.at = 0;
    this.failed = 0;
    if (this.hls || this.kind === "native") this.start();
  }
}

const players = media.map((element) => new Player(element));
const [first] = players;

function behind() {
  const hls = first.hls;
  if (!hls?.liveSyncPosition) return;
  const seconds = Math.round(Math.max(0, hls.latency - hls.targetLatency));
  const late = seconds > BEHIND;
  const words = controls.querySelector("[data-behind]");
  words.textContent = late ? words.dataset.words.replace("{seconds}", seconds) : "";
  controls.querySelector("[data-back-to-live]").hidden = !late;
}

if (first && controls) {
  controls.hidden = false;
  const button = controls.querySelector("[data-play]");
  button.addEventListener("click", () => {
    for (const player of players) player.play();
  });
  // Play pressed on the element itself.
  first.element.addEventListener("play", () => {
    button.hidden = true;
    if (first.kind === "hls" && !first.hls) first.play();
  });
  first.element.addEventListener("pause", () => {
    button.hidden = false;
  });
  controls.querySelector("[data-back-to-live]").addEventListener("click", () => {
    first.element.currentTime = first.hls.liveSyncPosition;
    first.element.play().catch(() => {});
  });
  const corner = controls.querySelector("[data-picture-in-picture]");
  corner.hidden = !(document.pictureInPictureEnabled && first.element.requestPictureInPicture);
  corner.addEventListener("click", () => first.element.requestPictureInPicture().catch(() => {}));
  setInterval(behind, 2000);
  for (const player of players) {
    // An element without a source would not start by its own button.
    if (player.kind === "hls") player.element.addEventListener("click", () => !player.hls && player.play());
  }
}

async function lookForWays() {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const there = [...fresh.querySelectorAll("[data-media]")];
  if (there.length !== players.length) {
    location.reload();
    return;
  }
  there.forEach((element, index) => {
    players[index].follow([element.querySelector("source").src, element.dataset.backup].filter(Boolean));
  });
}

function goOn(place) {
  const link = place.querySelector("[data-go-on]");
  if (!link || place.dataset.going) return;
  place.dataset.going = "1";
  let left = STAY;
  const words = link.textContent.trim();
  const timer = setInterval(() => {
    left -= 1;
    const now = page.querySelector("[data-go-on]");
    if (now) now.textContent = `${words} (${left})`;
    if (left <= 0) location.assign(link.href);
  }, 1000);
  // Whoever does anything stays.
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => clearInterval(timer), { once: true });
  }
}

if (page) {
  page.addEventListener("live", ({ target }) => {
    if (target.dataset.live === "ways") lookForWays().catch(() => {});
    if (target.dataset.live === "next") goOn(target);
  });
  const { beat, token, beatsEvery } = page.dataset;
  if (beat) {
    setInterval(() => {
      fetch(beat, { method: "POST", body: new URLSearchParams({ token }), keepalive: true }).catch(() => {});
    }, beatsEvery * 1000);
  }
}
