"""The agenda on other people's pages."""

import json
import re

import pytest

from sessions.views.public import embed
from tests import factories as make

SCRIPTS = ("/ogp2021/summit-agenda.js", "/ogp2021/widgets/schedule.js", "/en/ogp2021/widgets/schedule.js")
DATA = (
    "/ogp2021/schedule/widgets/schedule.json",
    "/ogp2021/schedule/widget/v2.json",
    "/en/ogp2021/schedule/widgets/schedule.json",
)


@pytest.fixture
def agenda(summit):
    make.make_session(
        summit, "CIV001", track=make.make_track(summit), people=[make.make_speaker(summit, code="P1", formerly="P0")]
    )
    return summit


@pytest.mark.parametrize("address", [*SCRIPTS, *DATA])
def test_pages_of_any_origin_may_load_the_script_and_the_data(agenda, client, address):
    answer = client.get(address, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not answer.cookies
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "*"


def test_the_component_is_small_and_asks_only_the_host_it_was_given():
    code = embed.code()
    assert len(code) < 10_000
    assert re.findall(rb"https?://[a-z]+\.", code) == []
    assert b"innerHTML" not in code


def test_what_is_to_be_copied_holds_a_link_for_pages_without_scripts(agenda, client):
    page = client.get("/en/ogp2021/agenda/embed/?track=civic-space").content.decode()
    assert (
        "&lt;summit-agenda src=&quot;http://testserver/ogp2021/&quot; lang=&quot;en&quot; track=&quot;civic-space&quot;&gt;"
        in page
    )
    assert "&lt;noscript&gt;&lt;a href=&quot;http://testserver/en/ogp2021/tracks/civic-space/&quot;" in page


def test_a_track_that_is_none_is_left_out(agenda, client):
    page = client.get('/en/ogp2021/agenda/embed/?track="><script>').content.decode()
    assert "&lt;summit-agenda src=&quot;http://testserver/ogp2021/&quot; lang=&quot;en&quot;&gt;" in page
    assert '"><script>' not in page


@pytest.mark.parametrize(("address", "language"), [
    ("/ogp2021/schedule/widgets/schedule.json", "ko"), ("/ogp2021/schedule/widgets/schedule.json?lang=en", "en"),
    ("/ogp2021/schedule/widgets/schedule.json?lang=xx", "ko"), ("/en/ogp2021/schedule/widgets/schedule.json", "en"),
    ("/ko/ogp2021/schedule/widget/v2.json", "ko"),
])  # fmt: skip
def test_the_language_is_that_of_the_address_whoever_asks(agenda, client, address, language):
    answer = client.get(address, headers={"Accept-Language": "en" if language == "ko" else "ko"})
    titles = {"ko": "열린정부 세션 CIV001", "en": "Open government session CIV001"}
    assert json.loads(answer.content)["talks"][0]["title"] == titles[language]
    assert answer["Content-Language"] == language


@pytest.mark.parametrize(("address", "leads_to"), [
    ("/ogp2021/talk/CIV001/", "/ko/ogp2021/sessions/CIV001/"), ("/en/ogp2021/talk/CIV001/", "/en/ogp2021/sessions/CIV001/"),
    ("/en/ogp2021/speaker/P1/", "/en/ogp2021/speakers/P1/"), ("/en/ogp2021/speaker/P0/", "/en/ogp2021/speakers/P1/"),
     ("/en/ogp2021/schedule/", "/en/ogp2021/agenda/"),
    ("/ogp2021/schedule/", "/ko/ogp2021/agenda/"),
])  # fmt: skip
def test_the_links_of_an_embed_lead_to_our_pages(agenda, client, address, leads_to):
    answer = client.get(address, headers={"Accept-Language": "ko"})
    assert (answer.status_code, answer["Location"]) == (302, leads_to)


def test_what_is_not_public_leads_nowhere(agenda, client):
    make.make_session(agenda, "SECRET", published_at=None)
    # What is nowhere without a language is looked for with one.
    assert client.get("/ogp2021/talk/SECRET/", follow=True).status_code == 404
    assert client.get("/ogp2021/speaker/nobody/", follow=True).status_code == 404
    agenda.is_public = False
    agenda.save()
    for address in ("/ogp2021/talk/CIV001/", "/ogp2021/speaker/P1/", "/ogp2021/schedule/", *DATA, *SCRIPTS):
        assert client.get(address, follow=True).status_code == 404, address
