// On .tabs, any page: a row that is wider than the screen is scrolled to the tab that is shown.
for (const shown of document.querySelectorAll(".tabs [aria-current]")) {
  const row = shown.closest(".tabs");
  const outer = row.getBoundingClientRect();
  const inner = shown.getBoundingClientRect();
  if (row.scrollWidth > row.clientWidth) row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}
