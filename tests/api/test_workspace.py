"""What the team reads of registrations over HTTP."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from registration.models import ZoneException
from registration.registering import sealing
from summit.models import Membership
from tests.factories import make_category, make_registration, make_zone

PAGE = "/api/v1/workspace/summits/ogp2021/registrations/"


def test_registrations_tell_vetting_zones_and_photo_to_who_looks_after_them(as_user, organiser, summit):
    category = make_category(summit, "press", vetted=True, photo="looked_at")
    category.zones.add(make_zone(summit, "B"))
    made = make_registration(summit, category=category)
    ZoneException.objects.create(registration=made, zone=make_zone(summit, "A"), gives=True, reason="x")
    sealing.seal(make_registration(summit, category=category))
    [row] = as_user(organiser).get(PAGE).json()["results"]
    assert (row["vetting"], row["zones"], row["photo"]) == ("waiting", ["A", "B"], "missing")
    Membership.objects.filter(user=organiser).update(role="desk")
    assert as_user(organiser).get(PAGE).status_code == 404


def test_more_registrations_take_no_more_queries(as_user, organiser, summit, django_assert_num_queries):
    category, client = make_category(summit, "press", photo="looked_at"), as_user(organiser)
    make_registration(summit, category=category)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for _ in range(3):
        make_registration(summit, category=category)
    with django_assert_num_queries(len(few)):
        client.get(PAGE)
