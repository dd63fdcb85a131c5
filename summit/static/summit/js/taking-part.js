// On [data-taking-part], pages of a session: questions and votes are sent without drawing the page anew, and what somebody
// supports or has voted in is laid over what is the same for everybody.
import { look } from "./live.js";

const part = document.querySelector("[data-taking-part]");
const told = part?.querySelector("[data-told]");
const listed = (name) => new Set((part.dataset[name] ?? "").split(" ").filter(Boolean));

function lay() {
  const supported = listed("supported");
  for (const button of part.querySelectorAll("[name=support]")) {
    button.setAttribute("aria-pressed", supported.has(button.value));
  }
  const voted = listed("voted");
  for (const poll of part.querySelectorAll("[data-poll]")) {
    poll.disabled = voted.has(poll.dataset.poll);
    poll.querySelector(".done").hidden = !poll.disabled;
  }
}

function say(words, bad) {
  told.hidden = false;
  told.classList.toggle("warn", bad);
  told.classList.toggle("good", !bad);
  told.textContent = words;
}

function wrong(form, words) {
  const error = form.querySelector("[data-error]");
  if (!error) return say(words, true);
  error.hidden = !words;
  error.textContent = words;
  form.querySelector("textarea").toggleAttribute("aria-invalid", Boolean(words));
}

async function send(form, submitter) {
  const body = new FormData(form, submitter);
  submitter?.setAttribute("aria-disabled", "true");
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body, headers, signal: AbortSignal.timeout(15_000) });
    const said = await answer.json();
    part.dataset.supported = said.supported.join(" ");
    part.dataset.voted = said.voted.join(" ");
    part.querySelector("[data-own]").innerHTML = said.own;
    lay();
    if (said.refused) return wrong(form, said.told);
    wrong(form, "");
    say(said.told, false);
    if (form.matches("[data-ask]")) form.querySelector("textarea").value = "";
    look();
  } catch {
    wrong(form, part.dataset.failed);
  } finally {
    submitter?.removeAttribute("aria-disabled");
  }
}

if (part) {
  lay();
  part.addEventListener("live", lay);
  part.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-ask], [data-votes]")) return;
    event.preventDefault();
    if (event.submitter?.getAttribute("aria-disabled") !== "true") send(event.target, event.submitter);
  });
}
