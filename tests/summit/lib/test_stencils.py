"""Stencils: a template drawn once and filled many times says what the template would have said."""

import pytest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from summit.lib.stencils import Stencil, blank

TEMPLATE = "sessions/_card.html"
WORDS = {
    "url": "/a/?b=1&c=2",
    "bookmark_url": "/m/",
    "code": "CIV001",
    "title": "시민 & <b>",
    "room": '"101"',
    "starts": "",
}


def stencil(**context):
    return Stencil(TEMPLATE, level=3, **{**{name: blank(name) for name in WORDS}, **context})


def test_a_filled_stencil_is_the_template():
    assert stencil().fill(**WORDS) == render_to_string(TEMPLATE, {"level": 3, **WORDS}).strip()


def test_texts_are_escaped_unless_they_are_safe():
    drawn = stencil().fill(**{**WORDS, "title": mark_safe("<i>safe</i>"), "url": "<b>"})
    assert "<i>safe</i>" in drawn
    assert "&lt;b&gt;" in drawn and "<b>" not in drawn
    assert hasattr(drawn, "__html__")


def test_what_looks_like_a_blank_in_a_text_stays_a_text():
    other = blank("title")
    assert other in stencil().fill(**{**WORDS, "title": other})


def test_a_stencil_is_filled_again_and_again():
    one = stencil()
    first = one.fill(**WORDS)
    assert "Another" in one.fill(**{**WORDS, "title": "Another"})
    assert one.fill(**WORDS) == first


def test_a_blank_without_a_text_is_a_mistake():
    with pytest.raises(KeyError):
        stencil().fill(url="/")
