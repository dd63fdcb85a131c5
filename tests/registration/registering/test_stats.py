from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from registration.door import checkin
from registration.models import Registration
from registration.registering import lifecycle, stats
from tests.factories import make_category, make_desk, make_places, make_registration, make_summit


def test_the_numbers_of_a_summit(summit, desk_staff, django_assert_num_queries):
    delegate, press = make_category(summit), make_category(summit, "press", order=1)
    make_places(summit, 9)
    people = [make_registration(summit, category=delegate) for _ in range(3)]
    make_registration(summit, category=press, attendance="online", country="EE")
    lifecycle.cancel(make_registration(summit, category=press))
    desk = make_desk(summit)
    checkin.check_in(people[0], desk=desk, by=desk_staff, nonce="scan-1")
    checkin.undo_check_in(checkin.check_in(people[1], desk=desk, by=desk_staff, nonce="scan-2"), by=desk_staff)
    make_registration(make_summit("ogp2023"))

    with django_assert_num_queries(5):
        numbers = stats.numbers(summit)
    assert numbers["total"] == 5
    assert [n for _label, n in numbers["states"]] == [0, 0, 0, 4, 0, 1]
    assert [n for _label, n in numbers["attendances"]] == [3, 1]
    assert [(category.code, n) for category, n in numbers["categories"]] == [("delegate", 3), ("press", 1)]
    assert numbers["countries"] == [("KR", 3), ("EE", 1)]
    assert [(p.attendance, p.taken, p.capacity) for p in numbers["places"]] == [("in_person", 3, 9)]
    assert (numbers["arrived"], numbers["confirmed"]) == (1, 4)


def test_the_numbers_of_an_empty_summit_are_noughts(summit):
    numbers = stats.numbers(summit)
    assert (numbers["total"], numbers["arrived"], numbers["confirmed"]) == (0, 0, 0)
    assert {n for _label, n in numbers["states"]} == {n for _label, n in numbers["attendances"]} == {0}
    assert numbers["categories"] == numbers["countries"] == numbers["places"] == []


def test_ten_countries_are_named_the_largest_first(summit):
    codes = ["AT", "BE", "CL", "DE", "EE", "FI", "GH", "HU", "IT", "JP", "KR"]
    for number, code in enumerate(codes, 1):
        for _ in range(2 if number == 11 else 1):
            make_registration(summit, country=code)
    assert stats.numbers(summit)["countries"] == [("KR", 2), *((code, 1) for code in codes[:9])]
    assert Registration.objects.count() == 12


def test_a_day_on_which_clocks_change_is_one_day(summit):
    summit.time_zone = "Europe/Berlin"
    summit.save()
    # The 31st of October has 25 hours.
    moments = [(30, 23, 59), (31, 0, 0), (31, 23, 59), (32, 0, 0)]
    for day, hour, minute in moments:
        made = datetime(2021, 10, 1, hour, minute, tzinfo=ZoneInfo("Europe/Berlin")) + timedelta(days=day - 1)
        Registration.objects.filter(pk=make_registration(summit).pk).update(created_at=made)
    assert [(day.day, counted["in_person"]) for day, counted in stats.by_day(summit)] == [(30, 1), (31, 2), (1, 1)]


def test_days_are_the_summits_and_none_is_left_out(summit):
    first, second, third = (make_registration(summit, attendance=way) for way in ("in_person", "online", "in_person"))
    moments = {first: (3, 23), second: (5, 1), third: (5, 9)}
    for registration, (day, hour) in moments.items():
        made = datetime(2021, 11, day, hour, tzinfo=ZoneInfo("Asia/Seoul"))
        Registration.objects.filter(pk=registration.pk).update(created_at=made)
    assert stats.by_day(summit) == [
        (date(2021, 11, 3), {"in_person": 1, "online": 0}),
        (date(2021, 11, 4), {"in_person": 0, "online": 0}),
        (date(2021, 11, 5), {"in_person": 1, "online": 1}),
    ]


def test_only_the_last_sixty_days_are_shown(summit):
    old, new = make_registration(summit), make_registration(summit)
    Registration.objects.filter(pk=old.pk).update(created_at=new.created_at - timedelta(days=400))
    assert len(stats.by_day(summit)) == stats.DAYS_SHOWN
    lifecycle.cancel(new)
    assert len(stats.by_day(summit)) == 1
