"""``python -m tests.icons``: the icons of the installed app from the mark, as small files."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from summit import machine

__test__ = False
TARGET = Path(__file__).parent.parent / "summit" / "static" / "summit" / "img"
# Name, pixels, how much of the picture is the mark: what is masked shows only a circle of four fifths.
ICONS = (("icon-192", 192, 1.0), ("icon-512", 512, 1.0), ("icon-maskable-512", 512, 0.7))
GROUND = "#0b2f73"


def main() -> None:
    mark = (TARGET / "mark.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=machine.browser() or None, args=["--no-sandbox"])
        for name, size, share in ICONS:
            page = chromium.new_page(viewport={"width": size, "height": size})
            ground = GROUND if share < 1 else "transparent"
            inner = round(size * share)
            page.set_content(
                f"<style>body{{margin:0;background:{ground};display:grid;place-content:center;height:100vh}}"
                f"svg{{width:{inner}px;height:{inner}px;display:block}}</style>{mark}"
            )
            picture = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
            picture.quantize(32, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
                TARGET / f"{name}.png", optimize=True
            )
            page.close()
        chromium.close()


if __name__ == "__main__":
    main()
