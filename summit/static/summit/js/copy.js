// On the read-only fields in .copy, addresses to be copied: chosen whole when entered.
for (const input of document.querySelectorAll(".copy input[readonly]")) {
  input.addEventListener("focus", () => input.select());
}
