// On data-shell and data-dropdown, the workspace: what is folded at the side is remembered; menus close by themselves.
const side = document.querySelector("[data-shell]");
const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;

function remember(name, value) {
  const body = new URLSearchParams({ [name]: value, csrfmiddlewaretoken: token ?? "" });
  fetch(side.dataset.preferences, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
}

for (const group of side?.querySelectorAll("[data-group]") ?? []) {
  const heading = group.querySelector("summary");
  heading.addEventListener("click", () => remember(group.open ? "fold" : "unfold", group.dataset.group));
}

// The drawer is the address' fragment, so that it works without this script; closing it leaves no step in the history.
function closeDrawer() {
  if (location.hash !== "#side") return;
  location.replace("#main");
}

const menus = document.querySelectorAll("[data-dropdown]");
addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  if (side && !side.contains(event.target) && !event.target.closest("a[href='#side']")) closeDrawer();
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
  closeDrawer();
});
