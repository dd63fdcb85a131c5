import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit.middleware import shelf
from tests.factories import at, make_organisation, make_session, make_speaker, make_track
from tests.html import flat


def main(path, language="en"):
    response = Client().get(f"/{language}/ogp2021/{path}")
    assert response.status_code == 200
    return re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]


def test_speakers_are_listed_once_in_the_readers_order(summit):
    first, second = (
        make_speaker(summit, "하하나", name_romanised="Ahn Hana"),
        make_speaker(summit, "가가희", name_romanised="Zo Gahee"),
    )
    make_session(summit, people=[first, second])
    make_session(summit, "CIV002", people=[first])
    make_speaker(summit, "아무개")
    english, korean = main("speakers/"), main("speakers/", "ko")
    assert english.index("Ahn Hana") < english.index("Zo Gahee")
    assert korean.index("가가희") < korean.index("하하나")
    assert korean.count('class="who"') == 2
    assert "아무개" not in korean


def test_names_in_hangul_can_be_read_and_stand_where_readers_look_for_them(summit):
    people = [make_speaker(summit, "하민서"), make_speaker(summit, "강나래"), make_speaker(summit, "이도", name_romanised="King Sejong")]  # fmt: skip
    make_session(summit, people=people)
    english, korean = main("speakers/"), main("speakers/", "ko")
    assert english.index("Ha Min-seo") < english.index("Kang Na-rae") < english.index("King Sejong")
    marked = flat(english)
    assert (
        '강나래</a><span class="reading"><span aria-hidden="true">≈</span><span class="visually-hidden">romanised by us:</span>Kang Na-rae</span>'
        in marked
    )
    assert marked.count('class="reading"') == 2 and "≈ Romanised by us from the Hangul" in marked
    assert "Kang Na-rae" not in korean and "≈" not in korean


def test_the_page_of_a_person_says_that_the_romanisation_is_ours_until_their_own_is_known(summit):
    person = make_speaker(summit, "남궁민서", code="NAM001")
    make_session(summit, people=[person])
    page = Client().get("/en/ogp2021/speakers/NAM001/").content.decode()
    assert re.search(r"<title>\s*남궁민서 \(≈ Namgung Min-seo\)", page)
    assert "≈ Romanised by us from the Hangul" in page and "romanised by us; how this person writes" in page
    # What other software reads is the name the person writes and nothing else.
    [node] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert "Namgung" not in node and "Namgung" not in "".join(re.findall(r"<meta[^>]*>", page))
    person.name_romanised = "Minseo NAMGUNG"
    person.save()
    summit.raise_revision()
    page = Client().get("/en/ogp2021/speakers/NAM001/").content.decode()
    assert "Minseo NAMGUNG" in page and "≈" not in page and "Namgung Min-seo" not in page


@pytest.mark.parametrize(
    "path",
    [
        "",
        "agenda/",
        "agenda/tracks/",
        "agenda/hosts/",
        "agenda/rooms/",
        "agenda/now/?at=2021-12-15T10:15",
        "sessions/CIV001/",
        "tracks/{track}/",
        "agenda/search/",
    ],
)
def test_pages_with_names_on_cards_say_what_the_mark_means(summit, path):
    track = make_track(summit)
    make_session(summit, track=track, hosts=[make_organisation(summit)], people=[make_speaker(summit, "김민서")])
    path = path.format(track=track.slug)
    # Before its first day: afterwards the opening page looks back.
    with time_machine.travel(at(14, 9), tick=False):
        english = flat(main(path))
    assert "Kim Min-seo" in english and "≈ Romanised by us" in english
    assert "≈" not in main(path, "ko")


def test_the_list_shows_how_somebody_is_billed(summit):
    person = make_speaker(summit)
    make_session(summit, number=2, people=[person])
    session = make_session(summit, "CIV002", number=1, people=[person])
    session.appearances.update(affiliation={"en": "Open Data Forum"}, job_title={"en": "Chair"})
    content = main("speakers/")
    assert "Open Data Forum" in content and "Chair" in content


def test_a_declined_appearance_is_nowhere(summit):
    person = make_speaker(summit, "박수정", code="p00001")
    make_session(summit, people=[person], title={"en": "Declined one"})
    make_session(summit, "CIV002", people=[person], title={"en": "Kept one"}, starts_at=at(16, 10))
    person.appearances.filter(session__code="CIV001").update(state="declined", affiliation={"en": "Never shown"})
    page = main("speakers/p00001/")
    assert "Kept one" in page
    assert "Declined one" not in page and "Never shown" not in page
    assert "박수정" not in main("sessions/CIV001/")
    person.appearances.update(state="declined")
    summit.raise_revision()
    shelf.clear()
    assert Client().get("/en/ogp2021/speakers/p00001/").status_code == 404
    assert "박수정" not in main("speakers/")


def test_a_speakers_page_shows_every_session_and_each_billing(summit):
    person = make_speaker(summit, "박수정", code="p00001", name_romanised="Park Sujeong", biography={"ko": "**소개**"})
    make_session(summit, people=[person], track=make_track(summit))
    other = make_session(summit, "CIV002", people=[person], starts_at=at(17, 10))
    other.appearances.update(affiliation={"en": "Another body"}, job_title={"en": "Adviser"})
    other.appearances.create(speaker=person, role="moderator")
    make_session(summit, "HID001", people=[person], published_at=None)
    content = main("speakers/p00001/")
    assert content.index("/en/ogp2021/sessions/CIV001/") < content.index("/en/ogp2021/sessions/CIV002/")
    assert content.count('class="card ') == 2
    assert "Citizens&#x27; Coalition" in content and "Another body" in content and "Adviser" in content
    assert '<div class="prose" lang="ko"><p><strong>소개</strong></p>' in content
    assert "HID001" not in content
    assert "/ogp2021/schedule.ics?lang=en&amp;speaker=p00001" in content


def test_a_name_in_hangul_is_marked_on_an_english_page(summit):
    make_session(summit, people=[make_speaker(summit, "박수정", code="p00001")])
    page = Client().get("/en/ogp2021/speakers/p00001/").content.decode()
    assert '<h1 lang="ko">박수정</h1>' in page
    assert re.search(r'class="who" href="/en/ogp2021/speakers/p00001/" lang="ko"', flat(main("speakers/")))
    assert 'class="who" href="/ko/ogp2021/speakers/p00001/">' in flat(main("speakers/", "ko"))


def test_nobody_sees_a_speakers_address(summit):
    make_session(summit, people=[make_speaker(summit, code="p00001", email="private@people.example")])
    for path in ("speakers/", "speakers/p00001/", "sessions/CIV001/"):
        assert "private@people.example" not in main(path)


def test_hosts_with_the_most_sessions_come_first(summit):
    one, two, none = (
        make_organisation(summit, code, name={"en": f"Body {code}"}, kind="government", country="EE")
        for code in ("one", "two", "none")
    )
    make_session(summit, hosts=[one, two])
    make_session(summit, "CIV002", hosts=[two])
    make_session(summit, "HID001", hosts=[none, one], published_at=None)
    content = main("hosts/")
    assert (
        content.index("Body two")
        < content.index("2 sessions")
        < content.index("Body one")
        < content.index("1 session<")
    )
    assert "Body none" not in content
    assert "Government · Estonia" in content


def test_a_hosts_page_shows_what_it_runs(summit):
    host = make_organisation(summit, website="https://moi.example/", description={"en": "Runs the country."})
    make_session(summit, hosts=[host])
    make_session(summit, "HID001", hosts=[host], published_at=None)
    make_session(summit, "OTH001")
    content = main("hosts/moi/")
    assert "/sessions/CIV001/" in content
    assert "HID001" not in content and "OTH001" not in content
    assert '<a href="https://moi.example/" rel="noopener">' in content
    assert "Runs the country." in content


@pytest.mark.parametrize("language", ["ko", "en"])
def test_before_anybody_is_announced_the_lists_say_so(summit, language):
    people, hosts = main("speakers/", language), main("hosts/", language)
    assert 'class="notice"' in people and 'class="notice"' in hosts


@pytest.mark.parametrize(
    ("path", "expected"), [("speakers/", 5), ("speakers/p00001/", 12), ("hosts/", 4), ("hosts/moi/", 11)]
)
def test_pages_ask_the_same_questions_for_more_sessions(summit, path, expected):
    person, host = make_speaker(summit, code="p00001"), make_organisation(summit)
    asked = []
    for number in range(3):
        make_session(
            summit,
            f"SES00{number}",
            people=[person, make_speaker(summit)],
            hosts=[host, make_organisation(summit, f"h-{number}")],
        )
        summit.raise_revision()
        shelf.clear()
        with CaptureQueriesContext(connection) as seen:
            main(path)
        asked.append(len(seen))
    assert asked == [expected] * 3


# Letters, pages, words


def announce(summit, *people):
    make_session(summit, people=list(people))
    summit.raise_revision()


def listed(path, language="en"):
    return re.findall(r'class="who"[^>]*>([^<]+)<', flat(main(path, language)))


def letters(path, language):
    found = re.search(r'<nav class="row no-print alphabet".*?</nav>', flat(main(path, language)))
    return re.findall(r">([^<>]+)</a>", found[0]) if found else []


@pytest.fixture
def various(summit):
    people = [
        ("하하나", "Ahn Hana"),
        ("까치", ""),
        ("Élise Dupont", ""),
        ("zoe", ""),
        ("李明", "Li Ming"),
        ("\u1100\u1161\u1102\u1161", ""),
    ]
    announce(summit, *(make_speaker(summit, name, name_romanised=latin) for name, latin in people))
    return summit


def test_korean_readers_have_initial_consonants_before_the_alphabet(various):
    assert letters("speakers/", "ko") == ["전체", "ㄱ", "ㅎ", "E", "Z", "#"]
    assert listed("speakers/", "ko") == ["\u1100\u1161\u1102\u1161", "까치", "하하나", "Élise Dupont", "zoe", "李明"]
    assert listed("speakers/?letter=ㄱ", "ko") == ["\u1100\u1161\u1102\u1161", "까치"]


def test_other_readers_have_the_alphabet_before_initial_consonants(various):
    """A name in Hangul alone stands where it is read: 까치 (Kka Chi) under K."""
    assert letters("speakers/", "en") == ["All", "A", "E", "K", "L", "Z"]
    assert listed("speakers/") == ["Ahn Hana", "Élise Dupont", "\u1100\u1161\u1102\u1161", "까치", "Li Ming", "zoe"]
    assert listed("speakers/?letter=L") == ["Li Ming"]
    assert len(listed("speakers/?letter=nonsense&page=-1")) == 6


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("elise", ["Élise Dupont"]), ("하나", ["Ahn Hana"]), ("ㅎㅎㄴ", ["Ahn Hana"]), ("ahnhana", ["Ahn Hana"]),
        ("dupont ELISE", ["Élise Dupont"]), ("李", ["Li Ming"]), ("사무총장", 6), ("secretary general liming", ["Li Ming"]),
        ("nobody", []), ("!!", []),
    ],
)  # fmt: skip
def test_people_are_found_however_their_names_are_typed(various, words, found):
    assert (listed(f"speakers/?q={words}") if found != 6 else len(listed(f"speakers/?q={words}"))) == found


def test_nothing_found_says_so_and_leads_on(various):
    content = main("speakers/?q=nobody")
    assert "Nothing fits these words" in content and '<a href="?">Show all</a>' in content
    assert 'value="nobody"' in content


def test_what_is_typed_stays_a_text(various):
    page = Client().get("/en/ogp2021/speakers/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


def test_a_search_that_is_too_long_says_so(various):
    assert "Only the first 120 characters were looked for." in main("speakers/?q=" + "a" * 121)


@pytest.fixture
def crowded(summit):
    announce(summit, *(make_speaker(summit, f"Ann {n:03}") for n in range(130)))
    return summit


def test_long_lists_have_pages(crowded):
    assert listed("speakers/") == [f"Ann {n:03}" for n in range(60)]
    assert listed("speakers/?page=3") == [f"Ann {n:03}" for n in range(120, 130)]
    assert listed("speakers/?page=99") == listed("speakers/?page=3")
    assert "130 people on stage" in Client().get("/en/ogp2021/speakers/?page=2").content.decode()
    assert flat(main("speakers/?page=2")).count("Page 2 of 3") == 1


def head(path):
    page = Client().get(f"/en/ogp2021/{path}").content.decode()
    found = re.findall(r'<link rel="(canonical|prev|next)" href="http://testserver/en/ogp2021/speakers/([^"]*)"', page)
    return (
        " ".join(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1].split()),
        dict(found),
        "noindex" in page,
        'rel="alternate" hreflang' in page,
    )


def test_each_page_says_which_it_is(crowded):
    name = head("speakers/")[0].removeprefix("Speakers")
    assert head("speakers/")[1:] == ({"canonical": "", "next": "?page=2"}, False, True)
    second = head("speakers/?page=2&utm=x")
    assert second == (
        f"Speakers · Page 2 of 3{name}",
        {"canonical": "?page=2", "prev": "", "next": "?page=3"},
        False,
        False,
    )
    under = head("speakers/?letter=A&page=3")
    assert under[0] == f"Speakers · A · Page 3 of 3{name}"
    assert under[1] == {"canonical": "?letter=A&amp;page=3", "prev": "?letter=A&amp;page=2"}
    searched = head("speakers/?q=Ann+001")
    assert searched[0] == f"Speakers · “Ann 001”{name}" and searched[2]


def test_who_comes_on_stage_is_listed_with_the_next_revision(crowded):
    assert "Zoe" not in main("speakers/?page=3")
    make_session(crowded, "CIV002", people=[make_speaker(crowded, "Zoe")])
    crowded.raise_revision()
    shelf.clear()
    assert listed("speakers/?page=3")[-1] == "Zoe"


def test_hosts_have_letters_pages_and_a_search(summit):
    for n in range(70):
        host = make_organisation(
            summit, f"h-{n}", name={"ko": f"기관 {n:02}", "en": f"Body {n:02}"}, country="EE" if n == 3 else ""
        )
        make_session(summit, f"SES{n:03}", hosts=[host])
    summit.raise_revision()
    assert flat(main("hosts/")).count('class="plain-tile"') == 60
    assert "Body 69" in main("hosts/?page=2")
    assert "70 organisations found" in main("hosts/?letter=B")
    found = flat(main("hosts/?q=estonia"))
    assert "Body 03" in found and found.count('class="plain-tile"') == 1
    assert flat(main("hosts/?q=ㄱㄱ", "ko")).count('class="plain-tile"') == 60


def test_a_portrait_and_a_text_in_another_language_are_shown_as_they_are(summit):
    person = make_speaker(summit, "박수정", name_romanised="Park", portrait="portraits/a.webp")
    session = make_session(summit, people=[person])
    session.appearances.update(affiliation={"ko": "행정안전부 <b>"}, job_title={"en": "Chair & co"})
    summit.raise_revision()
    page = flat(main("speakers/"))
    assert 'src="/media/portraits/a-160.webp"' in page
    assert '<p lang="ko">행정안전부 &lt;b&gt;</p>' in page and "<p>Chair &amp; co</p>" in page.replace("<p >", "<p>")
