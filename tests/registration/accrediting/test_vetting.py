"""Who takes somebody's vetting from where to where, and what follows; everything else is refused and writes nothing."""

from itertools import product

import pytest

from registration import standing
from registration.accrediting import photos, vetting
from registration.accrediting.holding import NothingToAccredit
from registration.door import checkin
from registration.models import Registration, Vetting, VettingStep
from registration.places import bookings
from registration.registering import lifecycle, merging
from summit.models import HistoryEntry, Message
from tests.factories import make_category, make_desk, make_picture, make_registration, make_session

# verb: from, to, whether a reason is asked for
TABLE = {
    "review": ("not_needed waiting cleared", "in_review", False),
    "clear": ("waiting in_review refused revoked", "cleared", False),
    "exempt": ("waiting in_review", "not_needed", True),
    "refuse": ("waiting in_review", "refused", True),
    "revoke": ("not_needed cleared", "revoked", True),
}


@pytest.fixture
def vetted(summit):
    return make_category(summit, "press", name={"ko": "언론", "en": "Press"}, vetted=True)


@pytest.fixture
def waiting(summit, vetted):
    return make_registration(summit, category=vetted, language="en")


def now(registration) -> Registration:
    return Registration.objects.select_related("summit", "category").get(pk=registration.pk)


def test_the_table_is_the_one_in_the_code():
    assert {verb: (set(way.start), way.to, way.reason) for verb, way in vetting.MOVES.items()} == {
        verb: (set(start.split()), to, reason) for verb, (start, to, reason) in TABLE.items()
    }
    words = [line.split() for line in (vetting.__doc__ or "").splitlines()]
    assert [line[0] for line in words if line[:1] and line[0] in TABLE] == list(TABLE)


@pytest.mark.django_db
@pytest.mark.parametrize(("verb", "state"), list(product(TABLE, Vetting.values)))
def test_what_the_table_does_not_allow_is_refused(summit, waiting, organiser, verb, state):
    Registration.objects.filter(pk=waiting.pk).update(vetting=state)
    before, (start, to, _reason) = HistoryEntry.objects.count(), TABLE[verb]
    if state in start.split():
        vetting.move(waiting, verb, by=organiser, reason="Because.")
        assert now(waiting).vetting == to
        step = VettingStep.objects.get(registration=waiting)
        assert (step.state, step.by, step.reason) == (to, organiser, "Because.")
        entry = HistoryEntry.objects.latest("pk")
        assert (entry.action, entry.changes["vetting"]) == (f"registration.vetting_{verb}", [state, to])
        return
    with pytest.raises(vetting.VettingNotFromHere):
        vetting.move(waiting, verb, by=organiser, reason="Because.")
    assert (now(waiting).vetting, HistoryEntry.objects.count()) == (state, before)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [verb for verb, (_start, _to, reason) in TABLE.items() if reason])
def test_a_reason_is_asked_for(waiting, organiser, verb):
    Registration.objects.update(vetting=TABLE[verb][0].split()[0])
    with pytest.raises(vetting.VettingReasonMissing):
        vetting.move(waiting, verb, by=organiser, reason="  ")
    assert not VettingStep.objects.exists()


@pytest.mark.django_db
def test_whoever_waits_has_neither_ticket_nor_badge_and_is_told_once_cleared(waiting, organiser):
    stands = standing.of_registration(now(waiting))
    assert (stands.ticket, stands.passes, stands.badge, stands.seats) == (False, False, False, True)
    Message.objects.all().delete()
    vetting.move(waiting, "review", by=organiser)
    assert not Message.objects.exists()
    vetting.move(waiting, "clear", by=organiser)
    stands = standing.of_registration(now(waiting))
    assert (stands.ticket, stands.passes, stands.badge) == (True, True, True)
    mail = Message.objects.get()
    assert mail.subject.startswith("You are cleared") and mail.to == waiting.email


@pytest.mark.django_db
def test_whoever_is_refused_is_told_why_and_gives_seats_back(summit, waiting, organiser):
    session = make_session(summit, seats=1)
    bookings.book(waiting, session)
    Message.objects.all().delete()
    vetting.move(waiting, "refuse", by=organiser, reason="The editor does not know you.")
    session.refresh_from_db()
    assert session.seats_taken == 0
    mail = Message.objects.get()
    assert "The editor does not know you." in mail.text and "The editor does not know you." in mail.html
    assert standing.of_registration(now(waiting)).entry == standing.Entry.CANCELLED


@pytest.mark.django_db
def test_a_revoked_ticket_lets_nobody_in_from_the_next_scan_on(summit, organiser, desk_staff):
    made, desk = make_registration(summit), make_desk(summit)
    vetting.move(made, "revoke", by=organiser, reason="Reported.")
    with pytest.raises(checkin.NotAdmitted) as refused:
        checkin.check_in(now(made), desk=desk, by=desk_staff, nonce="scan-0001")
    assert refused.value.code == "not_admitted" and not made.check_ins.exists()
    vetting.move(made, "clear", by=organiser)
    checkin.check_in(now(made), desk=desk, by=desk_staff, nonce="scan-0002")


@pytest.mark.django_db
def test_whoever_takes_part_online_is_not_concerned_and_stays_there_once_refused(summit, vetted, organiser):
    made = make_registration(summit, category=vetted, attendance="online")
    assert standing.of_registration(now(made)).told
    Message.objects.all().delete()
    vetting.move(made, "refuse", by=organiser, reason="Reported.")
    assert not Message.objects.exists() and standing.of_registration(now(made)).told
    with pytest.raises(vetting.NotLetIn):
        lifecycle.change_attendance(made, "in_person")
    lifecycle.change_attendance(made, "in_person", by=organiser, as_organiser=True)
    assert not standing.of_registration(now(made)).ticket


@pytest.mark.django_db
def test_a_cleared_person_who_changes_their_name_is_looked_into_again(waiting, organiser):
    vetting.move(waiting, "clear", by=organiser)
    lifecycle.correct(waiting, {"organisation": "Another"})
    assert now(waiting).vetting == "cleared"
    lifecycle.correct(waiting, {"name": "임꺽정"}, by=organiser, as_organiser=True)
    assert now(waiting).vetting == "cleared"
    lifecycle.correct(waiting, {"name": "홍길동"})
    assert now(waiting).vetting == "in_review"
    assert VettingStep.objects.first().by is None


@pytest.mark.django_db
def test_what_nobody_moved_follows_the_category(summit, waiting):
    found = Registration.objects.filter(vetting.standing_at("waiting"))
    assert [row.pk for row in found] == [waiting.pk]
    waiting.category.vetted = False
    waiting.category.save()
    assert not Registration.objects.filter(vetting.standing_at("waiting")).exists()
    assert [row.pk for row in Registration.objects.filter(vetting.standing_at("not_needed"))] == [waiting.pk]
    assert now(waiting).vetted_as == Vetting.NOT_NEEDED and standing.of_registration(now(waiting)).badge


@pytest.mark.django_db
def test_nobody_is_cleared_without_a_photo_somebody_has_looked_at(own_photos, waiting, organiser):
    category = waiting.category
    category.photo, category.photo_months = "printed", 6
    category.save()
    with pytest.raises(vetting.PhotoMissing):
        vetting.move(waiting, "clear", by=organiser, photo_fits=True)
    content = make_picture()
    photo = photos.put(waiting, content, by=None)
    with pytest.raises(vetting.PhotoNotLookedAt):
        vetting.move(waiting, "clear", by=organiser)
    vetting.move(waiting, "clear", by=organiser, photo_fits=True)
    photo.refresh_from_db()
    assert photo.looked_at_by == organiser and now(waiting).vetting == "cleared"
    photos.put(waiting, content, by=None)
    photo.refresh_from_db()
    assert photo.looked_at is None and now(waiting).vetting == "in_review"


@pytest.mark.django_db
def test_of_whoever_has_ended_nothing_is_moved(waiting, organiser):
    lifecycle.cancel(waiting)
    with pytest.raises(NothingToAccredit):
        vetting.move(waiting, "clear", by=organiser)


@pytest.mark.django_db
def test_whoever_is_refused_under_one_registration_is_so_under_the_one_it_is_merged_into(summit, organiser):
    kept, other = make_registration(summit), make_registration(summit)
    vetting.move(other, "revoke", by=organiser, reason="Reported.")
    merging.merge(kept, other, by=organiser)
    assert now(kept).vetting == "revoked" and kept.vetting_steps.get().reason == "Reported."
