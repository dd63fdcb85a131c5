// On button[data-show-password] and [data-strength-of] below a field for a password: showing it, and how strong it is.
// It is counted as summit/accounts/password_strength.py counts.
const ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
const LARGE_SCRIPTS = 0x1100;

function steps(one, next) {
  const found = new Set();
  const apart = next.codePointAt(0) - one.codePointAt(0);
  if (Math.abs(apart) <= 1) found.add(`${apart}`);
  for (const row of ROWS) {
    const [from, to] = [row.indexOf(one), row.indexOf(next)];
    if (from >= 0 && to >= 0 && Math.abs(to - from) === 1) found.add(`key ${to - from}`);
  }
  return found;
}

// How many characters do not follow from those before them.
export function surprises(password) {
  const letters = [...password.toLowerCase()];
  let found = 0;
  let before = new Set();
  letters.forEach((letter, place) => {
    const now = place ? steps(letters[place - 1], letter) : new Set();
    const goesOn = [...now].some((step) => before.has(step));
    before = now;
    const three = letters.slice(place - 2, place + 1).join("");
    const wasThere = place > 2 && letters.slice(0, place).join("").includes(three);
    if (!goesOn && !wasThere) found += letter.codePointAt(0) >= LARGE_SCRIPTS ? 2 : 1;
  });
  return found;
}

function strength(password, limits) {
  if ([...password].length < limits.shortest) return "short";
  const found = surprises(password);
  if (found < limits.weakBelow) return "weak";
  return found >= limits.strongFrom ? "strong" : "fair";
}

function attachStrength(place) {
  const input = document.getElementById(place.dataset.strengthOf);
  const [meter, said] = [place.querySelector("meter"), place.querySelector("p")];
  const limits = Object.fromEntries(
    ["shortest", "weakBelow", "strongFrom"].map((name) => [name, Number(place.dataset[name])]),
  );
  const tell = () => {
    place.hidden = !input.value;
    const found = strength(input.value, limits);
    const most = found === "short" ? limits.weakBelow - 1 : limits.strongFrom;
    meter.value = Math.min(surprises(input.value), most);
    const words = input.value ? place.dataset[found] : "";
    // Whoever listens hears it when it changes, not with every letter.
    if (said.textContent !== words) said.textContent = words;
  };
  input.addEventListener("input", tell);
  tell();
}

function attachShowing(button) {
  const input = document.getElementById(button.dataset.showPassword);
  const show = button.textContent.trim();
  const turn = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? button.dataset.hide : show;
  };
  button.hidden = false;
  button.addEventListener("click", () => turn(input.type === "password"));
  // No browser offers it again as a text that was typed.
  input.form?.addEventListener("submit", () => turn(false));
}

for (const place of document.querySelectorAll("[data-strength-of]")) attachStrength(place);
for (const button of document.querySelectorAll("button[data-show-password]")) attachShowing(button);
