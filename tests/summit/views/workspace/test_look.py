"""Logo, colours, the picture beside shared links; and the menu of pages."""

import io
import re
from html import unescape

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from registration.registering import welcoming
from summit.lib.colour import brand, contrast
from summit.models import HistoryEntry, Page, Summit
from summit.public_pages import revisions
from tests.factories import make_page, make_registration, make_user

INDEX = "/en/ogp2021/organiser/settings/"
LOOK, MENU = f"{INDEX}look/", f"{INDEX}menu/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def hidden(page, name="form_versions"):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def filled(client, **values):
    return {
        "form_versions": hidden(client.get(LOOK).content.decode()),
        "brand_colour": "",
        "accent_colour": "",
        **values,
    }


def picture(width=800, height=800, mode="RGBA"):
    out = io.BytesIO()
    Image.new(mode, (width, height), (11, 107, 98, 128)[: len(mode)]).save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue())


def kept(name):
    with default_storage.open(name) as file:
        return file.read()


@pytest.mark.parametrize("colour", ["#ffee00", "#ffffff", "#000000", "#0b2f73", "#ff0000", "#7f7f7f", "#00ffff"])
def test_whatever_is_chosen_can_be_read_in_light_and_dark(colour):
    light, dark = brand(colour, colour)
    for tokens, papers in ((light, ("#ffffff", "#f5f6f8", "#eceff4")), (dark, ("#181c24", "#0f1217", "#202631"))):
        assert contrast("#ffffff", tokens["brand"]) >= 4.5 and contrast("#ffffff", tokens["brand-2"]) >= 4.5
        assert all(contrast(tokens["link"], paper) >= 4.5 for paper in papers)
        assert contrast(tokens["on-button"], tokens["button"]) >= 4.5
    assert brand("", "") == ({}, {})


def test_colours_become_tokens_of_every_page_and_of_mails(summit, office, client):
    assert ":root" not in client.get("/ogp2021/theme.css").content.decode()
    assert office.post(LOOK, filled(office, brand_colour="#7A1F5C", accent_colour="#b4005a")).status_code == 302
    revisions.forget()
    sheet = client.get("/ogp2021/theme.css").content.decode()
    light, dark = sheet.split("@media screen and (prefers-color-scheme:dark)")
    assert "--brand:#7a1f5c" in light and "--link:#b4005a" in light and "--brand:" in dark and "--link:" in dark
    assert 'name="theme-color" content="#7a1f5c"' in client.get("/en/ogp2021/").content.decode()
    welcoming.tell(make_registration(Summit.objects.get()))
    assert "background: #7a1f5c" in summit.messages.first().html


def test_the_verdict_stands_there_before_anything_is_saved(office):
    page = office.post(
        LOOK, filled(office, brand_colour="#ffee88", accent_colour="#0b50d0", action="preview")
    ).content.decode()
    assert "Head, with white words: 1.2 to 1. Too little to read" in page
    assert "Links on paper: 6.8 to 1. Enough to read." in page
    assert Summit.objects.get().brand_colour == ""


def test_a_logo_and_a_picture_are_made_anew_shown_and_taken_away(
    summit, office, client, django_capture_on_commit_callbacks
):
    office.post(LOOK, filled(office, logo_file=picture(), social_picture_file=picture(2000, 2000)))
    held = Summit.objects.get()
    logo, social = (Image.open(io.BytesIO(kept(each.name))) for each in (held.logo, held.social_picture))
    assert (logo.format, logo.size, logo.mode) == ("WEBP", (160, 160), "RGBA")
    assert (social.format, social.size) == ("JPEG", (1200, 630))
    page = client.get("/en/ogp2021/").content.decode()
    assert f'src="{held.logo.url}"' in page
    assert f'property="og:image" content="http://testserver{held.social_picture.url}"' in page
    response = client.get(held.social_picture.url)
    assert response["Content-Type"] == "image/jpeg" and b"".join(response.streaming_content) == kept(
        held.social_picture.name
    )
    with django_capture_on_commit_callbacks(execute=True):
        office.post(LOOK, filled(office, no_logo="on"))
    assert not Summit.objects.get().logo and not default_storage.exists(held.logo.name)
    assert default_storage.exists(held.social_picture.name)
    assert "another file" in office.get(LOOK).content.decode()


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'/>", b"%PDF-1.7", b""])
def test_what_is_no_picture_is_refused(office, content):
    response = office.post(LOOK, filled(office, logo_file=SimpleUploadedFile("logo.png", content)))
    assert response.status_code == 422
    assert not Summit.objects.get().logo


@pytest.mark.parametrize(
    "wrong",
    [{"brand_colour": "red"}, {"accent_colour": "#12345"}, {"brand_colour": "#12345g"}, {"accent_colour": "#123456;"}],
    ids=str,
)
def test_what_is_no_colour_is_refused(office, wrong):
    assert office.post(LOOK, filled(office, **wrong)).status_code == 422
    assert HistoryEntry.objects.count() == 0


def test_two_owners_do_not_overwrite_each_others_look(office):
    early = filled(office, brand_colour="#111111")
    office.post(LOOK, filled(office, brand_colour="#222222"))
    response = office.post(LOOK, early)
    assert response.status_code == 409 and 'value="#111111"' in response.content.decode()
    assert Summit.objects.get().brand_colour == "#222222"


def test_pages_stand_in_the_menu_in_their_order_before_registering(summit, office, client):
    make_page(summit, "visa", title={"ko": "비자", "en": "Visa"})
    make_page(summit, "hotels", title={"ko": "숙소", "en": "Hotels"})
    versions = hidden(office.get(MENU).content.decode())
    assert office.post(MENU, {"form_versions": versions, "page-visa": "2", "page-hotels": "1"}).status_code == 302
    page = client.get("/en/ogp2021/").content.decode()
    menu = page[page.index("masthead") : page.index("</nav>")]
    assert menu.index("Agenda") < menu.index("Hotels") < menu.index("Visa") < menu.index("Register")
    assert "숙소" in client.get("/ko/ogp2021/agenda/").content.decode().split("</nav>")[0]
    assert "Menu changed" in office.get(MENU).content.decode()
    # Somebody with the page as it was before.
    response = office.post(MENU, {"form_versions": versions, "page-visa": "1"})
    assert response.status_code == 409
    assert Page.objects.get(slug="hotels").menu_order == 1
    office.post(MENU, {"form_versions": hidden(response.content.decode())})
    assert not Page.objects.filter(in_menu=True).exists()


@pytest.mark.parametrize(
    "wrong", [{"page-privacy": "1", "page-accessibility": "1"}, {"page-privacy": "5"}, {"page-privacy": "x"}]
)
def test_a_menu_that_is_none_is_refused(office, wrong):
    assert office.post(MENU, wrong).status_code == 422
    assert not Page.objects.filter(in_menu=True).exists()


@pytest.mark.parametrize("role", ["viewer", "translator", "registrations"])
def test_the_pages_are_for_those_who_arrange_the_summit(summit, as_user, role):
    client = as_user(make_user(summit=summit, role=role))
    for page in (LOOK, MENU):
        assert client.get(page).status_code == 404 and client.post(page, {}).status_code == 404
