import re

from django.test import RequestFactory

from summit.views.styleguide import TOKENS, styleguide


def test_the_style_guide_shows_every_part(db):
    content = styleguide(RequestFactory().get("/styleguide/")).content.decode()
    for part in ("colour", "type", "buttons", "chips", "notices", "cards", "forms", "table", "dialog", "progress"):
        assert f'id="{part}"' in content
    assert len(re.findall(r"swatch-", content)) == len(TOKENS)


def test_every_token_shown_is_one_of_the_design(settings):
    css = (settings.BASE_DIR / "summit/static/summit/css/tokens.css").read_text(encoding="utf-8")
    missing = [token for token in TOKENS if f"--{token}:" not in css]
    assert missing == []
