from datetime import timedelta

import pytest
from django.utils import timezone

from registration.delegating import nominating
from registration.models import Note, Quota, ReasonTemplate, Registration, ReviewScope
from summit.models import Membership
from tests.factories import make_category, make_delegation, make_registration, make_summit, make_user, person
from tests.registration.reading import words

APPROVAL = "/en/ogp2021/organiser/approval/"


@pytest.fixture
def press(summit):
    return make_category(summit, "press", name={"ko": "언론", "en": "Press"}, admission="approval")


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def waiting(summit, category, number: int) -> list[Registration]:
    made = [make_registration(summit, category=category, name=f"Person {n}") for n in range(number)]
    for place, one in enumerate(made):
        one.waits_since = timezone.now() - timedelta(days=number - place)
        one.save(update_fields=["waits_since"])
    return made


def one(registration, part: str = "") -> str:
    return f"{APPROVAL}{registration.guid}/{part}"


def test_the_desk_opens_with_whoever_waits_longest_and_goes_on_to_the_next(summit, office, press):
    first, second, third = waiting(summit, press, 3)
    assert office.get(APPROVAL).headers["Location"] == one(first)
    page = words(office.get(one(first)))
    assert "3 people wait for a decision" in page
    assert f'href="{one(second)}" data-key="j"' in " ".join(page.split())
    assert office.post(one(first), {"decision": "approve"}).headers["Location"] == one(second)
    sent = office.post(one(second), {"decision": "reject", "reason_1": "No accreditation."})
    assert sent.headers["Location"] == one(third)
    assert office.post(one(third), {"decision": "approve"}).headers["Location"] == APPROVAL
    assert "Nobody waits for a decision" in words(office.get(APPROVAL))
    assert [Registration.objects.get(pk=each.pk).state for each in (first, second, third)] == [
        "confirmed", "rejected", "confirmed"]  # fmt: skip


def test_who_rejects_without_a_reason_is_asked_for_one(summit, office, press):
    [made] = waiting(summit, press, 1)
    answer = office.post(one(made), {"decision": "reject"})
    assert answer.status_code == 422
    assert "Choose a reason or write one" in words(answer)
    assert Registration.objects.get(pk=made.pk).state == "pending"


def test_a_reason_of_another_summit_is_none(summit, office, press):
    [made] = waiting(summit, press, 1)
    foreign = ReasonTemplate.objects.create(summit=make_summit("other2022"), text={"en": "No."})
    assert office.post(one(made), {"decision": "reject", "reason_0": foreign.pk}).status_code == 422


def test_the_keys_are_those_of_what_can_be_done(summit, office, press):
    [waits] = waiting(summit, press, 1)
    page = one(waits)
    assert "<kbd>W</kbd>" not in office.get(page).content.decode()
    Quota.objects.create(summit=summit, attendance="in_person", capacity=0, has_waitlist=True)
    assert "<kbd>W</kbd>" in office.get(page).content.decode()


def test_what_somebody_else_has_decided_meanwhile_is_said(summit, office, press):
    [made] = waiting(summit, press, 1)
    office.post(one(made), {"decision": "approve"})
    answer = office.post(one(made), {"decision": "reject", "reason_1": "No."})
    assert answer.status_code == 409
    assert "“Confirmed” by now" in words(answer)


def test_notes_and_a_second_opinion(summit, office, press):
    first, second = waiting(summit, press, 2)
    office.post(one(first, "notes/"), {"text": "Seen at the last summit. <b>"})
    assert Note.objects.get().text == "Seen at the last summit. <b>"
    assert "Seen at the last summit. <b>" in words(office.get(one(first)))
    assert office.post(one(first, "second-opinion/")).headers["Location"] == one(second)
    answer = office.post(one(first), {"decision": "approve"})
    assert answer.status_code == 409
    assert "somebody else of the team decides" in words(answer)


def test_the_same_name_and_the_same_address_are_pointed_out(summit, office, press, organiser):
    here = make_registration(summit, name="Person 0", email="zero@elsewhere.example")
    [made] = waiting(summit, press, 1)
    earlier = make_summit("ogp2019")
    foreign = make_registration(earlier, name="P. Zero", email=made.email)
    assert here.name in words(office.get(one(made)))
    assert foreign.name not in words(office.get(one(made)))
    Membership.objects.create(summit=earlier, user=organiser, role="registrations")
    assert foreign.name in words(office.get(one(made)))


def test_a_reviewer_decides_on_their_categories_and_opens_nothing_else(summit, as_user, press):
    others = make_category(summit, "government", admission="approval")
    [mine], [theirs] = waiting(summit, press, 1), waiting(summit, others, 1)
    reviewer = make_user("reviewer@team.example", summit=summit, role="reviewer")
    scope = ReviewScope.objects.create(membership=Membership.objects.get(user=reviewer))
    scope.categories.add(press)
    client = as_user(reviewer)
    assert client.get(one(mine)).status_code == 200
    assert client.get(one(theirs)).status_code == 404
    assert client.post(one(theirs), {"decision": "approve"}).status_code == 404
    assert client.get("/en/ogp2021/organiser/registrations/").status_code == 404
    assert Registration.objects.get(pk=theirs.pk).state == "pending"


def test_the_queue_of_one_category(summit, office, press):
    others = make_category(summit, "government", admission="approval")
    waiting(summit, others, 1)
    first, second = waiting(summit, press, 2)
    way = f"{one(first)}?category=press"
    assert office.get(f"{APPROVAL}?category=press").headers["Location"] == way
    assert office.post(way, {"decision": "approve"}).headers["Location"] == f"{one(second)}?category=press"


def test_the_page_takes_as_many_queries_for_two_as_for_forty(summit, office, press, django_assert_max_num_queries):
    first, *_rest = waiting(summit, press, 2)
    office.get(one(first))
    with django_assert_max_num_queries(60) as few:
        office.get(one(first))
    waiting(summit, press, 40)
    with django_assert_max_num_queries(len(few)):
        office.get(one(first))


def test_many_are_decided_at_once_after_a_look(summit, office, press):
    made = waiting(summit, press, 3)
    confirmed = make_registration(summit, category=make_category(summit))
    chosen = [str(each.guid) for each in (*made, confirmed)]
    act = "/en/ogp2021/organiser/lists/registrations/act/"
    answer = office.post(act, {"action": "reject", "scope": "chosen", "chosen": chosen})
    asked = words(answer)
    assert "Reject 3 registrations" in asked and "1 stays as it is" in asked
    sent = {"action": "reject", "scope": "chosen", "chosen": chosen, "confirmed": "1", "value_1": "Full."}
    sent["number"] = answer.context["number"]
    assert office.post(act, sent).status_code == 302
    assert [Registration.objects.get(pk=each.pk).state for each in (*made, confirmed)] == ["rejected"] * 3 + [
        "confirmed"
    ]


def test_who_comes_instead_of_whom_is_told_before_the_decision(summit, office):
    delegation = make_delegation(summit, places=1)
    old = nominating.nominate(delegation, person(summit, name="김하나"))
    delegation.names_until = timezone.now()
    delegation.save()
    new = nominating.replace(Registration.objects.get(pk=old.pk), person(summit, name="이두리"))
    page = f"/en/ogp2021/organiser/approval/{new.guid}/"
    shown = words(office.get(page))
    assert "Republic of Korea" in shown and "instead of 김하나" in shown
    assert office.post(page, {"decision": "approve"}).status_code == 302
    assert [Registration.objects.get(pk=one.pk).state for one in (old, new)] == ["cancelled", "confirmed"]
