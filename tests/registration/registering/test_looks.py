"""Who looked at what is sensitive: noted once an hour, read by the person, in few queries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registration.models import Look, Registration
from registration.registering import looks
from tests.factories import make_desk, make_question, make_registration, make_user
from tests.registration.reading import words

LIST = "/en/ogp2021/organiser/registrations/"


@pytest.fixture
def needy(summit):
    return make_registration(summit, access_needs="Step-free seat", language="en")


def seen() -> list[tuple]:
    return list(Look.objects.order_by("pk").values_list("registration", "role", "what"))


def test_the_page_of_somebody_with_needs_is_a_look_and_of_others_is_none(summit, needy, organiser, as_user):
    plain, client = make_registration(summit), as_user(organiser)
    client.get(f"{LIST}{plain.guid}/")
    assert seen() == []
    for _time in range(2):
        client.get(f"{LIST}{needy.guid}/")
    client.get(f"{LIST}{needy.guid}/details/")
    assert seen() == [(needy.pk, "organiser", "needs")]


def test_a_sensitive_answer_counts_as_well(summit, organiser, as_user):
    open_, sensitive = (
        make_question(summit, kind="line"),
        make_question(summit, words={"en": "Faith?"}, kind="line", sensitive=True),
    )
    made = [make_registration(summit, answers={question.pk: "x"}) for question in (open_, sensitive)]
    assert looks.sensitive_of([each.pk for each in made]) == [made[1].pk]


def test_the_list_is_a_look_where_it_shows_needs(summit, needy, organiser, as_user):
    client = as_user(organiser)
    client.get(LIST)
    assert seen() == []
    client.get(f"{LIST}?show=access_needs&show=reference")
    assert seen() == [(needy.pk, "organiser", "needs")]


def test_a_file_taken_along_is_a_look_at_each_of_it(summit, needy, organiser, as_user):
    make_registration(summit)
    as_user(organiser).get("/en/ogp2021/organiser/lists/registrations.csv")
    assert seen() == [(needy.pk, "organiser", "export")]


def test_the_desk_and_a_reviewer_are_noted_as_what_they_are(summit, desk_staff, as_user):
    needy = make_registration(summit, access_needs="Step-free seat")
    make_desk(summit)
    as_user(desk_staff).post("/en/ogp2021/desk/main/", {"shown": needy.reference})
    Registration.objects.filter(pk=needy.pk).update(state="pending", waits_since=timezone.now())
    reviewer = make_user("reviewer@team.example", summit=summit, role="reviewer")
    as_user(reviewer).get(f"/en/ogp2021/organiser/approval/{needy.guid}/")
    assert seen() == [(needy.pk, "desk", "needs"), (needy.pk, "reviewer", "needs")]


def test_looks_of_another_hour_or_member_are_others(summit, needy, organiser):
    now = timezone.now()
    other = make_user("other@team.example", summit=summit, role="organiser")
    for by, at in (
        (organiser, now),
        (organiser, now + timedelta(minutes=59)),
        (other, now),
        (organiser, now + timedelta(hours=2)),
    ):
        looks.note(summit, [needy.pk], Look.What.NEEDS, by=by, now=at)
    assert Look.objects.count() == 3


def test_the_person_reads_when_and_in_which_role_and_not_who(client, needy, organiser, as_user):
    as_user(organiser).get(f"{LIST}{needy.guid}/")
    shown = words(client.get(f"/en/ogp2021/registrations/{needy.token}/everything/"))
    assert "Who looked at sensitive details" in shown and "access and dietary needs" in shown
    assert "organiser@team.example" not in shown


def test_many_people_take_a_few_queries_for_each_thousand(summit, organiser, django_assert_max_num_queries):
    category = make_registration(summit).category
    Registration.objects.bulk_create(
        Registration(summit=summit, category=category, attendance="online", name="A", email=f"a{n}@people.example", country="KR",
                     state="confirmed", access_needs="x") for n in range(2500)
    )  # fmt: skip
    keys = list(Registration.objects.exclude(access_needs="").values_list("pk", flat=True))
    with django_assert_max_num_queries(16):
        assert looks.note_sensitive(summit, keys, Look.What.EXPORT, by=organiser) == 2500
    assert looks.note_sensitive(summit, keys, Look.What.EXPORT, by=organiser) == 0


def test_after_a_year_they_are_forgotten(summit, needy, organiser):
    now = timezone.now()
    for days in (366, 364):
        looks.note(summit, [needy.pk], Look.What.NEEDS, by=organiser, now=now - timedelta(days=days))
    assert looks.forget(older_than=now - looks.KEPT_FOR) == 1
    assert Look.objects.count() == 1
