"""Organisers' pages: tracks, links, publication."""

import pytest
from django.test import Client

from sessions.models import Session, Track
from summit.models import HistoryEntry, Summit
from tests.factories import make_session, make_summit, make_track
from tests.html import flat

BASE = "/en/ogp2021/organiser"


@pytest.fixture
def client(organiser, as_user):
    return as_user(organiser)


def form(**changed):
    return {
        "name_ko": "디지털",
        "name_en": "Digital",
        "theme_ko": "",
        "theme_en": "",
        "summary_ko": "",
        "summary_en": "",
        "colour": "#12705b",
        "slug": "",
        **changed,
    }


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("page", ["tracks/", "tracks/new/", "tracks/civic-space/", "links/", "publication/"])
def test_every_page_opens_in_both_languages(summit, client, language, page):
    make_session(summit, track=make_track(summit)).materials.create(kind="link", url="https://ogp.example/")
    response = client.get(f"/{language}/ogp2021/organiser/{page}")
    assert response.status_code == 200
    content = response.content.decode()
    assert f'<html lang="{language}">' in content
    assert '<meta name="robots" content="noindex">' in content
    assert "public" not in response.headers.get("Cache-Control", "")


def test_a_track_is_created_in_both_languages(summit, client):
    response = client.post(f"{BASE}/tracks/new/", form(), follow=True)
    assert response.redirect_chain == [(f"{BASE}/tracks/", 302)]
    track = Track.objects.get()
    assert (track.slug, track.name, track.colour, track.order) == (
        "digital",
        {"ko": "디지털", "en": "Digital"},
        "#12705b",
        1,
    )
    content = response.content.decode()
    assert "The track “Digital” was added." in content
    assert '<span lang="ko">디지털</span>' in content and '<span lang="en">Digital</span>' in content


def test_the_public_sees_the_new_name_at_once(summit, client):
    track = make_track(summit)
    guest = Client()
    assert "Civic space" in guest.get("/en/ogp2021/agenda/").content.decode()
    client.post(f"{BASE}/tracks/{track.slug}/", form(name_ko="시민 공간", name_en="Room for citizens"))
    from summit.public_pages import revisions

    revisions.forget()  # what a second does
    content = guest.get("/en/ogp2021/agenda/").content.decode()
    assert "Room for citizens" in content and "Civic space" not in content


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Digital, Data & AI", "digital-data-ai"),
        ("", "track-1"),
        ("2030 vision", "track-2030-vision"),
        ("!!!", "track-1"),
        ("A" * 80, "a" * 40),
    ],
)
def test_an_address_is_made_from_the_english_name_where_none_is_given(summit, client, typed, slug):
    response = client.post(f"{BASE}/tracks/new/", form(name_en=typed))
    assert response.status_code == 302, response.content.decode()
    assert Track.objects.get().slug == slug
    Track.objects.get().full_clean()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"colour": "green"}, "#rrggbb"),
        ({"colour": "#12705b;}"}, "#rrggbb"),
        ({"colour": ""}, "required"),
        ({"name_ko": "", "name_en": " "}, "at least one language"),
        ({"name_en": "x" * 81}, "80"),
        ({"slug": "Digital Track"}, "Small letters"),
        ({"slug": "../admin"}, "Small letters"),
        ({"slug": "civic-space"}, "Another track has this address."),
        ({"name_en": "Civic space"}, "Another track has this address."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(summit, client, wrong, message):
    make_track(summit)
    response = client.post(f"{BASE}/tracks/new/", form(**wrong))
    assert response.status_code == 422
    content = response.content.decode()
    assert message in content
    assert 'role="alert"' in content
    if "name_ko" not in wrong:
        assert 'value="디지털"' in content
    assert Track.objects.count() == 1


def test_the_same_address_in_another_summit_is_no_trouble(summit, client):
    make_track(make_summit("ogp2023"), "digital")
    assert client.post(f"{BASE}/tracks/new/", form()).status_code == 302


def test_renaming_leaves_the_address_and_says_who_did_it(summit, client, organiser):
    make_track(summit)
    response = client.post(f"{BASE}/tracks/civic-space/", form(slug="elsewhere"))
    assert response.status_code == 302
    track = Track.objects.get()
    assert (track.slug, track.name["en"]) == ("civic-space", "Digital")
    entry = HistoryEntry.objects.get()
    assert (entry.by, entry.action) == (organiser, "track.edit")
    assert set(entry.changes) == {"name", "colour"}
    assert Summit.objects.get().agenda_revision == 2


def test_texts_can_be_emptied(summit, client):
    make_track(summit, theme={"ko": "주제", "en": "Theme"})
    client.post(f"{BASE}/tracks/civic-space/", form())
    assert not Track.objects.get().theme


def test_a_wrong_edit_keeps_the_title_of_the_page(summit, client):
    make_track(summit)
    response = client.post(f"{BASE}/tracks/civic-space/", form(name_ko="", name_en=""))
    assert response.status_code == 422
    assert "<h1>Civic space</h1>" in flat(response.content.decode())


def test_tracks_are_moved_one_place(summit, client):
    for number, slug in enumerate(("aa", "bb", "cc")):
        make_track(summit, slug, order=number)
    client.post(f"{BASE}/tracks/order/", {"slug": "cc", "direction": "up"})
    assert [track.slug for track in summit.tracks.all()] == ["aa", "cc", "bb"]
    for nonsense in ({"slug": "cc", "direction": "sideways"}, {"direction": "up"}, {"slug": "a b", "direction": "up"}):
        assert client.post(f"{BASE}/tracks/order/", nonsense).status_code == 302
    assert [track.slug for track in summit.tracks.all()] == ["aa", "cc", "bb"]
    assert client.post(f"{BASE}/tracks/order/", {"slug": "nothing", "direction": "up"}).status_code == 404
    assert client.get(f"{BASE}/tracks/order/").status_code == 405


def test_a_track_of_another_summit_cannot_be_reached(summit, client):
    make_track(make_summit("ogp2023"), "theirs")
    assert client.get(f"{BASE}/tracks/theirs/").status_code == 404
    assert client.post(f"{BASE}/tracks/theirs/", form()).status_code == 404


def test_the_list_asks_the_same_questions_for_more_tracks(summit, client, django_assert_num_queries):
    client.get(f"{BASE}/tracks/")
    for number in range(3):
        make_session(summit, f"SES00{number}", track=make_track(summit, f"track-{number}"))
        with django_assert_num_queries(11):
            client.get(f"{BASE}/tracks/")


def test_links_nobody_confirmed_come_first(summit, client):
    session = make_session(summit, number=1)
    session.materials.create(kind="recording", url="https://ogp.example/sure", confirmed=True)
    session.materials.create(kind="recording", url="https://ogp.example/unsure", title={"en": "A search"})
    make_session(make_summit("ogp2023"), "OTH001").materials.create(kind="link", url="https://ogp.example/other")
    content = client.get(f"{BASE}/links/").content.decode()
    assert (
        content.index("https://ogp.example/unsure")
        < content.index("Not checked")
        < content.index("https://ogp.example/sure")
    )
    assert "https://ogp.example/other" not in content


def test_the_agenda_is_published_and_taken_back(db, as_user):
    from tests.factories import make_user

    summit = make_summit(agenda_published_at=None)
    client = as_user(make_user(summit=summit, role="owner"))
    for code in ("CIV001", "CIV002"):
        make_session(summit, code, published_at=None)
    assert "A new version would tell of 2 changes:" in client.get(f"{BASE}/publication/").content.decode()
    done = client.post(f"{BASE}/publication/", {"action": "publish", "confirmed": "1"}, follow=True).content.decode()
    assert "Version 1 is public." in done
    assert "The agenda is public" in done
    assert Client().get("/en/ogp2021/sessions/CIV001/").status_code == 200
    back = client.post(f"{BASE}/publication/", {"action": "withdraw"}, follow=True).content.decode()
    assert "The agenda is no longer public." in back
    assert not Session.objects.published().exists()


def test_publishing_nothing_is_refused_in_words(summit, client):
    response = client.post(f"{BASE}/publication/", {"action": "publish"})
    assert response.status_code == 409
    assert "There is no session yet that could be published." in response.content.decode()


@pytest.mark.parametrize("action", ["", "nonsense"])
def test_only_what_was_asked_for_is_done(summit, client, action):
    make_session(summit, published_at=None)
    client.post(f"{BASE}/publication/", {"action": action})
    assert not Session.objects.published().exists()
