// On the form that signs out, any page: no ticket is left behind on this device.
// The form waits for that: a page on its way out finishes nothing.
const LOGOUT = /\/account\/logout\/$/;
const OWN = /^summit-.*-own$/;

async function forget() {
  const names = (await caches.keys()).filter((name) => OWN.test(name));
  await Promise.all(names.map((name) => caches.delete(name)));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!globalThis.caches || !LOGOUT.test(new URL(form.action, location.href).pathname)) return;
  event.preventDefault();
  forget().finally(() => form.submit());
});
