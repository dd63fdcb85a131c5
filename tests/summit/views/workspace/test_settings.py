"""The index of the settings, and the sections of the summit itself."""

import re
from html import unescape

import pytest

from summit.models import HistoryEntry, Message, Summit
from summit.public_pages import revisions
from tests.factories import make_page, make_registration, make_user

INDEX = "/en/ogp2021/organiser/settings/"
GENERAL, LANGUAGES = f"{INDEX}general/", f"{INDEX}languages/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def hidden(page, name="form_versions"):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def filled(client, **values):
    """What a browser would send of the page of names."""
    return {
        "form_versions": hidden(client.get(GENERAL).content.decode()), "name_ko": "2021 OGP 글로벌서밋", "name_en": "2021 OGP Global Summit",
        "short_name_ko": "OGP 서밋", "short_name_en": "OGP Summit", "slogan_ko": "열린회복", "slogan_en": "Open Renewal",
        "summary_ko": "열린정부의 경험을 나눕니다.", "summary_en": "Sharing what open government has learnt.",
        "contact_email": "contact@ogp2021.example", "reply_to": "", **values,
    }  # fmt: skip


def test_the_index_says_in_each_section_what_is_set(office):
    for language, words in {"en": "15–17 December 2021", "ko": "2021년 12월 15일–17일"}.items():
        page = office.get(INDEX.replace("/en/", f"/{language}/")).content.decode()
        assert words in page and "contact@ogp2021.example" in page and "한국어 · English" in page
        assert f'href="/{language}/ogp2021/organiser/settings/general/"' in page


@pytest.mark.parametrize("role", ["track_lead", "viewer", "desk", "registrations", "translator"])
def test_the_settings_are_for_those_who_arrange_the_summit(summit, as_user, role):
    client = as_user(make_user(summit=summit, role=role))
    for page in (INDEX, GENERAL, LANGUAGES):
        assert client.get(page).status_code == 404
        assert client.post(page, {"name_en": "Mine"}).status_code == 404


def test_names_are_saved_public_at_once_and_told_in_the_history(summit, office, client):
    assert "2021 OGP Global Summit" in client.get("/en/ogp2021/").content.decode()
    assert office.post(GENERAL, filled(office, name_en="Summit of Seoul")).status_code == 302
    revisions.forget()
    assert "Summit of Seoul" in client.get("/en/ogp2021/").content.decode()
    page = office.get(GENERAL).content.decode()
    assert "Settings changed" in page and "2021 OGP Global Summit" in page
    entry = HistoryEntry.objects.get(action="summit.settings")
    assert list(entry.changes) == ["name"] and entry.by.email == "organiser@team.example"
    # Saved again, nothing differs: no second line.
    office.post(GENERAL, filled(office, name_en="Summit of Seoul"))
    assert HistoryEntry.objects.filter(action="summit.settings").count() == 1


def test_a_preview_says_what_follows_and_saves_nothing(summit, office):
    response = office.post(GENERAL, filled(office, short_name_en="Seoul <b>", contact_email="", action="preview"))
    page = response.content.decode()
    assert response.status_code == 200 and "Preview, nothing is saved yet" in page
    assert "In the corner of every page: Seoul &lt;b&gt;" in page
    assert "where nobody may read them" in page
    assert Summit.objects.get().contact_email == "contact@ogp2021.example"


def test_two_owners_do_not_overwrite_each_other_and_nothing_typed_is_lost(summit, office):
    early = filled(office, slogan_en="Mine 🎈")
    office.post(GENERAL, filled(office, slogan_en="Theirs"))
    response = office.post(GENERAL, early)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else has changed this in the meantime" in page and "Theirs" in page and "Mine 🎈" in page
    assert Summit.objects.get().slogan["en"] == "Theirs"
    assert office.post(GENERAL, {**early, "form_versions": hidden(page)}).status_code == 302
    assert Summit.objects.get().slogan["en"] == "Mine 🎈"


@pytest.mark.parametrize(
    "wrong", [{"name_ko": "", "name_en": ""}, {"name_en": "x" * 301}, {"contact_email": "nobody"}, {"reply_to": "a b@c.example"},
              {"summary_en": "y" * 2001}, {"form_versions": "[", "name_ko": "", "name_en": ""}], ids=str,
)  # fmt: skip
def test_bad_input_is_refused_and_kept(office, wrong):
    response = office.post(GENERAL, filled(office, **wrong))
    assert response.status_code == 422
    assert "Something still needs your attention" in response.content.decode()
    assert HistoryEntry.objects.count() == 0


def test_answers_to_mails_go_to_the_reply_address_else_to_the_contact_address(summit, office, mailoutbox, work):
    make_registration(summit)
    work()
    assert mailoutbox[-1].reply_to == ["contact@ogp2021.example"]
    office.post(GENERAL, filled(office, reply_to="answers@ogp2021.example"))
    make_registration(summit)
    work()
    assert mailoutbox[-1].reply_to == ["answers@ogp2021.example"]
    Summit.objects.update(reply_to="", contact_email="")
    make_registration(summit)
    work()
    assert mailoutbox[-1].reply_to == []
    assert Message.objects.filter(state="sent").count() == 3


def test_the_order_of_languages_is_set_and_one_alone_can_come_first(summit, office):
    versions = hidden(office.get(LANGUAGES).content.decode())
    assert office.post(LANGUAGES, {"form_versions": versions, "ko": "2", "en": "1"}).status_code == 302
    assert Summit.objects.get().languages == ["en", "ko"]
    assert office.post(LANGUAGES, {"form_versions": versions, "ko": "1", "en": "2"}).status_code == 409


@pytest.mark.parametrize("wrong", [{"ko": "", "en": ""}, {"ko": "1", "en": "1"}, {"ko": "3", "en": "1"}, {"ko": "x"}])
def test_an_order_that_is_none_is_refused(office, wrong):
    assert office.post(LANGUAGES, wrong).status_code == 422
    assert Summit.objects.get().languages == ["ko", "en"]


def test_taking_a_language_away_says_first_what_would_be_lost(summit, office):
    make_page(summit, "only-korean", title={"ko": "한국어만"}, body={"ko": "한국어만"})
    make_registration(summit, language="ko")
    sent = {"ko": "", "en": "1"}
    response = office.post(LANGUAGES, {**sent, "agreed": hidden(office.get(LANGUAGES).content.decode(), "agreed")})
    page = response.content.decode()
    assert response.status_code == 409 and Summit.objects.get().languages == ["ko", "en"]
    assert "2 texts are written in 한국어 alone" in page and "1 person has registered in 한국어" in page
    agreed = hidden(page, "agreed")
    # One more text since: asked again.
    make_page(summit, "another", title={"ko": "또", "en": "Another"}, body={"ko": "한국어만"})
    response = office.post(LANGUAGES, {**sent, "agreed": agreed})
    assert response.status_code == 409 and "3 texts" in response.content.decode()
    assert office.post(LANGUAGES, {**sent, "agreed": hidden(response.content.decode(), "agreed")}).status_code == 302
    held = Summit.objects.get()
    assert held.languages == ["en"]
    assert held.name["ko"] == "2021 OGP 글로벌서밋"
    # Nothing is lost by its return.
    office.post(LANGUAGES, {"ko": "1", "en": "2"})
    assert Summit.objects.get().languages == ["ko", "en"]
