import pytest
from django.core.exceptions import ValidationError

from sessions.models import Placement, Session
from sessions.planning import publishing, scheduling
from sessions.planning.publishing import NothingToPublish, NothingToTakeBack, OtherVersion
from summit.models import HistoryEntry
from tests.factories import at, make_room, make_session, make_summit, make_user, make_venue


@pytest.fixture
def draft(db):
    summit = make_summit(agenda_published_at=None)
    for code in ("CIV001", "CIV002"):
        make_session(summit, code, published_at=None)
    make_session(make_summit("ogp2023"), "OTH001", published_at=None)
    return summit


def test_publishing_makes_all_sessions_of_this_summit_public(draft):
    version = publishing.publish(draft)
    assert (version.number, [c["kind"] for c in version.changes]) == (1, ["new", "new"])
    assert {s.code for s in Session.objects.published()} == {"CIV001", "CIV002"}
    draft.refresh_from_db()
    assert draft.agenda_is_published
    assert draft.agenda_revision == 2
    for session in Session.objects.published():
        assert session.updated_at == session.published_at == draft.agenda_published_at


def test_publishing_again_changes_nothing(draft):
    publishing.publish(draft)
    first = Session.objects.get(code="CIV001").published_at
    assert publishing.publish(draft).number == 1
    draft.refresh_from_db()
    assert draft.agenda_revision == 2
    assert Session.objects.get(code="CIV001").published_at == first
    assert HistoryEntry.objects.count() == 1


def test_a_session_added_later_is_published_without_touching_the_others(draft):
    publishing.publish(draft)
    first = Session.objects.get(code="CIV001").published_at
    make_session(draft, "CIV003", published_at=None)
    assert [(c["kind"], c["code"]) for c in publishing.publish(draft).changes] == [("new", "CIV003")]
    assert Session.objects.get(code="CIV001").published_at == first


def test_what_is_kept_back_stays_out_with_its_plan_until_it_is_let_go(draft):
    Session.objects.filter(code="CIV002").update(held_back=True)
    held = Session.objects.get(code="CIV002")
    scheduling.place(held, starts_at=at(16, 9), ends_at=at(16, 10), room=None, by=None)
    assert [c["code"] for c in publishing.preview(draft)] == ["CIV001"]
    assert [c["code"] for c in publishing.publish(draft).changes] == ["CIV001"]
    assert {s.code for s in Session.objects.published()} == {"CIV001"}
    assert Placement.objects.get().session == held
    assert publishing.waiting(draft) == 0
    # What is public already is cancelled, not kept back.
    Session.objects.filter(code="CIV001").update(held_back=True)
    Session.objects.filter(code="CIV002").update(held_back=False)
    assert [(c["kind"], c["code"]) for c in publishing.publish(draft).changes] == [("new", "CIV002")]
    assert Session.objects.get(code="CIV002").starts_at == at(16, 9)
    assert publishing.preview(draft) == []


def test_nothing_but_what_is_kept_back_cannot_be_published(draft):
    Session.objects.update(held_back=True)
    with pytest.raises(NothingToPublish):
        publishing.publish(draft)


def test_an_empty_agenda_cannot_be_published(db):
    summit = make_summit(agenda_published_at=None)
    with pytest.raises(NothingToPublish) as refusal:
        publishing.publish(summit)
    assert refusal.value.code == "nothing_to_publish"
    summit.refresh_from_db()
    assert not summit.agenda_is_published


def test_withdrawing_takes_everything_back(draft, django_user_model):
    user = django_user_model.objects.create_user("organiser@team.example")
    publishing.publish(draft, by=user)
    publishing.withdraw(draft, by=user)
    draft.refresh_from_db()
    assert not draft.agenda_is_published
    assert not Session.objects.published().exists()
    assert draft.agenda_revision == 3
    assert [(e.action, e.by, e.changes) for e in HistoryEntry.objects.order_by("pk")] == [
        ("agenda.publish", user, {"version": [0, 1], "sessions": [0, 2]}),
        ("agenda.withdraw", user, {"sessions": [2, 0]}),
    ]


@pytest.fixture
def public(draft):
    """Version 1 is public; both sessions take place on the first morning, the first in a room."""
    make_venue(draft)
    Session.objects.filter(code="CIV001").update(room=make_room(draft))
    publishing.publish(draft)
    return draft


def session(code):
    return Session.objects.select_related("summit", "room").get(code=code)


def plan(code, **changes):
    found = session(code)
    now = {"starts_at": found.starts_at, "ends_at": found.ends_at, "room": found.room}
    return scheduling.place(found, **{**now, **changes})


def test_what_is_planned_is_not_public_before_it_is_published(public, client):
    before = client.get("/en/ogp2021/sessions/CIV001/").content
    assert plan("CIV001", starts_at=at(16, 9), ends_at=at(16, 10)) is not None
    assert client.get("/en/ogp2021/sessions/CIV001/").content == before
    assert (session("CIV001").starts_at, session("CIV001").sequence) == (at(15, 10), 0)
    publishing.publish(public)
    found = session("CIV001")
    assert (found.starts_at, found.ends_at, found.sequence) == (at(16, 9), at(16, 10), 1)
    assert not Placement.objects.exists()


def test_a_version_says_what_moved_was_renamed_cancelled_and_came_back(public):
    plan("CIV001", starts_at=at(16, 9), ends_at=at(16, 10), room=None)
    plan("CIV002", cancelled=True)
    Session.objects.filter(code="CIV002").update(title={"ko": "새 이름", "en": "New name"})
    version = publishing.publish(public, note={"en": "Two changes"})
    assert [(c["kind"], c["code"]) for c in version.changes] == [
        ("cancelled", "CIV002"),
        ("renamed", "CIV002"),
        ("moved", "CIV001"),
    ]
    moved = version.changes[2]
    assert moved["before"] == {
        "starts_at": "2021-12-15T01:00:00+00:00",
        "ends_at": "2021-12-15T02:30:00+00:00",
        "room": "grand-101",
    }
    assert moved["after"] == {
        "starts_at": "2021-12-16T00:00:00+00:00",
        "ends_at": "2021-12-16T01:00:00+00:00",
        "room": "",
    }
    assert session("CIV002").is_cancelled
    assert (version.number, version.note.in_language("en")) == (2, "Two changes")
    plan("CIV002", cancelled=False)
    assert [c["kind"] for c in publishing.publish(public).changes] == ["restored"]
    assert (session("CIV002").cancelled_at, session("CIV002").sequence) == (None, 2)


def test_what_was_changed_by_other_ways_is_told_in_the_next_version(public):
    """An import or an operator may change a public session at once; readers of changes hear of it all the same."""
    Session.objects.filter(code="CIV001").update(starts_at=at(15, 9))
    Session.objects.filter(code="CIV002").delete()
    assert [(c["kind"], c["code"]) for c in publishing.preview(public)] == [("moved", "CIV001"), ("removed", "CIV002")]
    assert len(publishing.publish(public).changes) == 2
    assert publishing.preview(public) == []


def test_publishing_raises_only_what_changed(public):
    before = session("CIV002").updated_at
    plan("CIV001", ends_at=at(15, 11))
    publishing.publish(public)
    assert (session("CIV001").sequence, session("CIV002").sequence) == (1, 0)
    assert session("CIV002").updated_at == before


def test_a_first_publication_moves_no_calendar(draft):
    plan("CIV001", starts_at=at(15, 14), ends_at=at(15, 15))
    publishing.publish(draft)
    assert (session("CIV001").starts_at, session("CIV001").sequence) == (at(15, 14), 0)


def test_an_agenda_that_was_withdrawn_is_a_new_version_when_it_comes_back(public):
    publishing.withdraw(public)
    public.refresh_from_db()
    version = publishing.publish(public)
    assert (version.number, version.changes) == (2, [])
    assert Session.objects.published().count() == 2


def test_planning_it_as_it_is_public_leaves_nothing_to_publish(public):
    assert plan("CIV001") is None
    assert plan("CIV001", ends_at=at(15, 11)) is not None
    assert plan("CIV001") is None
    assert publishing.preview(public) == []
    assert [e.changes for e in HistoryEntry.objects.filter(action="session.place").order_by("pk")] == [
        {"ends_at": ["2021-12-15T02:30:00+00:00", "2021-12-15T02:00:00+00:00"]},
        {"ends_at": ["2021-12-15T02:00:00+00:00", "2021-12-15T02:30:00+00:00"]},
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_at": at(15, 10)},
        {"ends_at": at(15, 9)},
        {"ends_at": None},
        {"starts_at": None},
        {"ends_at": at(16, 11)},
    ],
)
def test_a_time_in_which_nothing_can_take_place_is_refused(public, changes):
    with pytest.raises(ValidationError):
        plan("CIV001", **changes)
    assert not Placement.objects.exists()


def test_publishing_takes_as_many_queries_for_planning_ahead_as_there_are_changes(
    public, django_assert_max_num_queries
):
    for number in range(30):
        make_session(public, f"DIG{number:03}")
    publishing.publish(public)
    plan("CIV001", ends_at=at(15, 11))
    with django_assert_max_num_queries(14):
        publishing.publish(public)


# Taking a version back


@pytest.fixture
def moved(draft):
    """Version 2: CIV001 is at two in the hall and CIV002 cancelled; version 1 had both at ten, without a room."""
    publishing.publish(draft)
    hall = make_room(draft, "hall", venue=make_venue(draft))
    first, second = (Session.objects.get(code=code) for code in ("CIV001", "CIV002"))
    scheduling.place(first, starts_at=at(15, 14), ends_at=at(15, 15), room=hall)
    scheduling.place(second, starts_at=second.starts_at, ends_at=second.ends_at, room=None, cancelled=True)
    publishing.publish(draft, note={"en": "Moved"})
    return draft


def test_taking_back_makes_a_new_version_that_is_as_the_one_before(moved, organiser_of_draft):
    before = {session.code: session.sequence for session in Session.objects.published()}
    version = publishing.take_back(moved, by=organiser_of_draft)
    first, second = (Session.objects.get(code=code) for code in ("CIV001", "CIV002"))
    assert (first.starts_at, first.ends_at, first.room) == (at(15, 10), at(15, 11, 30), None)
    assert not second.is_cancelled
    assert (version.number, version.by) == (3, organiser_of_draft)
    assert version.note["en"].startswith("Version 2 was taken back") and "2" in version.note["ko"]
    assert [(c["kind"], c["code"]) for c in version.changes] == [("moved", "CIV001"), ("restored", "CIV002")]
    assert version.snapshot == moved.agenda_versions.get(number=1).snapshot
    assert {s.code: s.sequence for s in Session.objects.published()} == {c: n + 1 for c, n in before.items()}
    assert list(moved.agenda_versions.values_list("number", flat=True)) == [3, 2, 1]
    entry = HistoryEntry.objects.get(action="agenda.take_back")
    assert (entry.by, entry.changes) == (organiser_of_draft, {"version": [2, 3]})


@pytest.fixture
def organiser_of_draft(draft):
    return make_user("owner@team.example", summit=draft, role="owner")


def test_what_was_undone_waits_in_the_plan_and_what_was_planned_stays(moved):
    first, second = (Session.objects.get(code=code) for code in ("CIV001", "CIV002"))
    scheduling.place(second, starts_at=at(16, 9), ends_at=at(16, 10), room=None)
    revision = moved.agenda_revision
    publishing.take_back(moved)
    assert moved.agenda_revision == revision + 1
    assert (first.placement.starts_at, first.placement.room.code) == (at(15, 14), "hall")
    assert (second.placement.starts_at, second.placement.cancelled) == (at(16, 9), False)
    publishing.publish(moved)
    assert Session.objects.get(code="CIV001").starts_at == at(15, 14)
    assert Session.objects.get(code="CIV002").starts_at == at(16, 9)


def test_a_plan_for_how_it_was_is_no_plan_any_more(moved):
    first = Session.objects.get(code="CIV001")
    scheduling.place(first, starts_at=at(15, 10), ends_at=at(15, 11, 30), room=None)
    publishing.take_back(moved)
    assert not Placement.objects.filter(session=first).exists()


def test_texts_are_not_taken_back(moved):
    Session.objects.filter(code="CIV001").update(title={"ko": "새 제목", "en": "New title"})
    version = publishing.take_back(moved)
    assert Session.objects.get(code="CIV001").title["en"] == "New title"
    assert version.snapshot["CIV001"]["title"]["en"] == "New title"
    assert "renamed" in {change["kind"] for change in version.changes}


def test_a_session_that_was_new_is_no_longer_public(moved):
    make_session(moved, "NEW001", published_at=None, starts_at=at(16, 9))
    publishing.publish(moved)
    version = publishing.take_back(moved)
    new = Session.objects.get(code="NEW001")
    assert (new.is_published, new.starts_at, new.sequence) == (False, at(16, 9), 1)
    assert [(c["kind"], c["code"]) for c in version.changes] == [("removed", "NEW001")]
    assert [(c["kind"], c["code"]) for c in publishing.publish(moved).changes] == [("new", "NEW001")]


def test_what_came_by_another_way_is_left_alone(moved):
    make_session(moved, "IMP001")
    publishing.take_back(moved)
    assert Session.objects.get(code="IMP001").is_published


def test_a_room_that_is_gone_leaves_the_session_without_one(moved):
    first = Session.objects.get(code="CIV001")
    scheduling.place(first, starts_at=at(15, 14), ends_at=at(15, 15), room=None)
    publishing.publish(moved)
    moved.rooms.all().delete()
    publishing.take_back(moved)
    assert Session.objects.get(code="CIV001").room is None


def test_a_deleted_session_stays_deleted(moved):
    Session.objects.filter(code="CIV002").delete()
    assert "CIV002" not in publishing.take_back(moved).snapshot


def test_taking_back_twice_is_where_one_was(moved):
    publishing.take_back(moved)
    version = publishing.take_back(moved)
    assert version.snapshot == moved.agenda_versions.get(number=2).snapshot
    assert Session.objects.get(code="CIV001").starts_at == at(15, 14)


def test_any_earlier_version_can_be_gone_back_to(moved):
    first = Session.objects.get(code="CIV001")
    scheduling.place(first, starts_at=at(16, 9), ends_at=at(16, 10), room=None)
    make_session(moved, "NEW001", published_at=None, starts_at=at(16, 9))
    publishing.publish(moved)
    version = publishing.take_back(moved, number=3, to=1)
    assert version.snapshot == moved.agenda_versions.get(number=1).snapshot
    assert Session.objects.get(code="CIV001").starts_at == at(15, 10)
    assert not Session.objects.get(code="NEW001").is_published
    assert "3" in version.note["en"] and "version 1." in version.note["en"]
    for wrong in (4, 5, 99):
        with pytest.raises(NothingToTakeBack):
            publishing.take_back(moved, to=wrong)


def test_there_must_be_something_to_go_back_to(draft):
    with pytest.raises(NothingToTakeBack):
        publishing.take_back(draft)
    publishing.publish(draft)
    with pytest.raises(NothingToTakeBack):
        publishing.take_back(draft)


def test_a_withdrawn_agenda_has_no_version_to_take_back(moved):
    publishing.withdraw(moved)
    with pytest.raises(NothingToTakeBack):
        publishing.take_back(moved)


def test_only_the_version_that_was_looked_at_is_taken_back(moved):
    with pytest.raises(OtherVersion):
        publishing.take_back(moved, number=1)
    assert moved.agenda_versions.count() == 2
    assert publishing.take_back(moved, number=2).number == 3
