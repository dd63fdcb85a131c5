// On data-push, the panel of notifications in "My agenda": asks the browser, tells the server, and says how it stands.
const box = document.querySelector("[data-push]");

const parts = Object.fromEntries(
  [...(box?.querySelectorAll("[data-push-when]") ?? [])].map((p) => [p.dataset.pushWhen, p]),
);
const octets = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

function show(state) {
  for (const [name, part] of Object.entries(parts)) part.hidden = name !== state;
}

async function tell(values) {
  const body = new FormData(box.querySelector("form"));
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  const headers = { Accept: "application/json" };
  const answer = await fetch(box.dataset.push, { method: "POST", body, headers });
  if (!answer.ok) throw new Error(answer.status);
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") {
    show("denied");
    return;
  }
  const worker = await navigator.serviceWorker.ready;
  const answer = await fetch(box.dataset.push, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  const { key } = await answer.json();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: octets(key) });
  const values = { key: text(made.getKey("p256dh")), secret: text(made.getKey("auth")) };
  await tell({ action: "subscribe", endpoint: made.endpoint, ...values });
  show("on");
}

async function turnOff() {
  const worker = await navigator.serviceWorker.ready;
  const made = await worker.pushManager.getSubscription();
  if (made) {
    await tell({ action: "unsubscribe", endpoint: made.endpoint });
    await made.unsubscribe();
  }
  show("off");
}

// What does not work says so, and the way back stays.
function attempt(button, verb) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    parts.failed.hidden = true;
    try {
      await verb();
    } catch {
      parts.failed.hidden = false;
    }
    button.disabled = false;
  });
}

async function begin() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
  parts.unable.hidden = true;
  attempt(parts.off.querySelector("button"), turnOn);
  attempt(parts.on.querySelector("button"), turnOff);
  show(Notification.permission === "denied" ? "denied" : "off");
  const worker = await navigator.serviceWorker.ready;
  if (await worker.pushManager.getSubscription()) show("on");
}

if (box) begin();
