from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from registration import standing
from registration.models import Note, ReasonTemplate, Registration, ReviewScope, SecondOpinion
from registration.registering import decisions, delegated, lifecycle, refusals
from registration.registering.decisions import Queue, Reason
from summit.models import HistoryEntry, Membership, Message
from tests.factories import (
    make_category,
    make_delegation,
    make_places,
    make_registration,
    make_summit,
    make_user,
    person,
)
from tests.registration.reading import everything, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def press(summit):
    return make_category(summit, "press", name={"ko": "언론", "en": "Press"}, admission="approval")


def kinds() -> list[str]:
    return [
        kind.rpartition("/")[2] for kind in Message.objects.order_by("created_at", "pk").values_list("kind", flat=True)
    ]


def test_whoever_chooses_a_category_that_is_decided_on_waits_without_a_place_or_a_ticket(summit, press, work):
    make_places(summit, 1)
    made = lifecycle.register(summit, person(summit, category=press, language="en"))
    assert (made.state, made.confirmed_at, made.holds_place) == ("pending", None, False)
    assert made.waits_since == made.created_at
    assert taken(summit) == {"in_person": 0}
    assert not standing.of_registration(made).ticket
    work()
    [letter] = mail.outbox
    assert letter.subject.startswith("We have received your registration")
    assert letter.attachments == []
    assert "ticket" in letter.body and made.token in letter.body


def test_two_apply_for_the_last_place_and_one_is_approved(summit, press, organiser):
    make_places(summit, 1)
    first, second = (make_registration(summit, category=press) for _ in range(2))
    decisions.approve(first, by=organiser)
    assert taken(summit) == {"in_person": 1}
    before = everything()
    with pytest.raises(refusals.NoPlaceLeft):
        decisions.approve(second, by=organiser)
    assert everything() == before
    assert Registration.objects.get(pk=second.pk).state == "pending"


def test_whoever_is_approved_gets_ticket_and_calendar_entry(summit, press, organiser, work):
    made = make_registration(summit, category=press, language="en")
    work()
    mail.outbox.clear()
    approved = decisions.approve(made, by=organiser)
    assert (approved.state, approved.waits_since) == ("confirmed", None)
    work()
    [letter] = mail.outbox
    assert [attached.filename for attached in letter.attachments] == ["summit.ics"]
    assert approved.confirmed_at is not None
    entry = HistoryEntry.objects.get(action="registration.approve")
    assert (entry.by, entry.changes["state"]) == (organiser, ["pending", "confirmed"])


@pytest.mark.parametrize(
    ("language", "told"), [("ko", "기자증을 확인하지 못했습니다."), ("en", "No press card was shown.")]
)
def test_whoever_is_rejected_reads_why_in_their_language(summit, press, organiser, work, language, told):
    ready = ReasonTemplate.objects.create(
        summit=summit, text={"ko": "기자증을 확인하지 못했습니다.", "en": "No press card was shown."}
    )
    made = make_registration(summit, category=press, language=language)
    work()
    mail.outbox.clear()
    decisions.reject(made, reason=Reason(ready, "Write to us <again>."), by=organiser)
    work()
    [letter] = mail.outbox
    assert told in letter.body and "Write to us <again>." in letter.body
    assert "Write to us &lt;again&gt;." in letter.alternatives[0].content
    assert made.token not in letter.body
    assert letter.attachments == []
    assert Registration.objects.get(pk=made.pk).reason == f"{told}\nWrite to us <again>."


def test_nobody_is_rejected_without_a_word(summit, press, organiser):
    made = make_registration(summit, category=press)
    before = everything()
    with pytest.raises(refusals.ReasonMissing):
        decisions.reject(made, reason=Reason(None, "  "), by=organiser)
    assert everything() == before


def test_decided_twice_is_decided_once(summit, press, organiser):
    made = make_registration(summit, category=press)
    decisions.approve(made, by=organiser)
    before = everything()
    with pytest.raises(refusals.NotFromHere):
        decisions.reject(made, reason=Reason(words="no"), by=organiser)
    assert everything() == before


def test_whom_the_team_enters_is_confirmed_at_once(summit, press, organiser):
    made = lifecycle.register(summit, person(summit, category=press), by=organiser, entered=True)
    assert made.state == "confirmed"


def test_the_same_address_is_not_registered_twice_while_it_waits(summit, press):
    made = make_registration(summit, category=press, email="one@press.example")
    with pytest.raises(refusals.AlreadyRegistered) as refused:
        make_registration(summit, email="ONE@press.example")
    assert refused.value.registration == made


def test_rejected_people_may_register_again_and_only_one_of_both_is_reinstated(summit, press, organiser):
    made = make_registration(summit, category=press, email="one@press.example")
    decisions.reject(made, reason=Reason(words="no"), by=organiser)
    again = make_registration(summit, email="one@press.example")
    with pytest.raises(refusals.AlreadyRegistered):
        decisions.reinstate(made, by=organiser)
    lifecycle.cancel(again)
    assert decisions.reinstate(made, by=organiser).state == "confirmed"


class TestLookedAtAgain:
    @pytest.fixture
    def made(self, summit, press, organiser):
        press.reviewed_again = ["organisation"]
        press.save()
        make_places(summit, 1)
        return decisions.approve(make_registration(summit, category=press, language="en"), by=organiser)

    def test_after_a_change_of_what_counts(self, summit, made, work):
        work()
        mail.outbox.clear()
        lifecycle.correct(made, {"organisation": "The Daily"})
        made = Registration.objects.get(pk=made.pk)
        assert (made.state, made.keeps_place, taken(summit)) == ("pending", True, {"in_person": 1})
        work()
        assert ["looked at again" in letter.subject for letter in mail.outbox] == [True]

    def test_not_after_another_change_nor_after_one_by_the_team(self, made, organiser):
        lifecycle.correct(made, {"job_title": "Editor"})
        lifecycle.correct(made, {"organisation": "The Weekly"}, by=organiser, as_organiser=True)
        assert Registration.objects.get(pk=made.pk).state == "confirmed"

    def test_approved_again_the_place_is_the_one_that_was_kept(self, summit, made, organiser):
        lifecycle.correct(made, {"organisation": "The Daily"})
        assert decisions.approve(made, by=organiser).state == "confirmed"
        assert taken(summit) == {"in_person": 1}

    def test_withdrawn_meanwhile_the_place_is_free(self, summit, made):
        lifecycle.correct(made, {"organisation": "The Daily"})
        lifecycle.cancel(made)
        assert taken(summit) == {"in_person": 0}

    def test_coming_online_meanwhile_takes_the_place_along(self, summit, made):
        make_places(summit, 5, "online")
        lifecycle.correct(made, {"organisation": "The Daily"})
        lifecycle.change_attendance(made, "online")
        assert taken(summit) == {"in_person": 0, "online": 1}


def test_who_asked_for_a_second_opinion_does_not_decide(summit, press, organiser):
    other = make_user("other@team.example", summit=summit, role="registrations")
    made = make_registration(summit, category=press)
    decisions.ask_second_opinion(made, by=organiser)
    with pytest.raises(refusals.SecondOpinionAsked):
        decisions.approve(made, by=organiser)
    assert decisions.approve(made, by=other).state == "confirmed"
    assert not SecondOpinion.objects.exists()


def test_a_note_is_kept_and_the_history_does_not_say_what_it_says(summit, press, organiser):
    made = make_registration(summit, category=press)
    decisions.note(made, "Press card seen.", by=organiser)
    assert list(Note.objects.values_list("text", "by")) == [("Press card seen.", organiser.pk)]
    assert "Press card" not in str(HistoryEntry.objects.get(action="registration.note").changes)


class TestQueue:
    def test_the_longest_waiting_comes_first_and_the_next_is_the_one_after(self, summit, press, organiser):
        made = [make_registration(summit, category=press) for _ in range(4)]
        moments = [timezone.now() - timedelta(days=n) for n in (1, 4, 2, 3)]
        for one, moment in zip(made, moments, strict=True):
            Registration.objects.filter(pk=one.pk).update(waits_since=moment)
        queue = Queue(summit, organiser)
        order = [made[1], made[3], made[2], made[0]]
        assert list(queue.rows) == order
        third = queue.rows[2]
        assert queue.near(third, before=1, after=1) == [made[3], made[2], made[0]]
        assert queue.after(third, since=third.waits_since) == made[0]
        last = queue.rows[3]
        assert queue.after(last, since=last.waits_since) == made[1]

    def test_a_reviewer_sees_the_categories_that_are_theirs(self, summit, press, organiser):
        government = make_category(summit, "government", admission="approval")
        mine, theirs = make_registration(summit, category=press), make_registration(summit, category=government)
        reviewer = make_user("reviewer@team.example", summit=summit, role="reviewer")
        assert set(Queue(summit, reviewer).rows) == {mine, theirs}
        scope = ReviewScope.objects.create(membership=Membership.objects.get(user=reviewer))
        scope.categories.add(press)
        assert set(Queue(summit, reviewer).rows) == {mine}
        assert set(decisions.decided_by(reviewer, make_summit("other2022"))) == set()
        assert set(Queue(summit, organiser).rows) == {mine, theirs}

    def test_or_whoever_comes_with_their_delegations(self, summit, press, organiser):
        korea = make_delegation(summit)
        mine, theirs = make_registration(summit, category=press), make_registration(summit, category=press)
        korea.places.create(category=press, places=5)
        delegated.set_delegation(mine, korea, by=organiser)
        reviewer = make_user("reviewer@team.example", summit=summit, role="reviewer")
        membership = Membership.objects.get(user=reviewer)
        decisions.set_scopes(summit, {membership.pk: decisions.Scope.of([], [korea])}, by=organiser)
        assert set(Queue(summit, reviewer).rows) == {mine}
        other = make_category(summit, "other", admission="approval")
        decisions.set_scopes(summit, {membership.pk: decisions.Scope.of([other], [korea])}, by=organiser)
        assert set(Queue(summit, reviewer).rows) == {mine}
        decisions.set_scopes(summit, {membership.pk: decisions.Scope()}, by=organiser)
        assert set(Queue(summit, reviewer).rows) == {mine, theirs}
        assert HistoryEntry.objects.filter(action="membership.review_scope").count() == 3

    def test_who_waits_longer_than_the_category_says_is_overdue(self, summit, press):
        quick = make_category(summit, "quick", admission="approval", decided_within=1)
        waits = [make_registration(summit, category=each) for each in (press, press, quick, quick)]
        for one, days in zip(waits, (6.9, 7.1, 0.9, 1.1), strict=True):
            Registration.objects.filter(pk=one.pk).update(waits_since=timezone.now() - timedelta(days=days))
        assert set(Registration.objects.overdue()) == {waits[1], waits[3]}


class TestWhoMayChoose:
    def test_what_the_team_alone_puts_people_into(self, summit):
        staff = make_category(summit, "staff", admission="team")
        with pytest.raises(refusals.CategoryNotOpen):
            make_registration(summit, category=staff)

    @pytest.mark.parametrize(("opens", "closes", "open_"), [(-2, None, True), (1, None, False), (-2, -1, False), (-2, 1, True), (None, -1, False)])  # fmt: skip
    def test_its_own_window(self, summit, opens, closes, open_):
        now = timezone.now()
        moment = lambda days: None if days is None else now + timedelta(days=days)  # noqa: E731
        early = make_category(summit, "early", opens_at=moment(opens), closes_at=moment(closes))
        assert list(summit.categories.open_now().filter(pk=early.pk)) == ([early] if open_ else [])
        if open_:
            assert make_registration(summit, category=early).state == "confirmed"
        else:
            with pytest.raises(refusals.CategoryNotOpen):
                make_registration(summit, category=early)

    def test_in_one_way_alone(self, summit, organiser):
        there = make_registration(summit)
        observers = make_category(summit, "observers", attendance="online")
        with pytest.raises(refusals.NotInThisWay) as refused:
            make_registration(summit, category=observers)
        assert refused.value.details == {"attendance": "online"}
        made = make_registration(summit, category=observers, attendance="online")
        with pytest.raises(refusals.NotInThisWay):
            lifecycle.change_attendance(made, "in_person")
        with pytest.raises(refusals.NotInThisWay):
            lifecycle.set_category(there, observers, by=organiser)
