import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from registration.accrediting import vetting
from registration.mailing import emails
from registration.models import Photo
from registration.registering import delegated
from tests.factories import (
    make_category,
    make_delegation,
    make_head,
    make_picture,
    make_registration,
    make_summit,
)
from tests.registration.reading import words

PICTURE = make_picture()


def a_file(content: bytes = PICTURE, name: str = "me.jpg") -> dict:
    return {"photo": SimpleUploadedFile(name, content)}


@pytest.fixture
def press(summit, own_photos):
    return make_category(summit, "press", photo="printed", vetted=True)


@pytest.fixture
def somebody(summit, press):
    return make_registration(summit, category=press, language="en")


def own(registration, part: str = "") -> str:
    return f"/en/ogp2021/registrations/{registration.token}/{part}"


def test_the_own_page_asks_for_a_photo_and_shows_the_one_that_was_sent(client, somebody):
    page = words(client.get(own(somebody)))
    assert "The organisers need a photo of you" in page and "your accreditation is being checked" in page
    assert "Ticket (PDF)" not in page and "Badge (PDF)" not in page
    assert client.get(own(somebody, "ticket.pdf")).status_code == 302
    answer = client.post(own(somebody, "photo/"), a_file(), follow=True)
    assert "The photo was saved." in words(answer) and "The organisers need a photo" not in words(answer)
    file = client.get(own(somebody, "photo.jpg"))
    assert (file.status_code, file["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in file["Cache-Control"] and file["Referrer-Policy"] == "strict-origin"
    assert b"".join(file.streaming_content).startswith(b"\xff\xd8")
    client.post(own(somebody, "photo/"), {"action": "away"})
    assert not Photo.objects.exists() and client.get(own(somebody, "photo.jpg")).status_code == 404


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({}, "Choose a photo."),
        (a_file(b""), "empty"),
        (a_file(b"%PDF-1.7"), "Choose a photo as JPEG"),
        (a_file(make_picture(900, 600)), "not upright"),
        (a_file(make_picture(90, 120)), "too few pixels"),
    ],
)
def test_what_is_no_photo_is_told_and_nothing_kept(client, somebody, sent, why):
    answer = client.post(own(somebody, "photo/"), sent)
    assert answer.status_code == 422 and why in words(answer)
    assert not Photo.objects.exists()


def test_nobody_sends_one_by_a_strange_link_or_unasked(client, summit, somebody):
    assert client.post(own(somebody).replace(somebody.token, "x" * 32) + "photo/", a_file()).status_code == 404
    other = make_registration(summit, category=make_category(summit, "guest"))
    assert client.get(own(other, "photo/")).headers["Location"] == other.get_absolute_url().replace("/ko/", "/en/")
    client.post(own(other, "photo/"), a_file())
    assert not Photo.objects.exists()


def test_whoever_is_refused_reads_why_and_no_ticket_is_left(client, somebody, organiser):
    vetting.move(somebody, "refuse", by=organiser, reason="Nobody knows the newspaper.")
    page = words(client.get(own(somebody)))
    assert "You cannot be let into the venue" in page and "Nobody knows the newspaper." in page
    assert "You can still take part online." in page
    assert client.get(own(somebody, "badge.pdf")).status_code == 302


def test_the_confirmation_promises_no_ticket_before_somebody_is_cleared(somebody):
    mail = emails.confirmed(somebody)
    for text in (mail.text, mail.html):
        assert "Your accreditation is still being checked." in text and "send it on your own page" in text
        assert "Show the QR code" not in text and "My registration and ticket" not in text


def test_the_head_of_a_delegation_sends_photos_of_its_own_alone(client, summit, press, somebody, organiser):
    delegation = make_delegation(summit, places=2)
    delegated.set_delegation(somebody, delegation, by=organiser)
    head = make_head(delegation, language="en")
    page = f"/en/ogp2021/delegations/{head.token}/"
    assert "Missing: Vetting" in words(client.get(page))
    photo = f"{page}people/{somebody.guid}/photo/"
    assert client.post(photo, a_file(b"nothing")).status_code == 422
    assert client.post(photo, a_file()).status_code == 302
    assert b"".join(client.get(f"{photo[:-1]}.jpg").streaming_content).startswith(b"\xff\xd8")
    stranger = make_registration(summit, category=press)
    for part in ("photo/", "photo.jpg"):
        assert client.get(f"{page}people/{stranger.guid}/{part}").status_code == 404
    elsewhere = make_head(make_delegation(make_summit("ogp2023")))
    assert client.get(f"/en/ogp2021/delegations/{elsewhere.token}/people/{somebody.guid}/photo.jpg").status_code == 404
