// On a[data-webcal], addresses of calendars: opens the calendar app where https: would only download a file.
for (const link of document.querySelectorAll("a[data-webcal]")) {
  link.href = new URL(link.getAttribute("href"), location.href).href.replace(/^https?:/, "webcal:");
}
