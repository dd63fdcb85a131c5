from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.models import Deadline, Task
from sessions.planning import reminding
from speakers.models import OrganisationMember
from summit.models import HistoryEntry, Message
from tests.factories import make_organisation, make_session, make_speaker, make_user

DAY = timedelta(days=1)


@pytest.fixture
def world(summit):
    """One host with a contact who took the invitation up, one with an address only; two people on stage."""
    host = make_organisation(summit, "alpha")
    OrganisationMember.objects.create(
        organisation=host, user=make_user("host@people.example", language="en", name="Ada")
    )
    other = make_organisation(summit, "beta", contact_email="beta@people.example", contact_name="Beta desk")
    park, kim = make_speaker(summit, "박수정", email="park@people.example"), make_speaker(summit, "김하나")
    first = make_session(summit, hosts=[host, other], people=[park, kim], abstract={"ko": "요약"})
    make_session(summit, "CIV002", hosts=[host], technical_sheet="microphone")
    first.appearances.update(state="invited")
    return summit


def owed(summit, *tasks):
    return {one.email: sorted(one.owed) for one in reminding.debtors(summit, set(tasks))}


def test_hosts_owe_texts_and_people_owe_their_answers(world):
    assert owed(world, "abstract") == {
        "host@people.example": [("abstract", "열린정부 세션 CIV001")],
        "beta@people.example": [("abstract", "열린정부 세션 CIV001")],
    }
    assert owed(world, "people") == {"park@people.example": [("people", "열린정부 세션 CIV001")]}
    assert set(owed(world, "technical")) == {"host@people.example", "beta@people.example"}
    assert owed(world, "links") == {}


def test_of_each_task_as_many_owe_something_as_would_be_reminded_of_it_alone(world):
    found = reminding.debtors(world, Task.values)
    assert reminding.owing(found) == {
        task: number for task in Task.values if (number := len(reminding.debtors(world, {task})))
    }
    assert reminding.owing(found) == {"abstract": 2, "technical": 2, "people": 1, "profile": 1}
    assert len(found) == 3


def test_each_is_reminded_once_of_everything_in_their_language(world, organiser):
    world.deadlines.create(task="abstract", due_at=timezone.now() + DAY)
    assert reminding.remind(world, {"abstract", "technical"}, by=organiser) == 2
    mails = {mail.to: mail for mail in Message.objects.all()}
    assert set(mails) == {"host@people.example", "beta@people.example"}
    english = mails["host@people.example"]
    assert english.language == "en"
    assert english.subject == "Still open for your sessions: OGP Summit"
    assert "Open government session CIV001" not in english.subject
    assert english.text.count("\n- ") == 2
    assert "/en/ogp2021/hosting/" in english.text
    assert mails["beta@people.example"].text.startswith("Beta desk 님")
    assert Deadline.objects.get().reminded_at is not None
    assert HistoryEntry.objects.get(action="deadline.remind").changes["people"] == [0, 2]


def test_where_nobody_owes_anything_nothing_is_sent(world, organiser):
    with pytest.raises(reminding.NobodyOwes):
        reminding.remind(world, {"links"}, by=organiser)
    assert Message.objects.count() == 0


def test_a_cancelled_session_and_a_declined_person_owe_nothing(world):
    world.sessions.update(cancelled_at=timezone.now())
    assert owed(world, "abstract", "technical", "people") == {}


@pytest.mark.parametrize(
    ("due", "reminded", "sent"),
    [(6, None, 2), (8, None, 0), (-3, None, 2), (-7, None, 0), (3, 2, 0), (3, 7, 2)],
)
def test_reminders_go_out_by_themselves_near_the_deadline(world, due, reminded, sent):
    now = timezone.now()
    world.deadlines.create(
        task="abstract", due_at=now + due * DAY, reminded_at=now - reminded * DAY if reminded else None
    )
    assert reminding.remind_due() == sent
    assert Message.objects.count() == sent
    assert reminding.remind_due() == 0


def test_a_deadline_is_set_moved_and_taken_away(world, organiser):
    moment = timezone.now()
    reminding.set_deadlines(world, {"abstract": moment, "links": None}, by=organiser)
    Deadline.objects.update(reminded_at=moment)
    reminding.set_deadlines(world, {"abstract": moment + DAY}, by=organiser)
    row = Deadline.objects.get()
    assert (row.due_at, row.reminded_at) == (moment + DAY, None)
    reminding.set_deadlines(world, {"abstract": None}, by=organiser)
    assert Deadline.objects.count() == 0
    assert HistoryEntry.objects.filter(action="deadline.set").count() == 3


@pytest.mark.parametrize("number", [1, 3])
def test_who_owes_what_takes_as_many_queries_for_three_sessions_as_for_one(summit, number, django_assert_num_queries):
    host = make_organisation(summit, contact_email="host@people.example")
    for n in range(number):
        make_session(
            summit, f"CIV00{n}", hosts=[host], people=[make_speaker(summit, f"사람{n}", email=f"p{n}@people.example")]
        )
    with django_assert_num_queries(7):
        reminding.debtors(summit, {"abstract", "people", "profile", "technical", "links"})
