"""Every public page in both languages, and the standing pages with the register under them."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from summit.lib import countries
from summit.middleware import shelf
from summit.models import ActionPlan, Chair, Commitment, CommitteeMember, MemberGovernment, MembershipFigure, PlanStep
from tests.factories import (
    at,
    make_organisation,
    make_page,
    make_room,
    make_session,
    make_speaker,
    make_track,
    make_venue,
)

NAMES = [
    ("summit:home", []),
    ("summit:pages", []),
    ("summit:page", ["privacy"]),
    ("sessions:agenda", []),
    ("sessions:by-track", []),
    ("sessions:track", ["civic-space"]),
    ("sessions:session", ["CIV001"]),
    ("speakers:speakers", []),
    ("speakers:speaker", ["p00001"]),
    ("speakers:hosts", []),
    ("speakers:host", ["moi"]),
]


@pytest.fixture
def full(summit):
    make_session(summit, track=make_track(summit), room=make_room(summit), hosts=[make_organisation(summit)],
                 people=[make_speaker(summit, code="p00001")])  # fmt: skip
    return summit


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("name", "arguments"), NAMES)
def test_every_public_page_opens_in_both_languages(full, name, arguments, language):
    with translation.override(language):
        path = reverse(name, args=["ogp2021", *arguments])
    response = Client().get(path)
    assert response.status_code == 200
    content = response.content.decode()
    assert f'<html lang="{language}">' in content
    assert len(re.findall(r"<h1\b", content)) == 1
    title = re.search(r"<title>(.*?)</title>", content, re.DOTALL)[1]
    assert not title.strip().startswith("·")
    other = "en" if language == "ko" else "ko"
    assert f'<link rel="canonical" href="http://testserver{path}">' in content
    assert f'<link rel="alternate" hreflang="{language}" href="http://testserver{path}">' in content
    twin = path.replace(f"/{language}/", f"/{other}/", 1)
    assert f'<link rel="alternate" hreflang="{other}" href="http://testserver{twin}">' in content
    assert f'href="{twin}" hreflang="{other}" lang="{other}"' in content
    for tag in ("og:site_name", "og:type", "og:url", "og:locale", "og:title", "og:description", "og:image"):
        assert re.search(rf'<meta property="{tag}" content="[^"]+">', content), tag
    assert re.search(r'<meta name="description" content="[^"]+">', content)
    assert 'type="text/calendar"' in content
    assert 'name="robots"' not in content


@pytest.mark.parametrize("path", ["/ko/ogp2021/pages/nothing/", "/ko/ogp2021/tracks/nothing/", "/ko/ogp2021/sessions/NOTHIN/", "/ko/ogp2021/speakers/p99999/",
                                  "/ko/ogp2021/hosts/nothing/", "/ko/ogp2099/", "/ko/ogp2021/sessions/civ001/", "/de/ogp2021/"])  # fmt: skip
def test_what_is_not_there_is_a_page_not_found(full, path):
    assert Client().get(path).status_code == 404


def test_an_address_without_its_slash_or_language_leads_on(full):
    assert Client().get("/ko/ogp2021/agenda")["Location"] == "/ko/ogp2021/agenda/"
    response = Client(headers={"Accept-Language": "en"}).get("/ogp2021/agenda/")
    assert (response.status_code, response["Location"]) == (302, "/en/ogp2021/agenda/")


@pytest.mark.parametrize(
    ("opens", "closes", "english"),
    [
        (None, None, None),
        ("+1", None, "Registration opens"),
        ("-1", "+1", "/en/ogp2021/register/"),
        ("-1", None, "/en/ogp2021/register/"),
        ("-2", "-1", "Registration has closed."),
    ],
)
def test_the_home_page_says_where_registration_stands(summit, opens, closes, english):
    from datetime import timedelta

    from django.utils import timezone

    def when(days):
        return timezone.now() + timedelta(days=int(days)) if days else None

    summit.registration_opens_at, summit.registration_closes_at = when(opens), when(closes)
    summit.starts_on = summit.ends_on = when(9).date()
    summit.save(update_fields=["registration_opens_at", "registration_closes_at", "starts_on", "ends_on"])
    hero = re.search(r'<section class="hero".*?</section>', Client().get("/en/ogp2021/").content.decode(), re.DOTALL)[0]
    said = [
        text for text in ("Registration opens", "/en/ogp2021/register/", "Registration has closed.") if text in hero
    ]
    assert said == ([english] if english else [])


def test_the_home_page_shows_tracks_with_counts_dates_and_place(full):
    make_session(full, "CIV002", track=full.tracks.get())
    make_session(full, "CIV003", track=full.tracks.get(), published_at=None)
    content = Client().get("/en/ogp2021/").content.decode()
    assert "15–17 December 2021" in content
    assert "COEX, Seoul" in content
    assert "2 sessions" in content
    assert "CIV003" not in content


def test_the_home_page_does_not_grow_with_the_agenda(summit):
    for n in range(25):
        make_session(summit, f"SES{n:03}", featured=n == 24)
    content = Client().get("/en/ogp2021/").content.decode()
    small = len(content)
    assert content.count('"@type": "Event"') == 1 + 20 or content.count('"@type":"Event"') == 1 + 20
    assert "SES024" in content and "SES023" not in content
    for n in range(25, 60):
        make_session(summit, f"SES{n:03}")
    summit.raise_revision()
    shelf.clear()
    assert abs(len(Client().get("/en/ogp2021/").content.decode()) - small) < 100


def test_while_the_summit_runs_the_home_page_shows_what_is_on_and_comes_next(summit, monkeypatch):
    make_session(summit, "PAST01", starts_at=at(15, 9))
    make_session(summit, "NOW001", starts_at=at(15, 14))
    make_session(summit, "GONE01", starts_at=at(15, 15), cancelled_at=at(14, 9))
    for n in range(7):
        make_session(summit, f"NEXT0{n}", starts_at=at(16, 9 + n))
    monkeypatch.setattr(timezone, "now", lambda: at(10, 9))
    before = Client().get("/en/ogp2021/").content.decode()
    assert "How it begins" in before and "PAST01" in shown(before)
    monkeypatch.setattr(timezone, "now", lambda: at(15, 14, 30))
    shelf.clear()
    running = Client().get("/en/ogp2021/").content.decode()
    assert "What is on now" in running and "/en/ogp2021/agenda/now/" in running
    assert shown(running) == ["NOW001", "NEXT00"]
    monkeypatch.setattr(timezone, "now", lambda: at(18, 14))
    shelf.clear()
    after = Client().get("/en/ogp2021/").content.decode()
    assert "Look back" in after and "How it begins" not in after


def shown(page):
    """The sessions on cards, in their order."""
    return re.findall(r'data-bookmark="(\w+)"', page)


def test_pages_lie_under_their_sections(summit):
    make_page(summit, "what-is-ogp", section="ogp", title={"ko": "OGP란", "en": "What OGP is"})
    make_page(summit, "committee", section="korea", title={"ko": "위원회", "en": "The committee"})
    content = Client().get("/en/ogp2021/pages/").content.decode()
    places = [
        content.index(text)
        for text in (
            "Open Government Partnership",
            "What OGP is",
            "Open government in Korea",
            "The committee",
            "This site",
        )
    ]
    assert places == sorted(places)


def test_prose_is_drawn_from_markdown_and_nothing_lives_in_it(summit):
    body = "## 제목\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![x](https://evil.example/x.png)"
    make_page(summit, "about", body={"ko": body})
    content = Client().get("/ko/ogp2021/pages/about/").content.decode()
    article = re.search(r"<article.*?</article>", content, re.DOTALL)[0]
    assert "<h2>제목</h2>" in article
    assert "<script" not in article and "<img" not in article and 'href="javascript' not in article


def test_a_page_in_one_language_says_which_it_is(summit):
    make_page(summit, "about", title={"ko": "소개"}, body={"ko": "본문"})
    content = Client().get("/en/ogp2021/pages/about/").content.decode()
    assert '<h1><span lang="ko">소개</span></h1>' in content
    assert '<article class="prose" lang="ko">' in content


def test_members_are_shown_with_figures(summit):
    make_page(summit, "members", section="ogp")
    MembershipFigure.objects.create(summit=summit, year=2021, national=77, local=76)
    MembershipFigure.objects.create(summit=summit, year=2023, national=75, local=104)
    MemberGovernment.objects.create(summit=summit, country="BR", name={"ko": "브라질", "en": "Brazil"}, founding=True)
    MemberGovernment.objects.create(summit=summit, country="KR", name={"ko": "대한민국", "en": "Korea"}, founding=False)
    content = Client().get("/ko/ogp2021/pages/members/").content.decode()
    cells = re.findall(r'<th scope="row">(\d+)</th><td class="number">(\d+)</td><td class="number">(\d+)</td>', content)
    assert cells == [("2021", "77", "76"), ("2023", "75", "104")]
    assert "브라질" in content


def test_chairs_stand_in_order(summit):
    make_page(summit, "past-chairs", section="ogp")
    for order, name in ((2, "Second"), (1, "First")):
        Chair.objects.create(summit=summit, order=order, country="BR", name={"en": name})
    content = Client().get("/en/ogp2021/pages/past-chairs/").content.decode()
    assert content.index("1. First") < content.index("2. Second")
    assert content.count('role="img" aria-label="Flag of Brazil"') == 2
    drawn = Path(finders.find("summit/img/flags.svg")).read_text()
    assert set(re.findall(r'<symbol id="(..)"', drawn)) == countries.FLAGS_DRAWN
    Chair.objects.update(country="DE")
    summit.raise_revision()
    assert (
        '<span class="flag" aria-hidden="true">DE</span>'
        in Client().get("/en/ogp2021/pages/past-chairs/").content.decode()
    )


def test_the_committee_is_shown_by_term_the_latest_first(summit):
    make_page(summit, "committee", section="korea")
    for term, order, name in ((3, 1, "김하나"), (4, 1, "이둘"), (4, 2, "박셋")):
        CommitteeMember.objects.create(summit=summit, term=term, order=order, name=name, past_terms=[3] if name == "이둘" else [],
                                       affiliation={"ko": "시민단체", "en": "Citizens"})  # fmt: skip
    content = Client().get("/en/ogp2021/pages/committee/").content.decode()
    places = [
        content.index(text)
        for text in ('id="term-4"', "2 members", "이둘", "Also in term 3", "박셋", 'id="term-3"', "1 member", "김하나")
    ]
    assert places == sorted(places)
    assert '<span class="who" lang="ko">' in content
    assert "Kim Ha-na" in content and "≈ Romanised by us" in content
    korean = Client().get("/ko/ogp2021/pages/committee/").content.decode()
    assert "Kim Ha-na" not in korean and "≈" not in korean


def test_the_action_plan_shows_its_timeline_and_commitments_by_vision(summit):
    make_page(summit, "action-plan", section="korea")
    plan = ActionPlan.objects.create(summit=summit, number=6, name={"ko": "제6차", "en": "Sixth plan"})
    PlanStep.objects.create(plan=plan, order=1, period={"en": "June"}, title={"en": "Call for ideas"})
    for number, vision in ((1, "Participation"), (2, "Participation"), (3, "Integrity")):
        Commitment.objects.create(plan=plan, number=number, vision={"en": vision}, title={"en": f"Promise {number}"},
                                  ministries=[{"ko": "행정안전부", "en": "Interior"}, {"ko": "법무부"}])  # fmt: skip
    content = Client().get("/en/ogp2021/pages/action-plan/").content.decode()
    assert "Timeline: Sixth plan" in content and "Call for ideas" in content
    assert content.count("<h3>Participation</h3>") == 1
    assert content.index("Promise 2") < content.index("<h3>Integrity</h3>") < content.index("Promise 3")
    assert " ".join(content.split()).count("Interior, 법무부") == 3


def test_the_register_pages_open_while_they_are_empty(summit):
    for slug in ("members", "past-chairs", "committee", "action-plan"):
        make_page(summit, slug, section="ogp")
        assert Client().get(f"/ko/ogp2021/pages/{slug}/").status_code == 200


@pytest.mark.parametrize(
    ("path", "expected"), [("/ko/ogp2021/", 23), ("/ko/ogp2021/pages/", 4), ("/ko/ogp2021/pages/committee/", 6)]
)
def test_standing_pages_ask_a_fixed_number_of_questions(summit, path, expected):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from summit.middleware import shelf

    make_page(summit, "committee", section="korea")
    make_venue(summit)
    asked = set()
    for size in range(1, 4):
        make_page(summit, f"page-{size}")
        make_track(summit, f"track-{size}")
        make_session(
            summit,
            f"SES00{size}",
            track=summit.tracks.first(),
            people=[make_speaker(summit)],
            room=make_room(summit, f"room-{size}"),
        )
        CommitteeMember.objects.create(summit=summit, term=size, order=1, name="김")
        shelf.clear()
        with CaptureQueriesContext(connection) as seen:
            assert Client().get(path).status_code == 200
        asked.add(len(seen))
    assert asked == {expected}


def test_a_name_cannot_leave_its_place(summit):
    summit.name = summit.short_name = summit.summary = {"ko": '"><script>alert(1)</script>'}
    summit.save(update_fields=["name", "short_name", "summary"])
    content = Client().get("/ko/ogp2021/").content.decode()
    assert "<script>alert" not in content
    assert '"><script>' not in content
