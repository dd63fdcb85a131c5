"""Venues in the settings, and on the opening page."""

import io
import re
from html import unescape

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from summit.models import HistoryEntry, Venue
from tests.factories import make_room, make_user, make_venue

PAGE = "/en/ogp2021/organiser/settings/venues/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def hidden(page, name="form_versions"):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def picture(width=400, height=300, kind="PNG", **more):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#0b6b62").save(out, kind, **more)
    return SimpleUploadedFile("Karte für alle.png", out.getvalue())


def filled(client, code="coex", **values):
    versions = hidden(client.get(f"{PAGE}{code}/").content.decode())
    return {
        "form_versions": versions,
        "name_ko": "서울 코엑스",
        "name_en": "COEX, Seoul",
        "city_en": "Seoul",
        "country": "KR",
        **values,
    }


def test_a_second_venue_is_added_and_both_stand_on_the_opening_page(summit, office, client):
    make_venue(summit)
    sent = {
        "name_en": "City Hall",
        "access_en": "By line 1.",
        "map_url": "https://maps.example/hall",
        "country": "KR",
        "picture": picture(),
    }
    assert office.post(f"{PAGE}new/", sent).status_code == 302
    made = Venue.objects.get(code="city-hall")
    assert (made.country, made.order) == ("KR", 1)
    page = client.get("/en/ogp2021/").content.decode()
    for words in ("COEX, Seoul", "City Hall", "By line 1.", 'href="https://maps.example/hall"', made.map_picture.url):
        assert words in page
    response = client.get(made.map_picture.url)
    assert response["Content-Type"] == "image/webp" and response["Content-Disposition"].startswith("inline")
    list(response.streaming_content)
    assert "서울 코엑스" in client.get("/ko/ogp2021/").content.decode()


def test_a_picture_is_made_anew_without_what_was_hidden_in_it(summit, office):
    make_venue(summit)
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    office.post(f"{PAGE}coex/", filled(office, picture=picture(3000, 2000, "JPEG", exif=exif)))
    name = Venue.objects.get().map_picture.name
    with default_storage.open(name) as file:
        content = file.read()
    kept = Image.open(io.BytesIO(content))
    assert (kept.format, kept.size) == ("WEBP", (1600, 1067))
    assert b"a secret" not in content


def test_a_picture_is_replaced_and_taken_away(summit, office, django_capture_on_commit_callbacks):
    make_venue(summit)
    office.post(f"{PAGE}coex/", filled(office, picture=picture()))
    first = Venue.objects.get().map_picture.name
    with django_capture_on_commit_callbacks(execute=True):
        office.post(f"{PAGE}coex/", filled(office, picture=picture()))
    second = Venue.objects.get().map_picture.name
    assert first != second and not default_storage.exists(first) and default_storage.exists(second)
    office.post(f"{PAGE}coex/", filled(office))
    assert Venue.objects.get().map_picture.name == second
    with django_capture_on_commit_callbacks(execute=True):
        office.post(f"{PAGE}coex/", filled(office, no_picture="on"))
    assert not Venue.objects.get().map_picture and not default_storage.exists(second)


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"\x89PNG\r\n\x1a\nbroken"]
)
def test_what_is_no_picture_is_refused(summit, office, content):
    make_venue(summit)
    response = office.post(
        f"{PAGE}coex/", filled(office, city_en="Busan", picture=SimpleUploadedFile("a.png", content))
    )
    assert response.status_code == 422 and "no picture we can read" in response.content.decode()
    assert Venue.objects.get().city["en"] == "Seoul"


def test_a_picture_too_small_to_see_is_refused(summit, office):
    make_venue(summit)
    response = office.post(f"{PAGE}coex/", filled(office, picture=picture(100, 100)))
    assert response.status_code == 422 and "at least 200 by 150 pixels" in response.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"map_url": "javascript:alert(1)"}, {"name_en": "", "name_ko": ""}, {"country": "Korea"}], ids=str
)
def test_bad_input_is_refused(summit, office, wrong):
    make_venue(summit)
    assert office.post(f"{PAGE}coex/", filled(office, **wrong)).status_code == 422
    assert HistoryEntry.objects.count() == 0


def test_a_venue_with_rooms_is_not_deleted(summit, office):
    make_room(summit)
    assert "There are rooms in this venue" in office.post(f"{PAGE}coex/deletion/", follow=True).content.decode()
    make_venue(summit, "annex")
    office.post(f"{PAGE}annex/deletion/")
    assert list(Venue.objects.values_list("code", flat=True)) == ["coex"]


def test_two_owners_do_not_overwrite_each_others_venue(summit, office):
    make_venue(summit)
    early = filled(office, city_en="Incheon")
    office.post(f"{PAGE}coex/", filled(office, city_en="Busan"))
    response = office.post(f"{PAGE}coex/", early)
    assert (
        response.status_code == 409 and "Busan" in response.content.decode() and "Incheon" in response.content.decode()
    )
    assert Venue.objects.get().city["en"] == "Busan"


@pytest.mark.parametrize("number", [1, 3])
def test_the_table_takes_as_many_queries_for_three_rows_as_for_one(summit, office, number, django_assert_num_queries):
    for n in range(number):
        make_room(summit, f"room-{n}", venue=make_venue(summit, f"venue-{n}"))
    office.get(PAGE)
    with django_assert_num_queries(8):
        office.get(PAGE)


def test_the_pages_are_for_those_who_arrange_the_summit(summit, as_user):
    make_venue(summit)
    client = as_user(make_user(summit=summit, role="viewer"))
    for page in (PAGE, f"{PAGE}new/", f"{PAGE}coex/"):
        assert client.get(page).status_code == 404 and client.post(page, {}).status_code == 404
