from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from summit.models import Summit
from tests.factories import make_summit


def test_the_current_summit_is_the_one_marked_so_else_the_latest_public_one(db):
    assert Summit.objects.current() is None
    make_summit("ogp2021")
    later = make_summit("ogp2023", starts_on=date(2023, 9, 6), ends_on=date(2023, 9, 7))
    make_summit("ogp2025", starts_on=date(2025, 10, 6), ends_on=date(2025, 10, 9), is_public=False)
    assert Summit.objects.current() == later
    Summit.objects.filter(code="ogp2021").update(is_current=True)
    assert Summit.objects.current().code == "ogp2021"


def test_only_one_summit_is_current(db):
    make_summit("ogp2021", is_current=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_summit("ogp2023", is_current=True)
    make_summit("ogp2025", is_current=False)


def test_a_summit_cannot_end_before_it_starts(summit):
    with pytest.raises(IntegrityError), transaction.atomic():
        Summit.objects.update(ends_on=date(2021, 12, 14))
    summit.ends_on = date(2021, 12, 14)
    with pytest.raises(ValidationError) as error:
        summit.full_clean()
    assert "ends_on" in error.value.message_dict


@pytest.mark.parametrize(
    "code", ["ogp", "OGP2021", "ogp-2021", "ogp 2021", "admin", "static", "o" * 33, "ogp2021\n", ""]
)
def test_codes_that_no_address_may_have_are_refused(summit, code):
    summit.code = code
    with pytest.raises(ValidationError) as error:
        summit.full_clean()
    assert "code" in error.value.message_dict


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "KST"), ("time_zone", "../etc"), ("languages", []), ("languages", ["de"]), ("languages", "ko")],
)
def test_zones_and_languages_must_exist(summit, field, value):
    setattr(summit, field, value)
    with pytest.raises(ValidationError) as error:
        summit.full_clean()
    assert field in error.value.message_dict


def test_a_summit_as_the_factory_makes_it_is_valid(summit):
    summit.full_clean()


def test_days_run_from_the_first_to_the_last(summit):
    assert summit.days == [date(2021, 12, 15), date(2021, 12, 16), date(2021, 12, 17)]
    with translation.override("en"):
        assert summit.dates == "15–17 December 2021"


OPENS, CLOSES = datetime(2021, 10, 1, tzinfo=UTC), datetime(2021, 12, 1, tzinfo=UTC)
# Midnight in Seoul after the last day.
OVER = datetime(2021, 12, 17, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("opens", "closes", "now", "state"),
    [
        (None, None, OPENS, "unscheduled"),
        (None, CLOSES, OPENS, "unscheduled"),
        (OPENS, None, OPENS - timedelta(seconds=1), "not_yet"),
        (OPENS, None, OPENS, "open"),
        (OPENS, None, OVER - timedelta(seconds=1), "open"),
        (OPENS, None, OVER, "closed"),
        (OPENS, CLOSES, CLOSES - timedelta(seconds=1), "open"),
        (OPENS, CLOSES, CLOSES, "closed"),
    ],
)
def test_registration_opens_and_closes_to_the_second(opens, closes, now, state):
    made = Summit(ends_on=date(2021, 12, 17), time_zone="Asia/Seoul", registration_opens_at=opens, registration_closes_at=closes)  # fmt: skip
    assert made.registration_state(now) == state


def test_changes_are_taken_until_the_cut_off():
    assert Summit().accepts_changes(CLOSES)
    assert Summit(changes_until=CLOSES).accepts_changes(CLOSES - timedelta(seconds=1))
    assert not Summit(changes_until=CLOSES).accepts_changes(CLOSES)


def test_a_summit_is_called_by_its_short_name(summit):
    with translation.override("en"):
        assert str(summit) == "OGP Summit"
        summit.short_name = {}
        assert str(summit) == "2021 OGP Global Summit"
