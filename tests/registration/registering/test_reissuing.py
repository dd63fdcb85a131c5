"""A ticket and a private link that are replaced: once, told to their person alone, and known as former ones."""

import re

import pytest
from django.core import mail
from django.db import connection

from registration.door import tickets
from registration.models import FormerKey, Registration
from registration.models.former_key import digest
from registration.registering import calendar_links, lifecycle, refusals, reissuing
from summit.models import HistoryEntry, Message
from tests.factories import make_registration, make_user
from tests.registration.places.test_races import on_postgresql, on_sqlite
from tests.registration.reading import everything


@pytest.fixture
def registration(summit):
    made = make_registration(summit, email="hong@people.example", language="en")
    calendar_links.share_calendar(made)
    return made


def test_ticket_link_and_calendar_address_are_new(registration):
    before = (tickets.token_for(registration), registration.token, registration.calendar_token)
    now = reissuing.reissue(registration, issue=1)
    assert now == Registration.objects.get()
    assert (now.ticket_issue, now.guid, now.reference) == (2, registration.guid, registration.reference)
    after = (tickets.token_for(now), now.token, now.calendar_token)
    assert [len(set(pair)) for pair in zip(before, after, strict=True)] == [2, 2, 2]
    assert all(after)


def test_the_ticket_grows_by_nothing(registration):
    before = tickets.token_for(registration)
    assert len(tickets.token_for(reissuing.reissue(registration, issue=1))) == len(before)


def test_whoever_had_no_calendar_address_gets_none(registration):
    calendar_links.revoke_calendar(registration)
    assert reissuing.reissue(registration, issue=1).calendar_token == ""


def test_of_the_former_keys_only_digests_are_kept(registration):
    reissuing.reissue(registration, issue=1)
    kept = set(FormerKey.objects.values_list("kind", "digest", "ticket_issue"))
    assert kept == {("page", digest(registration.token), 1), ("calendar", digest(registration.calendar_token), 1)}


@pytest.mark.parametrize(
    ("by_team", "language", "said"),
    [
        (True, "en", "The organisers of 2021 OGP Global Summit have replaced"),
        (False, "en", "as was asked on its page"),
        (True, "ko", "주최 측에서"),
        (False, "ko", "등록 페이지에서 요청하신 대로"),
    ],
)
@pytest.mark.parametrize("attendance", ["in_person", "online"])
def test_the_person_is_told_what_was_replaced_and_by_whom(summit, work, by_team, language, said, attendance):
    made = make_registration(summit, email="hong@people.example", language=language, attendance=attendance)
    calendar_links.share_calendar(made)
    now = reissuing.reissue(made, issue=1, by=make_user() if by_team else None, by_team=by_team)
    work()
    letter = next(found for found in mail.outbox if Message.objects.get(kind="replaced").subject == found.subject)
    assert letter.to == ["hong@people.example"]
    html = letter.alternatives[0].content
    for body in (letter.body, html):
        assert said in re.sub(r"\s+", " ", body)
        assert f"http://testserver/{language}/ogp2021/registrations/{now.token}/" in body
        assert not {made.token, made.calendar_token, now.calendar_token} & set(re.findall(r"[\w-]{20,}", body))
        assert "{%" not in body
    assert ("no longer open the door" in letter.body or "입장할 수 없으니" in letter.body) == (
        attendance == "in_person"
    )
    assert not re.search(r"\n\n\n", letter.body)


def test_the_history_says_who_and_which_issue(registration, organiser):
    reissuing.reissue(registration, issue=1, by=organiser, by_team=True)
    entry = HistoryEntry.objects.get(action="registration.reissue")
    assert (entry.by, entry.subject_key, entry.changes) == (organiser, str(registration.pk), {"ticket_issue": [1, 2]})


def test_the_same_question_answered_twice_replaces_once(registration):
    reissuing.reissue(registration, issue=1)
    before = everything() | {"keys": FormerKey.objects.count()}
    with pytest.raises(reissuing.AlreadyReissued):
        reissuing.reissue(registration, issue=1)
    assert everything() | {"keys": FormerKey.objects.count()} == before


def test_what_is_cancelled_is_not_replaced(registration):
    lifecycle.cancel(registration)
    before = everything()
    with pytest.raises(refusals.NotActive):
        reissuing.reissue(registration, issue=1)
    assert everything() == before


def test_no_old_ticket_opens_the_door_again_however_often_it_is_replaced(registration):
    """The ticket holds eight bits of its issue."""
    first = tickets.token_for(registration)
    for issue in range(1, 255):
        registration = reissuing.reissue(registration, issue=issue)
    with pytest.raises(tickets.ReplacedTicket):
        tickets.registration_for(registration.summit, first)
    with pytest.raises(reissuing.TooManyIssues):
        reissuing.reissue(registration, issue=255)
    assert tickets.registration_for(registration.summit, tickets.token_for(registration)) == registration


def at_once(registration, race, copy=None):
    if copy:
        copy()
    ends = race([lambda: reissuing.reissue(registration, issue=1)] * 6)
    (state,) = race([lambda: (
        list(Registration.objects.values_list("ticket_issue", flat=True)), FormerKey.objects.count(),
        Message.objects.filter(kind="replaced").count(), HistoryEntry.objects.filter(action="registration.reissue").count(),
    )])  # fmt: skip
    won = [end for end in ends if isinstance(end, Registration)]
    assert (len(won), {type(end) for end in ends if end not in won}) == (1, {reissuing.AlreadyReissued})
    assert state == ([2], 2, 1, 1)


@on_postgresql
def test_of_six_at_once_one_replaces(registration, race):
    at_once(registration, race)


@on_sqlite
def test_of_six_at_once_one_replaces_in_a_file(registration, race, on_disk):
    at_once(registration, race, on_disk)


def addresses_at_once(registration, race, copy=None):
    if copy:
        copy()
    ends = race([lambda: calendar_links.share_calendar(Registration.objects.get())] * 6)
    assert [end for end in ends if not isinstance(end, str)] == []
    (left,) = race([lambda: ({r.calendar_token for r in Registration.objects.all()}, FormerKey.objects.count())])
    assert (left[0] <= set(ends), left[1]) == (True, 6)


@on_postgresql
def test_of_six_calendar_addresses_made_at_once_five_are_known_as_former_ones(registration, race):
    addresses_at_once(registration, race)


@on_sqlite
def test_of_six_calendar_addresses_made_at_once_five_are_known_as_former_ones_in_a_file(registration, race, on_disk):
    addresses_at_once(registration, race, on_disk)


def test_the_migration_leaves_the_tickets_of_before(registration):
    """Whoever registered before tickets could be replaced has the first issue, and so have printed badges."""
    assert registration.ticket_issue == 1
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "registration_badgeprint")
    assert "1" in str(next(column.default for column in columns if column.name == "ticket_issue"))
