from io import BytesIO

import pikepdf
import pytest
from django.utils import translation

from registration.badges import printing
from registration.door import tickets
from registration.papers import ticket_sheet
from registration.registering import lifecycle
from tests.factories import make_registration, make_venue
from tests.registration.badges.reading import decoded, pictures, texts
from tests.sessions.prints.reading import structure


def test_a_ticket_says_all_that_is_needed_at_the_door(summit):
    make_venue(summit)
    made = make_registration(summit, language="en")
    # A reference without pairs of letters that are set so close or so wide that a reader of PDF sees a gap.
    made.reference = "K7QM-3FXD"
    (page,) = texts(ticket_sheet.ticket(made))
    assert page == (
        "2021 OGP Global Summit 15–17 December 2021 홍길동 Hong Gildong 사무국장 한빛시민연대 South Korea "
        "Government delegate · In person COEX, Seoul 513 Yeongdong-daero, Gangnam-gu, Seoul "
        f"{made.reference} Show the QR code of your ticket at the entrance."
    )


def test_its_code_is_the_ticket(registration):
    (picture,) = pictures(ticket_sheet.ticket(registration))
    (token,) = decoded(picture)
    assert token == tickets.token_for(registration)
    assert tickets.read(token).guid == registration.guid


def test_whoever_takes_part_online_has_no_ticket(summit):
    with pytest.raises(printing.NoBadge):
        ticket_sheet.ticket(make_registration(summit, attendance="online"))


@pytest.mark.parametrize("reader", ["ko", "en"])
def test_a_ticket_speaks_the_language_of_its_person(registration, reader):
    with translation.override(reader):
        (page,) = texts(ticket_sheet.ticket(registration))
    assert page.startswith("2021 OGP 글로벌서밋 2021년 12월 15일–17일 홍길동")
    assert "대한민국" in page
    assert "정부 대표" in page


def test_markup_in_a_name_is_printed_as_text_and_fetches_nothing(summit):
    made = make_registration(summit, name='<img src="file:///etc/passwd">', name_romanised="<b>Hong</b>", organisation="{{ 7|add:7 }}")  # fmt: skip
    (page,) = texts(ticket_sheet.ticket(made))
    assert '<img src="file:///etc/passwd">' in page.replace("etc/ passwd", "etc/passwd")
    assert "<b>Hong</b>" in page
    assert "{{ 7|add:7 }}" in page


@pytest.mark.parametrize("name", ["محمد علي", "Nguyễn Thị Hương", "金哲洙", "홍길동 🙂", "W" * 120, "가" * 120])
def test_any_name_fits_on_one_page(summit, name):
    make_venue(summit)
    made = make_registration(summit, name=name)
    pdf = ticket_sheet.ticket(made)
    assert len(texts(pdf)) == 1
    assert decoded(pictures(pdf)[0]) == [tickets.token_for(made)]


def test_the_code_stays_whole_where_everything_is_as_long_as_allowed(summit):
    make_venue(summit)
    made = make_registration(summit, name="W" * 120, name_romanised="W" * 120, organisation="W" * 160, job_title="W" * 120)  # fmt: skip
    assert [code for page in pictures(ticket_sheet.ticket(made)) for code in decoded(page)] == [tickets.token_for(made)]


def test_a_cancelled_registration_has_no_ticket(registration):
    lifecycle.cancel(registration)
    with pytest.raises(printing.NoBadge):
        ticket_sheet.ticket(registration)


def test_a_ticket_is_tagged_for_who_listens(registration):
    pdf = ticket_sheet.ticket(registration)
    found = structure(pdf)
    assert [kind for kind, _language, _alt in found].count("H1") == 1
    assert [alt for kind, _language, alt in found if kind == "Figure"] == [f"입장권 {registration.reference}"]
    with pikepdf.open(BytesIO(pdf)) as document:
        assert bool(document.Root.MarkInfo.Marked) and str(document.Root.Lang) == "ko"
