// After an answer with errors, people who listen or zoom are taken to what is wrong.
document.querySelector("[data-focus-me]")?.focus();
