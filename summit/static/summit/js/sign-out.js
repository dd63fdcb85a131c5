// On the form that signs out, any page: no ticket and no name of a page opened lately is left behind on this device.
// The form waits for that: a page on its way out finishes nothing.
const LOGOUT = /\/account\/logout\/$/;
const OWN = /^summit-.*-own$/;
const RECENT = "recent_";

function forgetRecent() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(RECENT)) localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

async function forget() {
  const names = (await caches.keys()).filter((name) => OWN.test(name));
  await Promise.all(names.map((name) => caches.delete(name)));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (LOGOUT.test(new URL(form.action, location.href).pathname)) forgetRecent();
  if (!globalThis.caches || !LOGOUT.test(new URL(form.action, location.href).pathname)) return;
  event.preventDefault();
  forget().finally(() => form.submit());
});
