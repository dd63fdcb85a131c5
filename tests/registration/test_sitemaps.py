from xml.etree import ElementTree as ET

import pytest

from tests.factories import make_organisation, make_session, make_speaker, make_summit, make_track

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


def entries(client) -> dict[str, ET.Element]:
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    return {
        entry.findtext(f"{SITEMAP}loc").removeprefix("http://testserver"): entry
        for entry in ET.fromstring(response.content)
    }


@pytest.fixture
def full(summit):
    """One public thing of each kind, and beside each one that is not public."""
    track = make_track(summit)
    hidden = {"hosts": [make_organisation(summit, "hidden")], "people": [make_speaker(summit, code="hidden")]}
    make_session(
        summit, "CIV001", track=track, hosts=[make_organisation(summit)], people=[make_speaker(summit, code="p1")]
    )
    make_session(summit, "CIV002", published_at=None, track=track, **hidden)
    other = make_summit("secret2023", is_public=False)
    make_session(
        other, "SEC001", track=make_track(other), hosts=[make_organisation(other)], people=[make_speaker(other)]
    )
    return summit


def test_every_public_page_is_listed_in_each_language_and_nothing_else(client, full):
    paths = [
        "", "agenda/", "agenda/tracks/", "speakers/", "hosts/", "pages/", "register/", "venue/", "sessions/CIV001/",
        "tracks/civic-space/", "speakers/p1/", "hosts/moi/", "pages/privacy/", "pages/accessibility/",
    ]  # fmt: skip
    assert set(entries(client)) == {f"/{language}/ogp2021/{path}" for language in ("ko", "en") for path in paths}


def test_every_entry_names_its_twins(client, full):
    for path, entry in entries(client).items():
        rest = path.removeprefix("/ko").removeprefix("/en")
        assert {link.get("hreflang"): link.get("href") for link in entry.findall(LINK)} == {
            "ko": f"http://testserver/ko{rest}",
            "en": f"http://testserver/en{rest}",
            "x-default": f"http://testserver{rest}",
        }


def test_every_page_listed_answers(client, full):
    assert {path: client.get(path).status_code for path in entries(client)} == dict.fromkeys(entries(client), 200)


def test_sessions_and_pages_say_when_they_changed(client, full):
    found = entries(client)
    assert found["/ko/ogp2021/sessions/CIV001/"].findtext(f"{SITEMAP}lastmod") == "2021-11-01"
    edited = full.pages.get(slug="privacy").updated_at
    assert found["/en/ogp2021/pages/privacy/"].findtext(f"{SITEMAP}lastmod") == f"{edited:%Y-%m-%d}"


def test_private_addresses_are_not_listed(client, full):
    private = ("/organiser/", "/desk/", "/registrations/", "/my/", "/account/", "/my-sessions/")
    assert [path for path in entries(client) if any(part in path for part in private)] == []


@pytest.mark.parametrize("sessions", [1, 3])
def test_a_longer_map_takes_no_more_queries(client, summit, sessions, django_assert_num_queries):
    for number in range(sessions):
        make_session(
            summit, f"CIV00{number}", track=make_track(summit, f"track-{number}"),
            hosts=[make_organisation(summit, f"host-{number}")], people=[make_speaker(summit)],
        )  # fmt: skip
    with django_assert_num_queries(6):
        client.get("/sitemap.xml")


def test_the_address_without_a_language_leads_to_one(client, full):
    twins = {link.get("href") for entry in entries(client).values() for link in entry.findall(LINK)}
    plain = {address for address in twins if "/ko/" not in address and "/en/" not in address}
    assert len(plain) == len(entries(client)) / 2
    for address in plain:
        response = client.get(address.removeprefix("http://testserver"))
        assert (response.status_code, response["Location"]) == (302, address.replace("testserver", "testserver/ko").removeprefix("http://testserver"))  # fmt: skip
