// On the name as written of a registration (marked by registration/forms/names.py): while it is typed, the server proposes a
// spelling in Latin letters or says which letters cannot be printed. It is said below the field of the Latin name, and taken only by its button.
const PAUSE = 400;

function attach(input) {
  const latin = document.getElementById(input.dataset.nameLatin);
  if (!latin) return;
  const shownFor = input.form.elements.proposed_for;
  const said = document.createElement("p");
  said.className = "help";
  said.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet small";
  button.hidden = true;
  latin.after(said, button);
  let waiting;
  let asked = "";

  const say = (words, use) => {
    if (said.textContent !== words) said.textContent = words;
    button.textContent = use;
    button.hidden = !use;
  };

  const ask = async () => {
    const name = input.value.trim();
    if (!name || latin.value.trim()) {
      say("", "");
      return;
    }
    asked = name;
    try {
      const sent = await fetch(input.dataset.nameAskedAt, {
        method: "POST",
        headers: { "X-CSRFToken": input.form.elements.csrfmiddlewaretoken.value },
        body: new URLSearchParams({ name }),
      });
      if (!sent.ok || asked !== name || latin.value.trim()) return;
      const answer = await sent.json();
      button.dataset.proposal = answer.proposal;
      say(answer.told, answer.use);
      if (answer.proposal && shownFor) shownFor.value = name;
    } catch {
      // Without a connection the form is looked at when it is sent.
    }
  };

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  };
  input.addEventListener("input", soon);
  latin.addEventListener("input", soon);
  button.addEventListener("click", () => {
    latin.value = button.dataset.proposal;
    latin.focus();
    latin.dispatchEvent(new Event("input", { bubbles: true }));
    say("", "");
  });
  if (input.value) soon();
}

for (const input of document.querySelectorAll("input[data-name-asked-at]")) attach(input);
