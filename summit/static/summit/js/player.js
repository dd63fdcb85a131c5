// On data-player, the poster of a recording: a plain link until the click, before which nothing foreign is loaded. Of our
// own player the captions beside it (data-track) become tracks, and its chapters (data-seek) jump within it.
function tracks(element, around) {
  for (const link of around?.querySelectorAll("a[data-track]") ?? []) {
    if (link.origin !== location.origin) continue;
    const track = document.createElement("track");
    track.kind = "captions";
    track.src = link.href;
    track.srclang = link.dataset.track;
    track.label = link.textContent.trim();
    element.append(track);
  }
}

function play(poster) {
  const { player, src, title, type } = poster.dataset;
  const element = document.createElement(player === "video" ? "video" : "iframe");
  element.title = title;
  if (player === "video") {
    element.controls = true;
    element.autoplay = true;
    const source = document.createElement("source");
    source.src = src;
    source.type = type;
    element.append(source);
    tracks(element, poster.closest("[data-recording]"));
  } else {
    element.allow = "autoplay; fullscreen; picture-in-picture";
    element.referrerPolicy = "strict-origin-when-cross-origin";
    element.src = src;
  }
  poster.replaceWith(element);
  element.focus();
  return element;
}

const asksForMore = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

for (const poster of document.querySelectorAll("a[data-player]")) {
  poster.addEventListener("click", (event) => {
    if (asksForMore(event)) return;
    event.preventDefault();
    play(poster);
  });
}

for (const chapter of document.querySelectorAll("[data-recording] a[data-seek]")) {
  chapter.addEventListener("click", (event) => {
    const around = chapter.closest("[data-recording]");
    const poster = around.querySelector('a[data-player="video"]');
    const video = around.querySelector("video") ?? (asksForMore(event) || !poster ? null : play(poster));
    if (!video || asksForMore(event)) return;
    event.preventDefault();
    video.currentTime = Number(chapter.dataset.seek);
    video.play();
    video.focus();
  });
}
