"""The machinery of the workspace's lists, on the list of rooms and of sessions."""

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import translation

from sessions.lists.sessions import SESSIONS
from speakers.lists import PEOPLE
from summit.lists.listing import Listing
from summit.lists.rooms import ROOMS
from summit.permissions import rights_of
from tests.factories import make_organisation, make_room, make_session, make_speaker, make_summit, make_track, make_user


def look(kind, summit, user, query="", language="en"):
    request = RequestFactory().get(f"/?{query}")
    request.user, request.rights = user, rights_of(user, summit)
    with translation.override(language):
        return Listing(kind, summit, request)


def codes(kind, summit, user, query="", language="en"):
    with translation.override(language):
        return [getattr(row, kind.key) for row in look(kind, summit, user, query, language).rows()]


@pytest.fixture
def three(summit):
    make_session(summit, "AAA001", title={"ko": "하나", "en": "zebra"}, number=3)
    make_session(summit, "BBB002", title={"ko": "다리", "en": "Apple"}, number=1)
    make_session(summit, "CCC003", title={"ko": "가람"}, number=None)
    return summit


def test_texts_are_sorted_in_the_language_of_the_reader(three, organiser):
    assert codes(SESSIONS, three, organiser, "sort=title", "ko") == ["CCC003", "BBB002", "AAA001"]
    # Capitals or not; what has no English stands in Korean, after the Latin letters.
    assert codes(SESSIONS, three, organiser, "sort=title", "en") == ["BBB002", "AAA001", "CCC003"]
    assert codes(SESSIONS, three, organiser, "sort=-title", "ko") == ["AAA001", "BBB002", "CCC003"]


def test_what_has_no_value_comes_last_whichever_way(three, organiser):
    assert codes(SESSIONS, three, organiser, "sort=number") == ["BBB002", "AAA001", "CCC003"]
    assert codes(SESSIONS, three, organiser, "sort=-number") == ["AAA001", "BBB002", "CCC003"]


def test_every_column_that_can_be_sorted_by_is(three, organiser):
    for kind in (SESSIONS, PEOPLE, ROOMS):
        for column in kind.columns(three):
            if column.sort:
                for way in ("", "-"):
                    list(look(kind, three, organiser, f"sort={way}{column.name}").rows())


@pytest.mark.parametrize("nonsense", ["sort=nothing", "sort=work", "sort=--title", "page=-3", "page=x", "show=", "show=nothing",
                                      "kind=nothing", "day=2021-99-99", "texts=missing-xx", "q=%20%20", "todo=x&state=y"])  # fmt: skip
def test_what_makes_no_sense_in_the_address_is_as_if_it_were_not_there(three, organiser, nonsense):
    listing = look(SESSIONS, three, organiser, nonsense)
    assert len(listing.page()) == 3
    assert [c.name for c in listing.shown_columns] == [c.name for c in look(SESSIONS, three, organiser).shown_columns]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("하나", ["AAA001"]),
        ("ZEBRA", ["AAA001"]),
        ("ㄱㄹ", ["CCC003"]),
        ("bbb002", ["BBB002"]),
        ("civic app", ["BBB002"]),
        ("ministry", ["CCC003"]),
        ("park", ["CCC003"]),
        ("박 수정", ["CCC003"]),
        ("하나 apple", []),
        ("%", ["AAA001", "BBB002", "CCC003"]),
        ("x" * 500, ["AAA001", "BBB002", "CCC003"]),
    ],
)
def test_words_are_found_in_both_languages_and_scripts_and_in_what_stands_beside(three, organiser, query, found):
    sessions = three.sessions
    sessions.filter(code="BBB002").update(track=make_track(three))
    session = sessions.get(code="CCC003")
    session.hostings.create(organisation=make_organisation(three))
    session.appearances.create(speaker=make_speaker(three, "박수정", name_romanised="Park Sujeong"))
    asked = QueryDict(mutable=True)
    asked["q"] = query
    assert sorted(codes(SESSIONS, three, organiser, asked.urlencode())) == found


def test_filters_narrow_and_work_together(three, organiser):
    track = make_track(three)
    three.sessions.filter(code__in=["AAA001", "BBB002"]).update(track=track)
    three.sessions.filter(code="BBB002").update(kind="workshop", published_at=None)
    assert codes(SESSIONS, three, organiser, "track=civic-space&sort=code") == ["AAA001", "BBB002"]
    assert codes(SESSIONS, three, organiser, "track=civic-space&kind=workshop") == ["BBB002"]
    assert codes(SESSIONS, three, organiser, "state=draft") == ["BBB002"]
    assert codes(SESSIONS, three, organiser, "todo=no-track") == ["CCC003"]
    assert codes(SESSIONS, three, organiser, "texts=missing-en") == ["CCC003"]
    assert codes(SESSIONS, three, organiser, "day=2021-12-16") == []
    for name, values in {
        "state": ["draft", "public", "waits", "cancelled", "timeless"],
        "todo": ["people", "links", "no-people", "no-host", "no-track"],
    }.items():
        for value in values:
            codes(SESSIONS, three, organiser, f"{name}={value}")


def test_an_outdated_translation_is_found(three, organiser):
    from sessions.editing import session_edits

    session = three.sessions.get(code="AAA001")
    saved = session_edits.edit(session, {"title": {"ko": "하나", "en": "One"}}, version=None, by=organiser)
    assert codes(SESSIONS, three, organiser, "texts=outdated-en") == []
    session_edits.edit(saved, {"title": {"ko": "하나 둘"}}, version=None, by=organiser)
    assert codes(SESSIONS, three, organiser, "texts=outdated-en") == ["AAA001"]


def test_columns_are_chosen_and_links_keep_what_was_asked(three, organiser):
    listing = look(SESSIONS, three, organiser, "show=notes&show=code&q=%ED%95%98%EB%82%98&sort=-title&page=4&evil=1")
    assert [column.name for column in listing.shown_columns] == ["title", "code", "notes"]
    kept = QueryDict(listing.query(page=2))
    assert dict(kept.lists()) == {
        "q": ["하나"], "show": ["code", "notes"], "sort": ["-title"], "page": ["2"]
    }  # fmt: skip
    assert look(SESSIONS, three, organiser).query() == ""


def test_columns_once_chosen_are_the_usual_ones_of_this_person(three, organiser):
    shown = lambda user, query="": [column.name for column in look(SESSIONS, three, user, query).shown_columns]  # noqa: E731
    usual, other = shown(organiser), make_user("viewer@team.example", summit=three, role="viewer")
    look(SESSIONS, three, organiser).remember_columns(["code", "notes"])
    organiser.refresh_from_db()
    assert shown(organiser) == ["title", "code", "notes"] and shown(other) == usual
    assert look(SESSIONS, three, organiser).query() == ""
    # Somebody's link shows what they saw, and changes nothing; other lists are as they were.
    assert shown(organiser, "show=code") == ["title", "code"]
    assert look(SESSIONS, three, organiser, "show=code").query() == "show=code"
    assert [c.name for c in look(ROOMS, three, organiser).shown_columns] == [
        c.name for c in look(ROOMS, three, other).shown_columns
    ]
    # What may no longer be seen is left out; choosing none, or the usual ones, is the usual again.
    other.columns = {"sessions": ["notes", "code", "gone"]}
    assert shown(other) == ["title", "code"]
    look(SESSIONS, three, organiser).remember_columns([])
    organiser.refresh_from_db()
    assert shown(organiser) == usual and organiser.columns == {}
    # What was chosen where more could be seen stays chosen there.
    other.columns = {"sessions": ["code", "notes"]}
    look(SESSIONS, three, other).remember_columns(["code", "kind"])
    assert other.columns == {"sessions": ["title", "code", "kind", "notes"]}
    assert not look(SESSIONS, three, organiser).form.errors


def test_what_one_may_not_see_is_no_column_and_no_filter(three, organiser):
    make_speaker(three, "박수정", email="secret@people.example", notes="quiet")
    viewer = make_user("viewer@team.example", summit=three, role="viewer")
    moderator = make_user("moderator@team.example", summit=three, role="moderator")
    for user, seen in ((organiser, {"email", "notes"}), (moderator, {"notes"}), (viewer, set())):
        listing = look(PEOPLE, three, user, "show=email&show=notes&address=without")
        assert {column.name for column in listing.columns} & {"email", "notes"} == seen
        assert {column.name for column in listing.shown_columns} & {"email", "notes"} == seen
        assert ("address" in listing.parameters) == (user == organiser)


def test_only_rows_of_the_summit_are_listed(three, organiser):
    make_room(make_summit("ogp2023"), "theirs")
    make_room(three, "ours")
    assert codes(ROOMS, three, organiser) == ["ours"]


def test_what_may_be_changed_is_asked_of_a_page_alone(three, organiser, django_assert_num_queries):
    listing = look(SESSIONS, three, organiser)
    rows = list(listing.page())[:1]
    listing.look_at(rows)
    assert listing.editable(False) == {rows[0].pk}
    with django_assert_num_queries(0):
        assert listing.may_act
    listing.look_at([])
    assert listing.editable(False) == set()
    assert listing.may_act
