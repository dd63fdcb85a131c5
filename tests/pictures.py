"""``make pictures``: the screenshots of the README, of a freshly seeded summit, as small files."""

import os
import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.bench import world

__test__ = False
TARGET = Path(__file__).parent.parent / "summit" / "static" / "summit" / "img"
SHOTS = (
    ("picture-home", "/ko/ogp2021/", 1280, 800),
    ("picture-agenda", "/en/ogp2021/agenda/", 1280, 800),
    ("picture-register", "/ko/ogp2021/register/", 390, 800),
    ("picture-badge", "", 0, 0),
)


def small(content: bytes, path: Path, width: int) -> None:
    picture = Image.open(BytesIO(content)).convert("RGB")
    picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def badge() -> bytes:
    import pypdfium2

    from registration.badges import printing
    from registration.models import Registration

    page = pypdfium2.PdfDocument(printing.badge(Registration.objects.get(name="홍길동")))[0]
    out = BytesIO()
    page.render(scale=2).to_pil().save(out, "PNG")
    return out.getvalue()


def main() -> None:
    folder = world.prepare()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        from django.core.management import call_command

        from summit import machine

        with Path(os.devnull).open("w") as silent:
            call_command("seed", verbosity=0, stdout=silent)
        small(badge(), TARGET / "picture-badge.png", 300)
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        with world.server() as address, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=machine.browser() or None, args=arguments)
            for name, path, width, height in SHOTS:
                if path:
                    page = chromium.new_page(viewport={"width": width, "height": height}, timezone_id="Asia/Seoul")
                    page.goto(address + path, wait_until="networkidle")
                    small(page.screenshot(), TARGET / f"{name}.png", min(width, 900))
            chromium.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
