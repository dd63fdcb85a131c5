from datetime import timedelta

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from sessions.planning import todo
from summit.models import CommitteeMember
from tests.factories import at, make_organisation, make_room, make_session, make_speaker


def kinds(summit):
    return {found.kind: found for found in todo.overview(summit).todos}


@pytest.fixture
def complete(summit):
    """A session of which nothing is left to be done."""
    host = make_organisation(summit, contact_email="host@people.example")
    return make_session(
        summit, hosts=[host], people=[make_speaker(summit, name_romanised="Park Soojung")], room=make_room(summit)
    )


def test_of_a_complete_programme_nothing_is_left(summit, complete):
    assert kinds(summit) == {}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"starts_at": None, "ends_at": None}, "no_time"),
        ({"room": None}, "no_room"),
        ({"published_at": None}, "not_public"),
        ({"abstract": {"ko": "요약"}}, "missing-en"),
    ],
)
def test_each_gap_is_named_with_the_page_where_it_is_mended(summit, complete, change, kind):
    for name, value in change.items():
        setattr(complete, name, value)
    complete.save()
    found = kinds(summit)
    assert set(found) == {kind}
    [(title, address)] = found[kind].places
    assert title == str(complete.title)
    assert complete.code in address


def test_people_links_hosts_and_clashes_are_looked_at(summit, complete):
    complete.appearances.update(state="invited")
    complete.materials.create(kind="recording", url="https://example.org/film")
    make_session(summit, "CIV002", room=complete.room, people=[complete.speakers.get()], starts_at=at(15, 11))
    found = kinds(summit)
    assert {"unanswered", "links", "no_host", "clashes"} <= set(found)
    assert found["clashes"].urgent
    assert found["clashes"].number == 2


def test_who_may_not_plan_a_session_is_led_to_where_it_is_read(summit, complete):
    make_session(summit, "CIV002", room=complete.room, starts_at=at(15, 10), people=[make_speaker(summit)])
    make_session(summit, "CIV003", starts_at=None, ends_at=None)
    places = lambda plans, kind: {  # noqa: E731
        address
        for found in todo.overview(summit, plans).todos
        if found.kind == kind
        for _title, address in found.places
    }
    assert all(address.endswith("/placement/") for address in places(None, "no_time") | places(None, "clashes"))
    assert places({"CIV002"}, "no_time") == {reverse("sessions:organiser-session", args=["ogp2021", "CIV003"])}
    assert places({"CIV002"}, "clashes") == {reverse("sessions:organiser-placement", args=["ogp2021", "CIV002"])}
    assert places(set(), "clashes") == {reverse("sessions:conflicts", args=["ogp2021"])}


def test_a_host_nobody_can_write_to_is_named(summit, complete):
    summit.organisations.update(contact_email="")
    assert set(kinds(summit)) == {"contacts"}


def test_names_nobody_has_written_in_latin_letters_are_to_be_written(summit, complete):
    unknown = make_speaker(summit, "김민서")
    make_speaker(summit, "Angela Kemper")
    member = CommitteeMember.objects.create(summit=summit, term=4, order=1, name="배영")
    CommitteeMember.objects.create(summit=summit, term=4, order=2, name="정지연", name_romanised="Jeong Ji-yeon")
    found = kinds(summit)
    assert set(found) == {"names", "committee_names"}
    assert found["names"].places == [("김민서", reverse("speakers:organiser-person", args=["ogp2021", unknown.code]))]
    assert found["committee_names"].places == [
        ("배영", reverse("summit:committee-member", args=["ogp2021", member.pk]))
    ]
    summit.languages = ["ko"]
    assert kinds(summit) == {}


def test_cancelled_sessions_and_breaks_need_nothing(summit, complete):
    make_session(summit, "BREAK1", kind="break", starts_at=at(15, 13))
    make_session(summit, "OFF001", cancelled_at=timezone.now(), starts_at=None)
    assert kinds(summit) == {}


def test_numbers_count_states_answers_and_languages(summit, complete):
    make_session(summit, "CIV002", published_at=None, abstract={"ko": "요약"})
    numbers = todo.overview(summit)
    assert {state: n for state, _words, n in numbers.sessions} == {"public": 1, "waits": 0, "draft": 1, "cancelled": 0}
    assert {state: n for state, _words, n in numbers.people} == {"invited": 0, "confirmed": 1, "declined": 0}
    assert dict(numbers.translations["en"]) == {"missing": 1, "outdated": 0, "done": 1}


def test_addresses_of_things_to_do_exist(summit, complete):
    for name in ("sessions:organiser-session", "sessions:organiser-placement", "speakers:organiser-organisation"):
        try:
            assert reverse(name, args=[summit.code, "CODE01"])
        except NoReverseMatch:
            pytest.fail(name)


def before(summit):
    return {found.kind: (found.number, found.urgent) for found in todo.before_public(summit)}


def test_what_should_not_become_public_as_it_is_is_named(summit):
    room = make_room(summit)
    make_session(summit, "GOOD01", room=room)
    assert before(summit) == {}
    make_session(summit, "SAME01", room=room)
    make_session(summit, "NOTIME", starts_at=None)
    make_session(summit, "OUTSID", starts_at=at(15, 10) + timedelta(days=30), room=room)
    make_session(summit, "NOTEXT", abstract={"ko": "글"}, starts_at=at(16, 10), room=room)
    found = before(summit)
    assert found["clashes"] == (1, True)
    assert found["no_time"] == (1, False)
    assert found["outside"] == (1, True)
    assert found["missing-en"] == (1, False)
    # Nobody's contact or answer keeps an agenda from being public.
    assert set(found) <= {"clashes", "no_time", "no_room", "outside", "missing-ko", "missing-en", "outdated-en"}


def test_what_is_kept_back_does_not_count_before_it_is_public(summit):
    make_session(summit, "NOTIME", starts_at=None, published_at=None, held_back=True)
    assert before(summit) == {}


def test_after_midnight_of_the_last_day_is_still_the_last_day(summit):
    late = at(summit.ends_on.day, 23) + timedelta(hours=2)
    make_session(summit, "LATE01", starts_at=late, room=make_room(summit))
    assert "outside" not in before(summit)
