import pypdfium2
import pytest

from registration.badges import Layout, draw
from registration.badges.layout import MM
from tests.registration.badges.reading import Glyph, darkest, difference, face, glyphs, pictures

NAMES = ["가나다", "라마바", "사아자", "차카타", "파하거"]


def test_a_badge_is_an_a6_page() -> None:
    page = pypdfium2.PdfDocument(draw([face()]))[0]
    assert page.get_size() == pytest.approx((105 * MM, 148 * MM), abs=0.01)


def test_four_badges_share_an_a4_sheet_and_the_fifth_begins_another() -> None:
    document = pypdfium2.PdfDocument(draw([face(primary=name) for name in NAMES], layout=Layout.A4))
    assert [page.get_size() for page in document] == [pytest.approx((210 * MM, 297 * MM), abs=0.01)] * 2


def test_cards_lie_edge_to_edge_in_reading_order() -> None:
    pdf = draw([face(primary=name) for name in NAMES[:4]], layout=Layout.A4)
    for index, name in enumerate(NAMES[:4]):
        card, here = largest(draw([face(primary=name)]), name[0]), largest(pdf, name[0])
        column, row = index % 2, index // 2
        assert here.left - card.left == pytest.approx(column * 105 * MM, abs=0.05)
        assert here.bottom - card.bottom == pytest.approx((0.5 + (1 - row) * 148) * MM, abs=0.05)


def largest(pdf: bytes, character: str) -> Glyph:
    """``character`` as it stands in the name."""
    return max(
        (glyph for glyph in glyphs(pdf) if glyph.character == character), key=lambda glyph: glyph.top - glyph.bottom
    )


def test_a_card_looks_the_same_on_a_sheet() -> None:
    # At 254 dpi ten pixels are a millimetre, so that cards begin on whole pixels.
    (sheet,) = pictures(draw([face()] * 4, layout=Layout.A4), 254)
    (card,) = pictures(draw([face()]), 254)
    inside = (60, 60, 1000, 1430)
    lower_right = sheet.crop((1050, 1485, 2100, 2965))
    assert difference(card.crop(inside), lower_right.crop(inside)) < 0.01


def test_crop_marks_are_where_the_cuts_are_and_only_on_sheets() -> None:
    (sheet,) = pictures(draw([face(colour="#ffffff")], layout=Layout.A4), 254)
    for x, y in ((1050, 10), (1050, 2950), (1050, 1485), (10, 1485), (2090, 1485), (2090, 5), (2090, 2965)):
        around = sheet.crop((x - 3, y - 3, x + 4, y + 4))
        assert darkest(around) < 128, (x, y)
    assert not Layout.A6.marks
