// An address to be copied is chosen whole when it is entered.
for (const input of document.querySelectorAll(".copy input[readonly]")) {
  input.addEventListener("focus", () => input.select());
}
