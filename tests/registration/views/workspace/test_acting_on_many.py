"""What is done to many registrations at once is taken back, as far as nobody has changed it since."""

import pytest

from registration.delegating import nominating
from registration.door import checkin
from registration.models import Quota
from registration.registering import lifecycle, tagging
from tests.factories import make_category, make_delegation, make_desk, make_places, make_registration, make_user, person
from tests.registration.reading import read

LIST = "/en/ogp2021/organiser/registrations/"
ACT, UNDO = (f"/en/ogp2021/organiser/lists/registrations/{verb}/" for verb in ("act", "undo"))


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def act(office, action: str, people, **value):
    sent = {
        "action": action,
        "chosen": [str(one.guid) for one in people],
        "scope": "chosen",
        "confirmed": "1",
        "number": str(len(people)),
    }
    return office.post(ACT, {**sent, **value}, follow=True)


def ways(people) -> list[str]:
    for one in people:
        one.refresh_from_db()
    return [one.attendance for one in people]


def test_attendance_of_many_is_taken_back_where_it_still_stands(summit, office):
    people = [make_registration(summit) for _ in range(3)]
    assert "3 were changed and told." in read(act(office, "attendance", people, value="online"))
    assert ways(people) == ["online"] * 3
    lifecycle.change_attendance(people[0], "in_person")
    lifecycle.cancel(people[1])
    said = read(office.post(UNDO, follow=True))
    assert "1 is as it was before. 2 stay: changed since" in said
    assert ways(people) == ["in_person", "online", "in_person"]


def test_what_a_rule_refuses_by_now_stays_and_is_counted(summit, office):
    make_places(summit, 2)
    make_places(summit, None, "online")
    people = [make_registration(summit), make_registration(summit)]
    act(office, "attendance", people, value="online")
    make_registration(summit)
    assert "1 is as it was before. 1 stays: changed since" in read(office.post(UNDO, follow=True))
    assert sorted(ways(people)) == ["in_person", "online"]
    assert Quota.objects.get(attendance="in_person").taken == 2


def test_a_category_whose_places_went_to_others_is_not_given_back(summit, office):
    delegate, press = make_category(summit), make_category(summit, "press")
    quota = Quota.objects.create(summit=summit, name={"en": "Delegates"}, is_basic=False, capacity=1)
    quota.categories.add(delegate)
    [one] = [make_registration(summit, category=delegate)]
    act(office, "category", [one], value=str(press.pk))
    make_registration(summit, category=delegate)
    assert "0 are as they were before. 1 stays: changed since" in read(office.post(UNDO, follow=True))
    one.refresh_from_db()
    assert one.category == press


def states_of(people) -> list[str]:
    for one in people:
        one.refresh_from_db()
    return [one.state for one in people]


def test_an_approval_of_many_is_taken_back_to_waiting(summit, office):
    category = make_category(summit, "press", admission="approval")
    people = [make_registration(summit, category=category) for _ in range(3)]
    act(office, "approve", people)
    assert states_of(people) == ["confirmed"] * 3
    checkin.check_in(
        people[0], desk=make_desk(summit), by=make_user("d@team.example", summit=summit, role="desk"), nonce="1"
    )
    lifecycle.cancel(people[1])
    assert "1 is as it was before. 2 stay: changed since" in read(office.post(UNDO, follow=True))
    assert states_of(people) == ["confirmed", "cancelled", "pending"]


def test_a_cancellation_of_many_is_taken_back_for_whoever_was_confirmed(summit, office):
    make_places(summit, 2)
    delegate = make_category(summit)
    waits = make_registration(summit, category=make_category(summit, "press", admission="approval"))
    people = [make_registration(summit, category=delegate), make_registration(summit, category=delegate), waits]
    act(office, "cancel", people)
    make_registration(summit, category=delegate)
    assert "1 is as it was before. 2 stay: changed since" in read(office.post(UNDO, follow=True))
    assert sorted(states_of(people)) == ["cancelled", "cancelled", "confirmed"] and waits.state == "cancelled"


@pytest.mark.parametrize("action", ["approve", "reject", "wait", "cancel", "reinstate", "attendance"])
def test_what_is_mailed_and_what_can_be_taken_back_is_said_beforehand(summit, office, action):
    made = make_registration(summit, category=make_category(summit, "press", admission="approval"))
    if action == "reinstate":
        lifecycle.cancel(made)
    asked = read(office.post(ACT, {"action": action, "chosen": [str(made.guid)], "scope": "chosen"}))
    assert "Each of them is told by mail." in asked and "This cannot be undone." not in asked
    assert ("“Reinstate ended ones”" in asked) == (action in {"reject", "cancel"})


def test_numbers_by_delegation_are_the_teams_alone(summit, office, client):
    korea = make_delegation(summit, places=9)
    for _ in range(6):
        nominating.nominate(korea, person(summit))
    page = read(office.get("/en/ogp2021/organiser/numbers/"))
    assert str(korea) in page
    type(summit).objects.update(numbers_are_public=True)
    assert str(korea) not in read(client.get("/en/ogp2021/numbers/"))


def test_the_api_of_the_workspace_tells_tags_and_delegation(summit, office, organiser, django_assert_max_num_queries):
    korea = make_delegation(summit, places=9)
    for _ in range(3):
        tagging.set_tags(nominating.nominate(korea, person(summit)), ["VIP", "Press"], by=organiser)
    with django_assert_max_num_queries(14):
        rows = office.get("/api/v1/workspace/summits/ogp2021/registrations/").json()["results"]
    assert [(row["delegation"], sorted(row["tags"]), row["state"], row["language"]) for row in rows] == [
        (korea.code, ["Press", "VIP"], "confirmed", rows[0]["language"])
    ] * 3
