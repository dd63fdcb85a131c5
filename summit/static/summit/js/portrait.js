// On form[data-cut], the page of a portrait: shows the square that will be kept, and lets it be dragged.
// The handles of the form stay what counts.
const form = document.querySelector("form[data-cut]");
const canvas = form?.querySelector("[data-cut-shown]");
const handle = (name) => form.elements.namedItem(name);
let picture = null;

// The same square as speakers/portraits.py cuts.
function square() {
  const side = Math.max((Math.min(picture.width, picture.height) * 100) / Number(handle("near").value), 160);
  const way = { across: picture.width - side, down: picture.height - side };
  return { side, way, left: (way.across * handle("across").value) / 100, top: (way.down * handle("down").value) / 100 };
}

function draw() {
  for (const part of [canvas, form.querySelector("[data-cut-told]")]) part.hidden = !picture;
  if (!picture) return;
  const { side, left, top } = square();
  const at = canvas.getContext("2d");
  at.imageSmoothingQuality = "high";
  at.fillStyle = "#fff";
  at.fillRect(0, 0, canvas.width, canvas.height);
  at.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height);
}

async function choose() {
  const [file] = handle("portrait").files;
  picture?.close();
  // What a browser cannot read is told about by the answer to the form.
  picture = file ? await createImageBitmap(file).catch(() => null) : null;
  if (picture && Math.min(picture.width, picture.height) < 160) picture = null;
  draw();
}

function move(name, by, { side, way }) {
  if (way[name] <= 0) return;
  const pixels = (by * side) / canvas.getBoundingClientRect().width;
  handle(name).value = Math.min(100, Math.max(0, Number(handle(name).value) - (pixels / way[name]) * 100));
}

if (form) {
  // Between whole per cents a large picture would jump while it is dragged.
  for (const name of ["across", "down"]) handle(name).step = "any";
  handle("portrait").addEventListener("change", choose);
  form.addEventListener("input", draw);
  let at = null;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    at = { x: event.clientX, y: event.clientY };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const now = square();
    move("across", event.clientX - at.x, now);
    move("down", event.clientY - at.y, now);
    at = { x: event.clientX, y: event.clientY };
    draw();
  });
  form.addEventListener("submit", () => {
    for (const name of ["across", "down"]) {
      handle(name).step = "1";
      handle(name).value = Math.round(handle(name).value);
    }
  });
  if (handle("portrait").files.length) choose();
}
