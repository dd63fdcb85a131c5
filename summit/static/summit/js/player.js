// On data-player, the poster of a recording: a plain link until the click, before which nothing foreign is loaded.
for (const poster of document.querySelectorAll("a[data-player]")) {
  poster.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
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
    } else {
      element.allow = "autoplay; fullscreen; picture-in-picture";
      element.referrerPolicy = "strict-origin-when-cross-origin";
      element.src = src;
    }
    poster.replaceWith(element);
    element.focus();
  });
}
