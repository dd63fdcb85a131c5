import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.models import Session
from sessions.reading import search
from summit.lib import finding
from tests import factories as make


@pytest.fixture
def agenda(summit):
    """Three sessions that differ in track, day, room, language, people and hosts."""
    civic, digital = (
        make.make_track(summit),
        make.make_track(summit, "digital", name={"ko": "디지털", "en": "Digital"}, order=2),
    )
    hall, small = make.make_room(summit), make.make_room(summit, "e1", name={"ko": "회의실 E1", "en": "Room E1"})
    ichihara = make.make_speaker(summit, "마이코 이치하라", name_romanised="Maiko Ichihara")
    host = make.make_organisation(
        summit, "oecd", name={"ko": "OECD 대한민국정책센터", "en": "OECD Korea Policy Centre"}
    )
    make.make_session(summit, "CIV001", track=civic, room=hall, title={"ko": "한국 정부의 국민참여 성과", "en": "Public participation"},
                      hosts=[host])  # fmt: skip
    make.make_session(summit, "CIV002", track=civic, room=small, starts_at=make.at(16, 10), language="en", interpretation=["ko"],
                      title={"ko": "난민과 아시아 시민사회", "en": "Refugees and Asian civil society"}, people=[ichihara])  # fmt: skip
    make.make_session(summit, "DIG001", track=digital, room=hall, starts_at=make.at(16, 13), mode="online",
                      title={"ko": "데이터 윤리", "en": "Data éthics"})  # fmt: skip
    make.make_session(summit, "SECRET", published_at=None, title={"ko": "국민참여 비밀", "en": "Secret participation"})
    return summit


@pytest.mark.parametrize("query", ["Kim Min-seo", "kim minseo", "minseo kim", "MIN-SEO", "김민서", "ㄱㅁㅅ"])
def test_a_name_in_hangul_is_found_as_it_is_shown_to_readers_of_latin_letters(agenda, query):
    make.make_session(agenda, "KIM001", people=[make.make_speaker(agenda, "김민서")])
    make.make_session(agenda, "OWN001", people=[make.make_speaker(agenda, "김민서", name_romanised="Minnie Seo")])
    assert "KIM001" in codes(agenda, query)
    assert ("OWN001" in codes(agenda, query)) == (query in {"김민서", "ㄱㅁㅅ"})


def codes(agenda, query="", **chosen):
    found = search.search(agenda, query, chosen)
    return sorted(agenda.sessions.filter(pk__in=found.numbers).values_list("code", flat=True))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("국민참여", ["CIV001"]),
        ("국민 참여", ["CIV001"]),
        ("민참", ["CIV001"]),
        ("ㄱㅁㅊㅇ", ["CIV001"]),
        ("ㅇㅅㅇ ㅅㅁ", ["CIV002"]),
        ("PARTICIPATION", ["CIV001"]),
        ("ethics", ["DIG001"]),
        ("éthics", ["DIG001"]),
        ("이치하라", ["CIV002"]),
        ("ichihara", ["CIV002"]),
        ("oecd", ["CIV001"]),
        ("정책센터", ["CIV001"]),
        ("dig001", ["DIG001"]),
        ("시민사회 refugees", ["CIV002"]),
        ("없는말", []),
        ("", ["CIV001", "CIV002", "DIG001"]),
        ("!!! ???", ["CIV001", "CIV002", "DIG001"]),
    ],
)
def test_words_find_parts_of_words_in_every_language_and_script(agenda, query, expected):
    assert codes(agenda, query) == expected


def test_a_word_does_not_reach_over_the_end_of_a_text(agenda):
    assert codes(agenda, "성과Public") == []


def test_filters_narrow_together(agenda):
    assert codes(agenda, track="civic-space") == ["CIV001", "CIV002"]
    assert codes(agenda, track="civic-space", day="2021-12-16") == ["CIV002"]
    assert codes(agenda, room="grand-101", mode="online") == ["DIG001"]
    assert codes(agenda, interpretation="ko") == ["CIV002"]
    assert codes(agenda, track="nonsense") == []


def test_each_choice_says_how_many_it_would_leave(agenda):
    found = search.search(agenda, "", {"track": "civic-space"})
    assert [(c.value, c.count, c.chosen) for c in found.facets["track"]] == [
        ("civic-space", 2, True),
        ("digital", 1, False),
    ]
    assert [(c.value, c.count) for c in found.facets["day"]] == [("2021-12-15", 1), ("2021-12-16", 1)]
    assert found.facets["recording"] == []


def test_an_empty_result_says_which_filter_to_leave_out(agenda):
    found = search.search(agenda, "데이터", {"track": "civic-space"})
    assert found.numbers == []
    assert [(name, count) for name, _label, count in found.without] == [("track", 1)]


def test_an_edit_is_found_after_the_revision_rose(agenda):
    assert codes(agenda, "블록체인") == []
    agenda.sessions.filter(code="DIG001").update(title={"ko": "블록체인", "en": ""})
    agenda.raise_revision()
    assert codes(agenda, "블록체인") == ["DIG001"]


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once_and_never_fails(text):
    assert finding.fold(finding.fold(text)) == finding.fold(text)
    assert set(finding.initials(text)) <= set(finding.INITIALS)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_keeps_words_and_filters_in_the_address(agenda, client, language):
    page = client.get(f"/{language}/ogp2021/agenda/search/?q=참여&track=civic-space").content.decode()
    assert "CIV001" in page
    assert "DIG001" not in page
    assert 'value="참여"' in page
    assert '<option value="civic-space" selected>' in page


def test_the_page_helps_where_nothing_is_found(agenda, client):
    page = client.get("/en/ogp2021/agenda/search/?q=데이터&track=civic-space").content.decode()
    assert "?q=%EB%8D%B0%EC%9D%B4%ED%84%B0" in page


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", "a" * 5000, "%00", "\u202eevil", "' OR 1=1 --", "🙂" * 200]
)
def test_hostile_words_are_looked_for_like_any_others(agenda, client, query):
    response = client.get("/ko/ogp2021/agenda/search/", {"q": query})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_too_many_searches_from_one_address_have_to_wait(agenda, client, settings):
    settings.RATE_LIMITS = True
    answers = {client.get("/en/ogp2021/agenda/search/", {"q": f"word {n}"}).status_code for n in range(121)}
    assert answers == {200, 429}


@pytest.mark.parametrize("sessions", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_for_three_sessions(
    summit, client, django_assert_num_queries, sessions
):
    for number in range(sessions):
        make.make_session(summit, f"CIV00{number}", people=[make.make_speaker(summit, f"연사 {number}")])
    with django_assert_num_queries(17):
        client.get("/ko/ogp2021/agenda/search/?q=열린")


def test_seats_left_are_found_as_they_are_now_not_as_when_the_index_was_made(summit):
    make.make_session(summit, "AAA001")
    make.make_session(summit, "BBB001", seats=2)
    found = search.search(summit, "", {"seats": "yes"})
    assert len(found.numbers) == 2
    Session.objects.filter(code="BBB001").update(seats_taken=2)
    found = search.search(summit, "", {"seats": "yes"})
    assert [s.code for s in Session.objects.filter(pk__in=found.numbers)] == ["AAA001"]


def test_sessions_are_found_by_what_makes_them_accessible(summit):
    make.make_session(summit, "AAA001", room=make.make_room(summit, access=["hearing_loop"]))
    make.make_session(summit, "BBB001", access=["captions", "sign_language"])
    found = search.search(summit, "", {"access": "sign_language"})
    assert [s.code for s in Session.objects.filter(pk__in=found.numbers)] == ["BBB001"]
    assert [(c.value, c.count) for c in found.facets["access"]] == [
        ("hearing_loop", 1),
        ("captions", 1),
        ("sign_language", 1),
    ]
