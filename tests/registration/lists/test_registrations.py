"""The list of registrations: what it shows, what is edited in it, and what is done to many at once."""

import pytest
from django.db import connection
from django.db.models import Count
from django.test import RequestFactory

from registration.door import checkin
from registration.lists.registrations import REGISTRATIONS
from registration.models import BadgeJob, Registration, Tag
from registration.places import capacity
from registration.registering import lifecycle, refusals, tagging
from summit.lists.listing import Listing
from summit.models import HistoryEntry, Message
from summit.permissions import rights_of
from tests.factories import make_category, make_desk, make_places, make_registration, make_summit, make_user
from tests.registration.reading import taken, words

LIST = "/en/ogp2021/organiser/registrations/"
ACT = "/en/ogp2021/organiser/lists/registrations/act/"


def look(summit, user, query=""):
    request = RequestFactory().get(f"/?{query}")
    request.user, request.rights = user, rights_of(user, summit)
    return Listing(REGISTRATIONS, summit, request)


def cell(registration, column):
    return f"/en/ogp2021/organiser/lists/registrations/{registration.guid}/{column}/"


def token(registration, column):
    return REGISTRATIONS.token(registration, column)


def act(client, action, rows, *, value="", scope="chosen"):
    """Both steps of acting: the page that asks, then what it sends."""
    keys = {"action": action, "scope": scope, "chosen": [str(row.guid) for row in rows]}
    asked = client.post(ACT, keys)
    confirmed = {**keys, "confirmed": "1", "number": asked.context["number"], "value": value}
    return asked, client.post(ACT, confirmed, follow=True)


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture
def people(summit):
    press = make_category(summit, "press", name={"ko": "언론", "en": "Press"})
    delegate = make_category(summit)
    rows = {
        "here": make_registration(summit, name="홍길동", category=delegate),
        "online": make_registration(
            summit, name="Marie Tamm", attendance="online", category=press, country="EE", language="en"
        ),
        "gone": lifecycle.cancel(make_registration(summit, name="심청", category=press)),
    }
    staff = make_user("desk@team.example", summit=summit, role="desk")
    checkin.check_in(rows["here"], desk=make_desk(summit), by=staff, nonce="scan-1")
    make_registration(make_summit("ogp2023"), name="홍길동")
    return {row.pk: name for name, row in rows.items()}


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", {"here", "online", "gone"}),
        ("q=홍길동", {"here"}),
        ("q=marie", {"online"}),
        ("q=nobody", set()),
        ("state=cancelled", {"gone"}),
        ("state=confirmed", {"here", "online"}),
        ("state=confirmed&attendance=online", {"online"}),
        ("category=press", {"online", "gone"}),
        ("category=press&state=confirmed&q=tamm", {"online"}),
        ("country=EE", {"online"}),
        ("language=en", {"online"}),
        ("arrived=yes", {"here"}),
        ("arrived=no", {"online", "gone"}),
        ("state=nonsense&attendance=nonsense&category=nonsense&arrived=maybe", {"here", "online", "gone"}),
        ("state=nonsense&attendance=online", {"online"}),
        ("state=confirmed&state=cancelled", {"gone"}),
        ("category=1&unknown=2", {"here", "online", "gone"}),
        ("q=" + "x" * 201, {"here", "online", "gone"}),
        ("q=%25", set()),
        ("q=홍길동 " + "홍 " * 20, {"here"}),
    ],
)
def test_the_list_shows_what_its_address_asks_for(summit, organiser, people, address, found):
    rows = look(summit, organiser, address).rows()
    assert {people[row.pk] for row in rows} == found


def test_the_list_of_nobody_is_empty(summit, organiser):
    assert list(look(summit, organiser).rows()) == []
    assert Registration.objects.count() == 0


@pytest.mark.parametrize("role", ["registrations", "organiser", "owner"])
def test_the_list_is_for_those_who_keep_registrations(as_user, summit, role):
    assert as_user(make_user(f"{role}@team.example", summit=summit, role=role)).get(LIST).status_code == 200


@pytest.mark.parametrize("role", ["track_lead", "desk_lead", "desk", "translator", "moderator", "viewer"])
def test_nobody_else_sees_acts_or_takes_anything_along(as_user, summit, registration, role):
    client = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
    pages = [LIST, f"{LIST}new/", "/en/ogp2021/organiser/lists/registrations.csv", cell(registration, "category")]
    assert [client.get(page).status_code for page in pages] == [404] * 4
    assert client.post(ACT, {"action": "cancel"}).status_code == 404
    assert client.post(f"{LIST}{registration.guid}/reinstatement/").status_code == 404


def test_the_totals_are_those_of_the_summit(office, summit, people):
    make_places(summit, 5)
    capacity.recount(summit)
    page = words(office.get(LIST))
    assert "In person: 1 confirmed (4 places left)" in page
    assert "Online: 1 confirmed" in page


def test_an_empty_list_says_what_it_will_hold_and_how_to_begin(office, summit):
    page = words(office.get(LIST))
    assert "Nobody is registered yet." in page
    assert f'href="{LIST}new/"' in page
    assert "Nothing found" not in page


def test_a_category_is_set_in_place_and_a_stale_form_is_told(office, organiser, summit, registration):
    press = make_category(summit, "press", name={"ko": "언론", "en": "Press"})
    mails, mark = Message.objects.count(), token(registration, "category")
    assert office.post(cell(registration, "category"), {"value": press.pk, "token": mark}).status_code == 302
    registration.refresh_from_db()
    assert registration.category == press
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.action, entry.by, entry.changes["category"][1]["ko"]) == (
        "registration.set_category",
        organiser,
        "언론",
    )
    assert Message.objects.count() == mails
    other = make_category(summit, "staff")
    assert office.post(cell(registration, "category"), {"value": other.pk, "token": mark}).status_code == 409
    registration.refresh_from_db()
    assert registration.category == press


def test_a_category_of_another_summit_cannot_be_set(office, registration):
    strange = make_category(make_summit("ogp2023"), "press")
    assert office.post(cell(registration, "category"), {"value": strange.pk}).status_code == 422


def test_the_attendance_is_set_in_place_and_the_person_told(office, summit, registration):
    sent = {"value": "online", "token": token(registration, "attendance")}
    assert office.post(cell(registration, "attendance"), sent).status_code == 302
    registration.refresh_from_db()
    assert registration.attendance == "online"
    assert Message.objects.filter(kind="attendance_changed", to=registration.email).count() == 1


def test_no_place_in_person_is_said_in_the_cell(office, summit):
    make_places(summit, 0)
    online = make_registration(summit, attendance="online")
    response = office.post(cell(online, "attendance"), {"value": "in_person", "token": token(online, "attendance")})
    assert response.status_code == 409
    assert str(refusals.NoPlaceLeft.message) in words(response)


@pytest.mark.parametrize("column", ["category", "attendance"])
def test_a_cancelled_registration_has_no_cell_to_edit(office, registration, column):
    lifecycle.cancel(registration)
    assert office.get(cell(registration, column)).status_code == 404


@pytest.mark.parametrize("key", ["nonsense", "0f0e0d0c", "0f0e0d0c-0b0a-4908-8706-050403020100"])
def test_there_is_no_cell_of_nobody(office, summit, key):
    assert office.get(f"/en/ogp2021/organiser/lists/registrations/{key}/category/").status_code == 404


def test_the_category_of_many_is_set_at_once_and_taken_back(office, summit, django_assert_max_num_queries):
    press, before = make_category(summit, "press"), make_category(summit)
    rows = [make_registration(summit, category=before) for _ in range(12)]
    gone = lifecycle.cancel(make_registration(summit, category=before))
    mails = Message.objects.count()
    with django_assert_max_num_queries(90):
        asked, done = act(office, "category", [*rows, gone], value=press.pk)
    assert "Set the category of 12 registrations" in words(asked)
    assert "1 stays as it is" in words(asked)
    assert "12 were changed." in words(done)
    assert Registration.objects.filter(category=press).count() == 12
    assert HistoryEntry.objects.filter(action="registration.set_category").count() == 12
    assert Message.objects.count() == mails
    office.post("/en/ogp2021/organiser/lists/registrations/undo/")
    assert Registration.objects.filter(category=press).count() == 0


def test_whoever_cannot_come_so_as_the_new_category_stays_with_the_reason(office, summit):
    virtual, before = make_category(summit, "virtual", attendance="online"), make_category(summit)
    there = make_registration(summit, category=before, name="홍길동")
    away = make_registration(summit, category=before, attendance="online")
    _asked, done = act(office, "category", [there, away], value=virtual.pk)
    assert "1 was changed. 1 stays as it is." in words(done)
    assert "홍길동" in words(done) and str(refusals.NotInThisWay(virtual).message) in words(done)
    assert list(Registration.objects.filter(category=virtual)) == [away]


def test_as_many_come_in_person_as_there_are_places_and_the_others_stay_with_the_reason(office, summit):
    make_places(summit, 2)
    rows = [make_registration(summit, attendance="online", name=f"사람 {'가나다'[n]}") for n in range(3)]
    _asked, done = act(office, "attendance", rows, value="in_person")
    assert "2 were changed and told. 1 stays as it is." in words(done)
    assert str(refusals.NoPlaceLeft.message) in words(done)
    assert taken(summit) == {"in_person": 2}
    assert Message.objects.filter(kind="attendance_changed").count() == 2


def test_many_are_cancelled_and_reinstated_each_with_a_mail(office, organiser, summit):
    make_places(summit, 3)
    rows = [make_registration(summit) for _ in range(3)]
    act(office, "cancel", rows)
    assert taken(summit) == {"in_person": 0}
    assert Message.objects.filter(kind="cancelled").count() == 3
    asked, done = act(office, "reinstate", [*rows, make_registration(summit, attendance="online")])
    assert "1 stays as it is" in words(asked)
    assert "3 were changed and told." in words(done)
    assert taken(summit) == {"in_person": 3}
    assert set(Registration.objects.values_list("state", flat=True)) == {"confirmed"}
    assert HistoryEntry.objects.filter(action="registration.reinstate", by=organiser).count() == 3


def test_more_than_can_be_told_at_once_are_refused_and_nothing_changes(office, summit):
    rows = [make_registration(summit) for _ in range(3)]
    action = next(each for each in REGISTRATIONS.actions if each.name == "cancel")

    object.__setattr__(action, "most", 2)
    try:
        _asked, done = act(office, "cancel", rows)
    finally:
        object.__setattr__(action, "most", 500)
    assert "too many at once" in words(done)
    assert Registration.objects.filter(state="confirmed").count() == 3


def test_badges_of_those_who_are_listed_are_drawn(office, summit, people):
    _asked, done = act(office, "badges", [], value="A4", scope="listed")
    job = BadgeJob.objects.get()
    # Whoever takes part online has none.
    assert (job.layout, job.total) == ("A4", 1)
    assert done.redirect_chain[-1][0].endswith(f"/badges/{job.guid}/")


def test_keys_that_are_none_choose_nobody(office, registration):
    response = office.post(ACT, {"action": "cancel", "scope": "chosen", "chosen": ["x", "1", "\x00", "' OR 1=1"]})
    assert response.status_code == 302
    registration.refresh_from_db()
    assert registration.is_active


@pytest.mark.parametrize("sort", ["name", "-name"])
def test_the_order_by_name_is_that_of_an_index(summit, organiser, sort):
    make_registration(summit, name="kim")
    make_registration(summit, name="Lee")
    rows = look(summit, organiser, f"sort={sort}").rows()
    assert [row.name for row in rows] == (["kim", "Lee"] if sort == "name" else ["Lee", "kim"])
    many(summit)
    assert "registration_by_name" in rows.all()[:50].explain()


def test_people_are_counted_by_an_index_alone(summit):
    many(summit)
    counted = ["state", "attendance", "category", "country"]
    plan = summit.registrations.order_by().values_list(*counted).annotate(n=Count("*")).explain()
    if connection.vendor == "sqlite":
        assert "COVERING INDEX registration_counted" in plan
        return
    # PostgreSQL reads an index alone once the table has been tidied up, which no transaction can do.
    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, Registration._meta.db_table)
    assert {"summit_id", "category_id", "state", "attendance", "country"} <= set(
        there["registration_counted"]["columns"]
    )


def many(summit):
    """So many that the database would not rather read all of them, and knows it."""
    first = make_registration(summit)
    Registration.objects.bulk_create(
        Registration(summit=summit, category=first.category, name=f"사람 {n}", country="KR", attendance="online",
                     state="confirmed", email=f"many{n}@people.example", reference=f"{n:04}-MANY")
        for n in range(5000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")


# tags


def test_tags_are_set_in_place_on_many_and_taken_back(office, summit, people):
    here, online = Registration.objects.get(name="홍길동", summit=summit), Registration.objects.get(name="Marie Tamm")
    page = cell(here, "tags")
    sent = {"value": "VIP, 만찬", "token": token(here, "tags")}
    assert office.post(page, sent).status_code == 302
    assert here.tagged == ["VIP", "만찬"]
    assert 'value="VIP, 만찬"' in office.get(page).content.decode()
    assert office.post(page, sent).status_code == 409
    assert office.post(page, {"value": "x" * 41, "token": token(here, "tags")}).status_code == 422
    _asked, done = act(office, "tag", [here, online], value="vip, =cmd|' /C calc'!A0")
    assert "2 were changed." in words(done)
    assert online.tagged == ["=cmd|' /C calc'!A0", "VIP"]
    office.post("/en/ogp2021/organiser/lists/registrations/undo/")
    assert (here.tagged, online.tagged) == (["VIP", "만찬"], [])
    vip = summit.tags.get(key="vip")
    act(office, "untag", [here, online], value=vip.pk)
    assert here.tagged == ["만찬"]


def test_a_tag_of_another_summit_is_none_to_take_away(office, summit, people):
    here = Registration.objects.get(name="홍길동", summit=summit)
    foreign = Tag.objects.create(summit=make_summit("ogp2024"), name="VIP", key="vip")
    asked, done = act(office, "untag", [here], value=foreign.pk)
    assert (asked.status_code, done.status_code) == (200, 422)


def test_the_list_is_narrowed_by_a_tag(summit, organiser, people):
    here = Registration.objects.get(name="홍길동", summit=summit)
    tagging.set_tags(here, ["VIP"], by=organiser)
    vip = summit.tags.get()
    assert [people[row.pk] for row in look(summit, organiser, f"tag={vip.pk}").rows()] == ["here"]
    assert {people[row.pk] for row in look(summit, organiser, "tag=-").rows()} == {"online", "gone"}


def test_a_tag_of_the_list_stands_in_its_colour_and_is_escaped(office, summit, organiser, people):
    here = Registration.objects.get(name="홍길동", summit=summit)
    Tag.objects.create(summit=summit, name="<b>VIP</b>", key="bvipb", tone="red")
    tagging.set_tags(here, ["<b>VIP</b>"], by=organiser)
    assert (
        '<span class="chip track tag-red">&lt;b&gt;VIP&lt;/b&gt;</span>'
        in office.get(f"{LIST}?show=tags").content.decode()
    )
