import pytest

from registration.badges import writable
from registration.badges.printing import face_of
from registration.badges.writable import unwritable
from tests.factories import make_registration
from tests.registration.badges.test_scripts import SCRIPTS

RUNES = "\U00016b00"  # Pahawh Hmong, which no font of ours has


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_what_badges_print_is_writable(text):
    assert unwritable(text) == ""


@pytest.mark.parametrize(
    ("text", "letters"), [(f"{RUNES}a{RUNES}", RUNES), ("Marie", ""), ("", ""), (f"홍{RUNES}", RUNES)]
)
def test_letters_that_would_be_boxes_are_named_once(text, letters):
    assert unwritable(text) == letters


def test_without_fontconfig_our_own_fonts_are_all_there_is(monkeypatch):
    writable._machine_ranges.cache_clear()
    monkeypatch.setattr(writable.shutil, "which", lambda _name: None)
    try:
        assert (unwritable("홍길동 Ελένη"), unwritable("金")) == ("", "金")
    finally:
        writable._machine_ranges.cache_clear()


@pytest.mark.parametrize(
    ("names", "printed"),
    [
        ({"name": RUNES, "name_romanised": "Xyooj"}, ("Dr. Xyooj", "")),
        ({"name": "홍길동", "name_romanised": "Hong"}, ("홍길동", "Dr. Hong")),
        ({"name": RUNES, "name_romanised": "Xyooj", "badge_script": "romanised"}, ("Dr. Xyooj", "")),
    ],
)
def test_a_badge_has_the_spelling_that_can_be_printed_and_the_title(summit, names, printed):
    face = face_of(make_registration(summit, title="Dr.", **names))
    assert (face.primary, face.secondary) == printed
