// On data-focus-me, any page: people who listen or zoom are taken to what is wrong in an answer with errors.
document.querySelector("[data-focus-me]")?.focus();
