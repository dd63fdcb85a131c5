// On data-scanner, the desk: its camera reads a QR code and sends the form as if its content had been typed.
const box = document.querySelector("[data-scanner]");
if (box && navigator.mediaDevices?.getUserMedia) {
  box.hidden = false;
  const video = box.querySelector("video");
  const says = box.querySelector("[data-says]");
  const form = document.getElementById(box.dataset.form);
  const PAUSE = 60; // ms between frames
  const AGAIN = 3000; // ms before the same code counts as shown again

  async function start() {
    const { BarcodeDetector, prepareZXingModule } = await import(box.dataset.decoder);
    // The decoder's own default would fetch its WebAssembly from a foreign host.
    prepareZXingModule({ overrides: { locateFile: () => box.dataset.wasm } });
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      says.textContent = says.dataset.denied;
      return;
    }
    video.hidden = false;
    box.querySelector("[data-start]").hidden = true;
    says.textContent = says.dataset.looking;
    await video.play();
    let last = "";
    let seenAt = 0;
    for (;;) {
      const [code] = await detector.detect(video).catch(() => []);
      const now = performance.now();
      if (code && (code.rawValue !== last || now - seenAt > AGAIN)) {
        form.elements.shown.value = code.rawValue;
        form.requestSubmit();
        says.textContent = says.dataset.seen;
        navigator.vibrate?.(60);
      }
      if (code) {
        last = code.rawValue;
        seenAt = now;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
  box.querySelector("[data-start]").addEventListener("click", start);
}
// The next ticket can be scanned or typed at once; Enter on the found person checks in.
document.body.addEventListener("htmx:afterSwap", () => {
  const field = document.getElementById("id_shown");
  if (field) field.value = "";
  (document.querySelector("#result [autofocus]") ?? field)?.focus();
});
