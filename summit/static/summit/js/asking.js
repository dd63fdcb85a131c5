// On form[data-asking]: a question that is put to some stands there once it is clear that it is put to whoever fills the
// form in. Without a script each says to whom it is put; the server decides by the same rule (registering/asking.py).

/** What is chosen in the fields of a name. */
function chosen(form, name) {
  const fields = [...form.querySelectorAll(`[name="${name}"]`)];
  return fields.flatMap((field) => {
    if (field.type === "checkbox" || field.type === "radio") {
      if (!field.checked) return [];
      return field.value === "on" ? ["yes"] : [field.value];
    }
    return field.value ? [field.value] : [];
  });
}

/** The element of each name that has a rule, with one of its fields. */
function questions(form) {
  const found = new Map();
  for (const field of form.querySelectorAll("[data-asked-of], [data-asked-as], [data-asked-after]")) {
    // Fields that are one answer together have numbers behind its name.
    const name = field.name.match(/^question_\d+/)?.[0] ?? field.name;
    if (!found.has(name)) found.set(name, field);
  }
  return found;
}

function watch(form) {
  const asked = questions(form);
  const among = (name, values) => {
    const said = chosen(form, name);
    return !said.length ? null : said.some((value) => values.includes(value));
  };
  const isPut = (name, seen) => {
    const rule = asked.get(name)?.dataset;
    if (!rule || seen.has(name)) return true;
    if (rule.askedOf && among("attendance", [rule.askedOf]) === false) return false;
    if (rule.askedAs && among("category", rule.askedAs.split(" ")) === false) return false;
    if (!rule.askedAfter) return true;
    const led = among(rule.askedAfter, rule.askedIf.split(" ")) === true;
    return led && isPut(rule.askedAfter, new Set([...seen, name]));
  };
  const show = () => {
    for (const [name, field] of asked) {
      const outer = field.closest("fieldset.field, .field");
      const whole = outer?.parentElement.closest(".together")?.closest("fieldset.field") ?? outer;
      if (whole) whole.hidden = !isPut(name, new Set());
    }
    for (const part of form.querySelectorAll("[data-asked-part]")) {
      part.hidden = [...part.querySelectorAll(":scope > .field")].every((field) => field.hidden);
    }
  };
  form.addEventListener("change", show);
  show();
}

for (const form of document.querySelectorAll("form[data-asking]")) watch(form);
