from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone, translation

from registration import standing
from registration.models import Quota, Registration
from registration.models.quota import Wish
from registration.places import capacity
from registration.registering import decisions, lifecycle, lining_up, moving, refusals, waitlist
from registration.registering.decisions import Reason
from summit.models import HistoryEntry
from tests.factories import make_category, make_places, make_registration, person
from tests.registration.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(summit):
    """One place, taken; whoever comes may wait."""
    make_places(summit, 1)
    Quota.objects.update(has_waitlist=True, offer_hours=48)
    return make_registration(summit, language="en")


def waits(summit, **values) -> Registration:
    return lifecycle.register(summit, person(summit, waits=True, language="en", **values))


def place(summit) -> tuple[int, int]:
    return Quota.objects.values_list("capacity", "taken").get()


def subjects() -> list[str]:
    return [letter.subject for letter in mail.outbox]


def test_who_finds_no_place_waits_if_they_say_so(summit, full, work):
    with pytest.raises(refusals.NoPlaceLeft):
        make_registration(summit)
    made = waits(summit)
    assert (made.state, made.holds_place, place(summit)) == ("waitlisted", False, (1, 1))
    work()
    assert subjects()[-1].startswith("You are on the waitlist")
    assert mail.outbox[-1].attachments == []


@pytest.mark.parametrize(("times", "told"), [
    ({"opens_at": timedelta(days=2)}, "Places can be taken from"), ({"closes_at": timedelta(days=-2)}, "Places could be taken until"),
])  # fmt: skip
def test_what_is_shut_by_time_is_not_full_and_has_no_line(client, summit, times, told):
    make_places(summit, 3)
    Quota.objects.update(has_waitlist=True, **{name: timezone.now() + span for name, span in times.items()})
    with translation.override("en"), pytest.raises(refusals.PlacesShut) as refused:
        waits(summit)
    assert told in str(refused.value.message)
    page = words(client.get("/en/ogp2021/register/"))
    assert told in page and "All places are taken" not in page
    online = make_registration(summit, attendance="online", language="en")
    page = words(client.get(f"/en/ogp2021/registrations/{online.token}/attendance/"))
    assert told in page and "All places" not in page


def test_nobody_waits_for_what_is_full_and_over(summit, full):
    Quota.objects.update(closes_at=timezone.now() - timedelta(days=1))
    with pytest.raises(refusals.NoPlaceLeft):
        waits(summit)


def test_who_is_online_gives_that_up_and_waits_for_the_hall(client, summit, full, work):
    online = make_registration(summit, attendance="online", language="en")
    make_places(summit, 1, attendance="online")
    capacity.recount(summit)
    page = f"/en/ogp2021/registrations/{online.token}/attendance/"
    assert "Give up my place online and wait" in words(client.get(page))
    client.post(page, {"line_up": ""})
    client.post(page, {"line_up": ""})
    online.refresh_from_db()
    assert (online.state, online.attendance, waitlist.position(online)) == ("waitlisted", "in_person", 1)
    assert Quota.objects.get(attendance="online").taken == 0
    assert HistoryEntry.objects.filter(action="registration.line_up").count() == 1
    lifecycle.cancel(full)
    work()
    online.refresh_from_db()
    assert online.is_offered_place() and waitlist.accept(online).state == "confirmed"


@pytest.mark.parametrize("why", ["no line", "a place", "closed", "shut"])
def test_nobody_gives_a_place_online_up_for_a_line_that_is_not_there(client, summit, full, why):
    online = make_registration(summit, attendance="online", language="en")
    match why:
        case "no line":
            Quota.objects.update(has_waitlist=False)
        case "a place":
            lifecycle.cancel(full)
        case "closed":
            summit.registration_closes_at = timezone.now() - timedelta(hours=1)
            summit.save()
        case "shut":
            Quota.objects.update(closes_at=timezone.now() - timedelta(days=1))
    page = f"/en/ogp2021/registrations/{online.token}/attendance/"
    assert "Give up my place online" not in words(client.get(page))
    online.refresh_from_db()
    with pytest.raises(lining_up.NoLine):
        lining_up.line_up(online)
    online.refresh_from_db()
    assert online.state == "confirmed"


def test_without_a_waitlist_nobody_waits(summit, full):
    Quota.objects.update(has_waitlist=False)
    with pytest.raises(refusals.NoPlaceLeft):
        waits(summit)


def test_while_there_are_places_nobody_waits(summit):
    make_places(summit, 1)
    Quota.objects.update(has_waitlist=True)
    assert waits(summit).state == "confirmed"


def test_who_waits_and_comes_in_the_other_way_is_offered_a_place_there_at_once(summit, full, work):
    """Although somebody before them in line still waits for what is full."""
    make_places(summit, None, "online")
    first, second = waits(summit), waits(summit)
    lifecycle.change_attendance(second, "online")
    work()
    for row in (first, second):
        row.refresh_from_db()
    assert [(row.state, row.keeps_place) for row in (first, second)] == [("waitlisted", False), ("waitlisted", True)]
    assert "place" in subjects()[-1]


def test_a_place_that_becomes_free_is_kept_for_who_waits_longest(summit, full, work):
    first, second = waits(summit), waits(summit)
    assert [waitlist.position(one) for one in (first, second)] == [1, 2]
    lifecycle.cancel(full)
    work()
    first.refresh_from_db()
    assert (first.state, first.keeps_place, place(summit)) == ("waitlisted", True, (1, 1))
    assert timedelta(hours=47) < first.offer_ends_at - timezone.now() <= timedelta(hours=48)
    assert standing.of_registration(first).next == "take_place"
    assert "A place is kept for you" in " ".join(subjects())
    # Nobody else gets it meanwhile.
    with pytest.raises(refusals.NoPlaceLeft):
        make_registration(summit)
    taken = waitlist.accept(first)
    assert (taken.state, taken.keeps_place, place(summit)) == ("confirmed", False, (1, 1))
    second.refresh_from_db()
    assert waitlist.position(second) == 1


def test_an_offer_that_nobody_takes_goes_to_the_next_and_its_person_to_the_end(summit, full, work):
    first, second = waits(summit), waits(summit)
    lifecycle.cancel(full)
    work()
    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        with pytest.raises(refusals.OfferEnded):
            waitlist.accept(first)
        work()
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.keeps_place, second.keeps_place, place(summit)) == (False, True, (1, 1))
        assert waitlist.position(first) == 1
        assert any(subject.startswith("The offer of a place has ended") for subject in subjects())
        assert not waitlist.lapse(first)


def test_a_higher_class_is_offered_first(summit, full, work):
    first = waits(summit)
    second = waits(summit, category=make_category(summit, "vip", priority=5))
    assert [waitlist.position(one) for one in (first, second)] == [2, 1]
    lifecycle.cancel(full)
    work()
    second.refresh_from_db()
    assert second.keeps_place


def test_a_paused_waitlist_offers_nothing_until_it_goes_on(summit, full, work):
    one = waits(summit)
    Quota.objects.update(is_paused=True)
    lifecycle.cancel(full)
    work()
    one.refresh_from_db()
    assert not one.keeps_place
    Quota.objects.update(is_paused=False)
    assert waitlist.keep_going() == 1
    one.refresh_from_db()
    assert one.keeps_place


@pytest.mark.parametrize(("one_by_one", "offers"), [(True, [1, 0, 0]), (False, [1, 1, 1])])
def test_all_at_once_or_one_by_one(summit, full, one_by_one, offers):
    people = [waits(summit) for _ in range(3)]
    Quota.objects.update(one_by_one=one_by_one, capacity=4)
    waitlist.offer(summit)
    assert [Registration.objects.get(pk=each.pk).keeps_place for each in people] == offers


def test_somebody_waits_for_every_quota_that_counts(summit, full, work):
    press = make_category(summit, "press")
    narrow = Quota.objects.create(summit=summit, name={"en": "Press"}, is_basic=False, capacity=0, has_waitlist=True)
    narrow.categories.add(press)
    reporter, guest = waits(summit, category=press), waits(summit)
    lifecycle.cancel(full)
    work()
    reporter.refresh_from_db()
    guest.refresh_from_db()
    assert (reporter.keeps_place, guest.keeps_place) == (False, True)


def test_the_team_pulls_somebody_forward_for_a_reason(summit, full, organiser):
    first, second = waits(summit), waits(summit)
    with pytest.raises(refusals.NoPlaceLeft):
        waitlist.pull_forward(second, reason="Minister", by=organiser)
    Quota.objects.update(capacity=2)
    assert waitlist.pull_forward(second, reason="Minister", by=organiser).state == "confirmed"
    assert HistoryEntry.objects.get(action="registration.pull_forward").changes == {"reason": ["", "Minister"]}
    first.refresh_from_db()
    assert first.state == "waitlisted"


def test_whoever_applied_is_put_on_the_waitlist_and_rejected_from_there(summit, full, organiser):
    press = make_category(summit, "press", admission="approval")
    made = make_registration(summit, category=press, language="en")
    assert decisions.put_on_waitlist(made, by=organiser).state == "waitlisted"
    assert decisions.reject(made, reason=Reason(words="Full."), by=organiser).state == "rejected"
    Quota.objects.update(has_waitlist=False)
    with pytest.raises(refusals.NoWaitlist):
        decisions.put_on_waitlist(make_registration(summit, category=press), by=organiser)


def test_it_ends_with_registration_and_whoever_waits_is_told(summit, full, work):
    one, offered = waits(summit), waits(summit)
    Registration.objects.filter(pk=offered.pk).update(
        keeps_place=True, offer_ends_at=timezone.now() + timedelta(hours=1)
    )
    summit.registration_closes_at = timezone.now() - timedelta(minutes=1)
    summit.save()
    work()
    mail.outbox.clear()
    assert waitlist.keep_going() == 1
    work()
    one.refresh_from_db()
    offered.refresh_from_db()
    assert (one.state, offered.state) == ("cancelled", "waitlisted")
    assert [subject.partition(":")[0] for subject in subjects()] == ["The waitlist has ended"]
    assert waitlist.accept(offered).state == "confirmed"


def test_withdrawn_with_an_offer_the_place_goes_to_the_next(summit, full, work):
    first, second = waits(summit), waits(summit)
    lifecycle.cancel(full)
    work()
    lifecycle.cancel(first)
    work()
    second.refresh_from_db()
    assert (second.keeps_place, place(summit)) == (True, (1, 1))


def test_the_own_page_says_where_one_stands_and_takes_the_place(client, summit, full, work):
    first, second = waits(summit), waits(summit)
    way = f"/en/ogp2021/registrations/{second.token}/"
    assert "You are number 2 in line" in client.get(way).content.decode()
    lifecycle.cancel(full)
    lifecycle.cancel(first)
    work()
    page = client.get(way).content.decode()
    assert "A place is kept for you until" in page and "Take the place" in page
    assert "You are on the waitlist" not in page
    client.post(f"{way}place/")
    second.refresh_from_db()
    assert second.state == "confirmed"
    assert client.post(f"{way}place/", follow=True).status_code == 200


class TestNobodyOvertakes:
    """Free places are for those who wait, whether they are offered yet or not."""

    @pytest.fixture
    def line(self, summit, full):
        """Two wait; then two places become free, and no worker has looked yet."""
        made = [waits(summit), waits(summit)]
        Quota.objects.update(capacity=3)
        return made

    @pytest.mark.parametrize("told", [{}, {"is_paused": True}, {"one_by_one": True}])
    def test_whoever_registers_waits_behind_them(self, summit, line, told, work):
        Quota.objects.update(**told)
        with pytest.raises(refusals.NoPlaceLeft):
            make_registration(summit)
        last = waits(summit)
        assert (last.state, waitlist.position(last), place(summit)) == ("waitlisted", 3, (3, 1))
        work()
        with pytest.raises(refusals.NoPlaceLeft):
            make_registration(summit)

    def test_with_more_places_than_people_who_wait_the_next_one_comes_in(self, summit, line):
        Quota.objects.update(capacity=4)
        assert waits(summit).state == "confirmed"
        assert waits(summit).state == "waitlisted"

    def test_whoever_comes_the_other_way_does_not_overtake_them_either(self, summit, line):
        make_places(summit, None, "online")
        online = make_registration(summit, attendance="online")
        assert moving.left(online, attendance="in_person") == 0
        with pytest.raises(refusals.NoPlaceLeft):
            lifecycle.change_attendance(online, "in_person")
        lifecycle.change_attendance(online, "in_person", by=None, as_organiser=True)
        assert Registration.objects.get(pk=online.pk).attendance == "in_person"

    def test_whom_another_quota_holds_back_stands_in_nobodys_way(self, summit, full):
        press = make_category(summit, "press")
        narrow = Quota.objects.create(
            summit=summit, name={"en": "Press"}, is_basic=False, capacity=0, has_waitlist=True
        )
        narrow.categories.add(press)
        held = waits(summit, category=press)
        Quota.objects.filter(is_basic=True).update(capacity=2)
        assert held.state == "waitlisted" and waits(summit).state == "confirmed"

    def test_a_higher_class_comes_before_them_and_the_team_whenever_it_says_so(self, summit, line, organiser):
        assert waits(summit, category=make_category(summit, "vip", priority=5)).state == "confirmed"
        entered = lifecycle.register(summit, person(summit), by=organiser, entered=True)
        assert entered.state == "confirmed"

    def test_the_form_says_that_there_is_a_waitlist(self, summit, line, client):
        text = client.get(f"/en/{summit.code}/register/").content.decode()
        assert "All places are taken; there is a waitlist." in text

    def test_how_many_wait_makes_no_more_queries(self, summit, line, django_assert_num_queries):
        found = capacity.quotas(summit)
        for _n in range(3):
            waits(summit)
        wish = Wish("in_person", line[0].category_id)
        with django_assert_num_queries(1):
            assert waitlist.without_place(summit, wish, found)
