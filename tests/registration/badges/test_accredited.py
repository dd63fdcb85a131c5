"""Band, zones and photo of a badge: from the category and the person onto paper."""

import dataclasses

import pypdfium2
import pytest
from pypdfium2 import raw

from registration.accrediting import photos, zones
from registration.badges import Layout, draw, layout, printing
from registration.models import Registration
from tests.factories import make_category, make_picture, make_registration, make_zone
from tests.registration.badges.reading import decoded, face, texts, whole

BANDED = dataclasses.replace(face(), band="언론 · PRESS", band_colour="#ffd400", zones="A · P2", photo=make_picture())


def photos_on(pdf: bytes) -> list[tuple[float, float, float, float]]:
    """Left, bottom, right and top, in points, of each photo of the first page; codes are squares."""
    page = pypdfium2.PdfDocument(pdf)[0]
    boxes = [each.get_bounds() for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)]
    return [box for box in boxes if round(box[2] - box[0]) != round(box[3] - box[1])]


@pytest.mark.parametrize("make", [draw, whole])
def test_band_zones_and_photo_are_on_the_card_and_the_code_is_read(make):
    pdf = make([BANDED])
    [said] = texts(pdf)
    assert "언론 · PRESS" in said and "A · P2" in said and "김민서" in said
    [(left, bottom, right, top)] = photos_on(pdf)
    assert (round((right - left) / layout.MM), round((top - bottom) / layout.MM)) == (27, 36)
    assert decoded(pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil()) == [BANDED.token]


def test_a_badge_without_them_is_as_it_was_beside_one_that_has_them():
    pdf = draw([BANDED, face()], layout=Layout.A4)
    assert len(photos_on(pdf)) == 1
    assert texts(draw([face()])) == [texts(draw([face(), BANDED]))[0]]


def test_a_long_name_leaves_room_for_the_photo():
    long = dataclasses.replace(BANDED, primary="Maximiliana-Wilhelmina von Hohenzollern-Sigmaringen")
    pdf = draw([long])
    [(left, bottom, _right, top)] = photos_on(pdf)
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    letters = [text.get_charbox(n) for n in range(text.count_chars())]
    beside = [box for box in letters if bottom < box[1] and box[3] < top]
    assert len(beside) > 20 and max(box[2] for box in beside) < left


def test_a_colour_nobody_can_print_is_refused():
    with pytest.raises(ValueError, match="band_colour"):
        dataclasses.replace(face(), band_colour="red")


@pytest.mark.django_db
def test_what_stands_on_it_comes_from_the_category_and_the_person(summit, organiser, own_photos):
    a, b = make_zone(summit, "A"), make_zone(summit, "B", order=1)
    category = make_category(
        summit, "press", band={"ko": "언론", "en": "PRESS"}, band_colour="#b3261e", photo="printed"
    )
    category.zones.set([a])
    made = make_registration(summit, category=category)
    photos.put(made, make_picture(), by=None)
    zones.give(made, [a, b], reason="Speaks.", by=organiser)
    found = printing.face_of(Registration.objects.get(pk=made.pk))
    assert (found.band, found.band_colour, found.zones) == ("언론 · PRESS", "#b3261e", "A · B")
    assert found.photo.startswith(b"\xff\xd8")
    category.photo = "looked_at"
    category.save()
    assert printing.face_of(Registration.objects.get(pk=made.pk)).photo == b""
    category.photo = "printed"
    category.save()
    for path in own_photos.rglob("*.jpg"):
        path.unlink()
    assert printing.face_of(Registration.objects.get(pk=made.pk)).photo == b""
