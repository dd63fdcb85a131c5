from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from registration.delegating import nominating
from registration.door import checkin
from registration.models import Registration
from registration.registering import (
    accompanying,
    addresses,
    decisions,
    duplicates,
    erasing,
    lifecycle,
    merging,
    refusals,
    transferring,
)
from registration.registering.accompanying import Companion, NoMoreCompanions, NotConfirmed, bring
from registration.registering.from_programme import Part, survey
from summit.models import HistoryEntry, Summit
from tests.factories import make_category, make_delegation, make_desk, make_places, make_registration, make_user, person
from tests.registration.reading import everything, field_errors, form_values, taken, words


@pytest.fixture
def main(summit):
    category = make_category(summit, "minister", companions=2)
    return make_registration(summit, category=category, email="minister@people.example", country="EE", language="en")


SPOUSE = Companion(name="Marie Tamm", title="Dr.", dietary_needs="vegan")


def test_whom_somebody_brings_has_a_ticket_of_their_own_and_is_counted(summit, main, work):
    make_places(summit, 5)
    made = bring(main, SPOUSE)
    assert (made.companion_of, made.state, made.category, made.attendance, made.country) == (
        main, "confirmed", main.category, "in_person", "EE",
    )  # fmt: skip
    assert (made.name, made.family_name, made.title, made.dietary_needs) == ("Marie Tamm", "Tamm", "Dr.", "vegan")
    assert (made.email, made.user) == (main.email, None)
    assert made.token != main.token and made.reference != main.reference
    assert taken(summit) == {"in_person": 1}
    assert HistoryEntry.objects.filter(action="registration.accompany").count() == 1
    mail.outbox.clear()
    work()
    told = [letter for letter in mail.outbox if made.token in letter.body]
    assert [letter.to for letter in told] == [["minister@people.example"]]
    assert "Dear Dr. Marie Tamm," in told[0].body
    assert f"You were registered to come along with: {main.name}." in told[0].body


def test_an_address_of_their_own_gets_the_mail_whoever_else_has_it(summit, main, work):
    """Nobody learns whether an address is registered; who has it may register all the same."""
    other = make_registration(summit, email="tamm@people.example")
    made = bring(main, Companion(name="Marie Tamm", email="TAMM@people.example"))
    work()
    other.refresh_from_db()
    made.refresh_from_db()
    assert other.user
    assert (made.email, made.user) == ("TAMM@people.example", other.user)
    third = bring(main, Companion(name="Liis Tamm", email="liis@people.example"))
    assert lifecycle.register(summit, person(summit, email="liis@people.example")).pk != third.pk


def test_no_more_than_the_category_says_and_twice_is_once(summit, main):
    one = bring(main, SPOUSE, nonce="a")
    assert bring(main, SPOUSE, nonce="a") == one
    bring(main, SPOUSE, nonce="b")
    with pytest.raises(NoMoreCompanions):
        bring(main, SPOUSE, nonce="c")
    lifecycle.cancel(one)
    assert accompanying.left(main) == 1
    with pytest.raises(NoMoreCompanions):
        bring(Registration.objects.get(form_nonce="b"), SPOUSE)


def test_in_other_categories_nobody_is_brought_along(summit):
    with pytest.raises(NoMoreCompanions):
        bring(make_registration(summit, category=make_category(summit, "press")), SPOUSE)


def test_who_is_not_confirmed_brings_nobody(summit, organiser, main):
    decisions.review(main, by=organiser)
    with pytest.raises(NotConfirmed):
        bring(main, SPOUSE)
    lifecycle.cancel(main)
    with pytest.raises(refusals.NotActive):
        bring(main, SPOUSE)


def test_without_a_place_nothing_is_written(summit, main):
    make_places(summit, 0)
    before = everything()
    with pytest.raises(refusals.NoPlaceLeft):
        bring(main, SPOUSE)
    assert everything() == before


def test_they_end_with_whoever_brings_them_and_places_become_free(summit, main, organiser):
    make_places(summit, 5)
    one, other = bring(main, SPOUSE), bring(main, SPOUSE)
    lifecycle.cancel(one)
    lifecycle.cancel(main)
    other.refresh_from_db()
    assert other.state == "cancelled"
    assert taken(summit)["in_person"] == 0
    decisions.reinstate(other, by=organiser)
    assert Registration.objects.get(pk=other.pk).is_confirmed


def test_they_end_when_the_organisers_say_no(summit, main, organiser):
    made = bring(main, SPOUSE)
    decisions.review(main, by=organiser)
    decisions.reject(main, reason=decisions.Reason(words="No."), by=organiser)
    made.refresh_from_db()
    assert made.state == "cancelled"


def test_who_is_inside_stays_inside(summit, main, organiser):
    made = bring(main, SPOUSE)
    checkin.check_in(made, desk=make_desk(summit), by=organiser, nonce="in")
    lifecycle.cancel(main)
    made.refresh_from_db()
    assert made.is_confirmed


def test_a_lost_link_is_that_of_whose_address_it_is(summit, main, work):
    bring(main, SPOUSE)
    work()
    mail.outbox.clear()
    lifecycle.send_link.enqueue(summit.pk, main.email)
    work()
    [letter] = mail.outbox
    assert main.token in letter.body


def test_somebody_of_the_programme_who_is_brought_along_gets_a_registration_of_their_own(summit, main):
    make_user("contact@people.example", summit=summit, role="desk")
    bring(main, Companion(name="Marie", email="contact@people.example"))
    assert "contact@people.example" in [one.address for one in survey(summit)[Part.TEAM].new]


def test_who_comes_under_the_address_of_another_goes_with_it(summit, main, work):
    made, other = bring(main, SPOUSE), bring(main, Companion(name="Liis", email="liis@people.example"))
    work()
    mail.outbox.clear()
    addresses.change(main, "new@people.example")
    work()
    before = made.token
    made.refresh_from_db()
    other.refresh_from_db()
    assert (made.email, made.user, other.email) == ("new@people.example", None, "liis@people.example")
    assert made.token != before and [m.to for m in mail.outbox if made.token in m.body] == [["new@people.example"]]


def test_an_address_they_are_given_later_is_their_own(summit, main):
    make_registration(summit, email="liis@people.example")
    made = addresses.change(bring(main, SPOUSE), "liis@people.example")
    assert (made.email, made.user.email) == ("liis@people.example", "liis@people.example")
    main.refresh_from_db()
    assert main.email == "minister@people.example"


def test_erased_they_are_alone_and_with_whoever_brings_them(summit, main):
    make_places(summit, 5)
    first, second = bring(main, SPOUSE), bring(main, SPOUSE)
    soon = timezone.localdate() + timedelta(days=30)
    Summit.objects.filter(pk=summit.pk).update(starts_on=soon, ends_on=soon)
    first, main = (Registration.objects.get(pk=one.pk) for one in (first, main))
    assert erasing.erase(first) == 1
    assert erasing.erase(main) == 2
    assert {one.state for one in (main, first, second) if not one.refresh_from_db()} == {"cancelled"}
    assert (second.name, second.title, second.family_name, second.companion_of) == ("", "", "", None)
    assert taken(summit) == {"in_person": 0}


def test_nobody_is_sent_in_place_of_who_is_brought_along(summit, main):
    main.category.transfer = "yes"
    main.category.save()
    assert transferring.is_possible(main)
    made = bring(main, SPOUSE)
    made.category = main.category
    assert not transferring.is_possible(made)
    transferring.take_over(main, person(summit, email="sub@people.example", category=main.category))
    made.refresh_from_db()
    assert made.state == "cancelled"


# pages


def own(made, page=""):
    return f"/en/ogp2021/registrations/{made.token}/{page}"


def test_from_the_own_page_to_the_ticket(client, summit, main):
    assert "You may bring 2 people along." in words(client.get(own(main)))
    shown = form_values(client.get(own(main, "companions/")))
    sent = {**shown, "name": "홍길순", "proposed_for": "홍길순", "email": "", "dietary_needs": "vegan"}
    answer = client.post(own(main, "companions/"), sent)
    assert (answer.status_code, field_errors(answer)) == (
        422,
        ["Ask them whether they agree to it, or leave out what they need."],
    )
    assert not main.companions.exists()
    sent["sensitive"] = "on"
    client.post(own(main, "companions/"), sent)
    client.post(own(main, "companions/"), sent)
    made = main.companions.get()
    assert made.has_agreed("sensitive")
    page = client.get(own(main))
    assert "홍길순" in words(page) and own(made) in page.content.decode()
    theirs = words(client.get(own(made)))
    assert "Comes with" in theirs and "If their registration ends" in theirs
    assert "홍길순" in words(client.get(own(main, "cancellation/")))
    assert "Those you bring along stay as they are" in words(client.get(own(main, "attendance/")))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "Fill in “Name as written”."),
        ({"email": "tamm@"}, "Enter a valid email address."),
        ({"name": "Marie", "access_needs": "x" * 1001}, "Ensure this value has at most 1000 characters (it has 1001)."),
    ],
)
def test_a_wrong_answer_is_told_and_loses_nothing(client, main, changes, told):
    sent = {"name": "Marie Tamm", "name_romanised": "", "email": "", "access_needs": "", "dietary_needs": "", **changes}
    answer = client.post(own(main, "companions/"), sent)
    assert (answer.status_code, field_errors(answer)) == (422, [told])
    assert not main.companions.exists()


def test_a_full_summit_says_so_and_keeps_what_was_written(client, summit, main):
    make_places(summit, 0)
    answer = client.post(own(main, "companions/"), {"name": "Marie Tamm", "nonce": "x"})
    assert answer.status_code == 409
    assert form_values(answer)["name"] == "Marie Tamm"


def test_whoever_may_not_bring_anybody_is_led_back(client, summit):
    made = make_registration(summit, category=make_category(summit, "press"), language="en")
    assert client.get(own(made, "companions/")).status_code == 302
    assert "Accompanying persons" not in words(client.get(own(made)))


def test_a_signed_in_person_finds_whom_they_bring_along(client, main):
    made = bring(main, SPOUSE)
    client.force_login(main.user)
    assert own(made) in client.get("/en/my/").content.decode()


def test_the_team_sees_who_comes_with_whom(summit, main, organiser, as_user):
    made = bring(main, SPOUSE)
    client = as_user(organiser)
    assert "Comes with" in words(client.get(f"/en/ogp2021/organiser/registrations/{made.guid}/"))
    assert made.name in words(client.get(f"/en/ogp2021/organiser/registrations/{main.guid}/"))


@pytest.mark.parametrize(("typed", "kept"), [("3", 3), ("", 0)])
def test_a_category_says_how_many(summit, organiser, as_user, main, typed, kept):
    client, page = as_user(organiser), "/en/ogp2021/organiser/settings/categories/minister/"
    sent = {**form_values(client.get(page)), "companions": typed}
    assert client.post(page, sent).status_code == 302
    main.category.refresh_from_db()
    assert main.category.companions == kept


def test_a_category_takes_no_wild_number(summit, organiser, as_user, main):
    client, page = as_user(organiser), "/en/ogp2021/organiser/settings/categories/minister/"
    assert client.post(page, {**form_values(client.get(page)), "companions": "21"}).status_code == 422


def test_whom_somebody_brings_is_no_duplicate_of_theirs_for_the_address(summit, main):
    bring(main, SPOUSE)
    bring(main, Companion(name="Karl Tamm"))
    assert duplicates.find(summit) == {}


def test_of_two_that_are_merged_the_one_that_stands_brings_whom_the_other_brought(summit, main, organiser):
    spouse, friend = bring(main, SPOUSE), bring(main, Companion(name="Ann Lee", email="ann@people.example"))
    kept = make_registration(summit, email="m@ministry.example", country="EE")
    merging.merge(kept, main, by=organiser)
    for each, address in ((spouse, "m@ministry.example"), (friend, "ann@people.example")):
        each.refresh_from_db()
        assert (each.state, each.companion_of, each.email) == ("confirmed", kept, address)


def test_whoever_is_merged_with_whom_they_came_with_comes_alone(summit, main, organiser):
    made = bring(main, SPOUSE)
    merging.merge(made, main, by=organiser)
    made.refresh_from_db()
    assert (made.state, made.companion_of, made.email) == ("confirmed", None, main.email)


def test_whoever_is_replaced_in_a_delegation_takes_along_whom_they_brought(summit, main):
    korea = make_delegation(summit, places=0)
    korea.places.create(category=main.category, places=1)
    main.delegation = korea
    main.save()
    made = bring(main, SPOUSE)
    new = nominating.replace(main, person(summit))
    made.refresh_from_db()
    assert (new.state, made.state) == ("confirmed", "cancelled")
