"""The page of a waitlist: who is next, offers by the team's word, a pause, somebody before the others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registration.models import Quota, Registration
from registration.registering import lifecycle, waitlist
from summit.models import HistoryEntry
from tests.factories import make_category, make_places, make_registration, make_summit, person
from tests.registration.reading import read

LISTED = "/en/ogp2021/organiser/waitlists/"


@pytest.fixture
def quota(summit):
    """Two places, taken, with a waitlist."""
    made = make_places(summit, 2)
    Quota.objects.update(has_waitlist=True)
    make_registration(summit), make_registration(summit)
    return made


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def line(summit, number: int, **values) -> list[Registration]:
    made = [lifecycle.register(summit, person(summit, waits=True, name=f"Person {n}", **values)) for n in range(number)]
    for place, one in enumerate(made):
        one.waits_since = timezone.now() - timedelta(days=number - place)
        one.save(update_fields=["waits_since"])
    return made


def at(quota, *parts: object) -> str:
    return LISTED + "".join(f"{part}/" for part in (quota.pk, *parts))


def offered(summit) -> list[str]:
    rows = summit.registrations.filter(state="waitlisted", keeps_place=True)
    return sorted(rows.values_list("name", flat=True))


def test_without_a_waitlist_it_says_where_one_is_set_up(summit, office):
    make_places(summit, 2)
    assert "No quota has a waitlist" in read(office.get(LISTED))


def test_all_quotas_with_a_waitlist_stand_in_one_table(summit, office, quota):
    line(summit, 3)
    page = office.get(LISTED)
    assert f'href="{at(quota)}"' in page.content.decode()
    assert "In person 3 0 0 All free places at once" in read(page)


def test_the_line_stands_in_the_order_of_offers_and_says_who_is_next(summit, office, quota):
    first, second = line(summit, 2)
    vip = lifecycle.register(
        summit, person(summit, waits=True, name="Minister", category=make_category(summit, "vip", priority=5))
    )
    page = read(office.get(at(quota)))
    assert page.index("1. Minister") < page.index("2. Person 0") < page.index("3. Person 1")
    assert "3 people wait" in page
    assert [waitlist.position(one) for one in (vip, first, second)] == [1, 2, 3]
    here = read(office.get(at(quota, first.guid)))
    assert "Place in the line 2" in here
    raw = " ".join(office.get(at(quota, first.guid)).content.decode().split())
    assert f'href="{at(quota, second.guid)}" data-key="j"' in raw
    assert f'href="{at(quota, vip.guid)}" data-key="k"' in raw


def test_who_is_held_back_by_another_quota_is_marked_with_it(summit, office, quota):
    Quota.objects.create(
        summit=summit, name={"en": "From Estonia"}, is_basic=False, capacity=0, countries=["EE"], has_waitlist=True
    )
    held, _free = line(summit, 1, country="EE") + line(summit, 1, country="KR")
    page = read(office.get(at(quota, held.guid)))
    assert "Passed over for now" in page
    assert "From Estonia" in page
    assert page.count("Held back") == 1


def test_places_that_another_quota_holds_back_are_not_offered_together(summit, office, quota):
    narrow = Quota.objects.create(
        summit=summit, name={"en": "From Estonia"}, is_basic=False, capacity=0, countries=["EE"], has_waitlist=True
    )
    line(summit, 3, country="EE")
    Quota.objects.filter(pk=quota.pk).update(capacity=5)
    page = read(office.get(at(quota)))
    assert "None of those who are next can be offered a place now" in page and "at once" not in page
    Quota.objects.filter(pk=narrow.pk).update(capacity=2)
    assert "Offer all 2 places at once" in read(office.get(at(quota)))


def test_some_are_offered_a_place_although_the_line_is_paused_and_goes_one_by_one(summit, office, quota, work):
    first, *_others = line(summit, 3)
    Quota.objects.update(is_paused=True, one_by_one=True, capacity=4)
    answer = office.post(at(quota), {"number": "2", "first": str(first.guid)}, follow=True)
    assert "2 people were offered a place." in read(answer)
    assert offered(summit) == ["Person 0", "Person 1"]
    assert "2 offers run" in read(answer)
    entry = HistoryEntry.objects.filter(action="registration.offer").first()
    assert entry.by.email == "organiser@team.example"
    work()
    assert offered(summit) == ["Person 0", "Person 1"]


def test_more_than_there_are_places_are_not_offered_one(summit, office, quota):
    first, *_others = line(summit, 3)
    Quota.objects.update(is_paused=True, capacity=3)
    office.post(at(quota), {"number": "3", "first": str(first.guid)})
    assert offered(summit) == ["Person 0"]
    assert Quota.objects.get().taken == 3
    answer = office.post(at(quota), {"number": "1", "first": str(_others[0].guid)})
    assert answer.status_code == 409
    assert "none is free" in read(answer)


def test_a_form_that_is_sent_twice_offers_once(summit, office, quota):
    first, *_others = line(summit, 3)
    Quota.objects.update(is_paused=True, capacity=5)
    sent = {"number": "1", "first": str(first.guid)}
    assert office.post(at(quota), sent).status_code == 302
    answer = office.post(at(quota), sent)
    assert answer.status_code == 409
    assert "Somebody else is next by now" in read(answer)
    assert offered(summit) == ["Person 0"]


def test_where_more_are_offered_than_a_transaction_holds_the_worker_goes_on(summit, office, quota, work, monkeypatch):
    monkeypatch.setattr(waitlist, "AT_ONCE", 2)
    first, *_others = line(summit, 5)
    Quota.objects.update(is_paused=True, capacity=7)
    answer = office.post(at(quota), {"number": "4", "first": str(first.guid)}, follow=True)
    assert "The others follow" in read(answer)
    assert len(offered(summit)) == 2
    work()
    assert offered(summit) == [f"Person {n}" for n in range(4)]


@pytest.mark.parametrize("sent", [{}, {"number": "0"}, {"number": "many"}, {"number": "10001"}])
def test_a_number_that_is_none_is_said_so(summit, office, quota, sent):
    [first] = line(summit, 1)
    answer = office.post(at(quota), {**sent, "first": str(first.guid)})
    assert answer.status_code == 422
    assert offered(summit) == []


def test_once_registration_has_closed_nobody_is_offered_a_place(summit, office, quota):
    [first] = line(summit, 1)
    type(summit).objects.update(registration_closes_at=timezone.now() - timedelta(hours=1))
    Quota.objects.update(capacity=5)
    answer = office.post(at(quota), {"number": "1", "first": str(first.guid)})
    assert answer.status_code == 409
    assert "Registration is not open" in read(answer)
    assert "Registration has closed" in read(answer)
    assert offered(summit) == []


def test_a_pause_keeps_free_places_and_going_on_offers_them(summit, office, quota, work):
    line(summit, 1)
    office.post(at(quota, "pause"), {"paused": "1"})
    Quota.objects.update(capacity=3)
    waitlist.wake(summit)
    work()
    assert offered(summit) == []
    assert "Paused" in read(office.get(at(quota)))
    office.post(at(quota, "pause"), {"paused": "0"})
    work()
    assert offered(summit) == ["Person 0"]
    assert [entry.action for entry in HistoryEntry.objects.filter(action="quota.edit")] == ["quota.edit"] * 2


def test_somebody_comes_before_the_others_for_a_reason(summit, office, quota):
    _first, second = line(summit, 2)
    Quota.objects.update(is_paused=True, capacity=3)
    way = at(quota, second.guid, "admission")
    answer = office.post(way, {"reason": ""})
    assert answer.status_code == 422
    assert "Place in the line 2" in read(answer)
    assert office.post(way, {"reason": "Speaks in the plenary"}).headers["Location"] == at(quota)
    second.refresh_from_db()
    assert second.state == "confirmed"
    assert HistoryEntry.objects.get(action="registration.pull_forward").changes == {
        "reason": ["", "Speaks in the plenary"]
    }
    # Sent again it is said, and nothing happens.
    answer = office.post(way, {"reason": "Speaks in the plenary"})
    assert answer.status_code == 409
    assert "“Confirmed” by now" in read(answer)


def test_a_quota_of_another_summit_is_not_there(office, quota):
    foreign = make_places(make_summit("other2022"), 1)
    assert office.get(at(foreign)).status_code == 404
    assert office.post(at(foreign, "pause"), {"paused": "1"}).status_code == 404


def test_the_list_of_registrations_is_narrowed_to_a_line(summit, office, quota):
    line(summit, 2)
    page = read(office.get(f"/en/ogp2021/organiser/registrations/?waits_in={quota.pk}"))
    assert "2 registrations" in page


def test_the_quota_leads_to_its_line(summit, office, quota):
    for way in ("", f"{quota.pk}/"):
        assert f'href="{at(quota)}"' in office.get(f"/en/ogp2021/organiser/settings/quotas/{way}").content.decode()


def test_a_long_line_is_shown_around_one_person_with_as_many_queries(
    summit, office, quota, django_assert_max_num_queries
):
    people = line(summit, 30)
    with django_assert_max_num_queries(45):
        page = read(office.get(at(quota, people[25].guid)))
    assert "21. Person 20" in page
    assert "20. Person 19" not in page
    assert "30. Person 29" in page


def test_it_says_what_becomes_of_who_waits_when_registration_closes(summit, office, quota):
    ends = timezone.now() + timedelta(days=2)
    type(summit).objects.update(registration_closes_at=None)
    assert "Registration has closed" in read(office.get(at(quota)))
    type(summit).objects.update(registration_closes_at=ends)
    said = read(office.get(at(quota)))
    assert f"{ends.astimezone(summit.tz):%H:%M} KST . Then nobody is offered a place any more" in said
