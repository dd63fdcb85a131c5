"""How a summit is registered for, its categories and its desks, in the settings."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from registration.door import checkin
from registration.models import Category, Desk, Quota, Registration
from registration.registering import lifecycle
from registration.registering.refusals import NoPlaceLeft, NotOffered
from summit.models import HistoryEntry, Summit
from tests.factories import at, make_category, make_desk, make_places, make_registration, make_user, person

INDEX = "/en/ogp2021/organiser/settings/"
PAGE, CATEGORIES, DESKS = f"{INDEX}registration/", f"{INDEX}categories/", f"{INDEX}desks/"


ADMITTED = {
    "admission": "open",
    "attendance": "",
    "may_book": "on",
    "transfer": "no",
    "decided_within": "7",
    "priority": "0",
}


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def hidden(page, name="form_versions"):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def typed(client, **values):
    return {"form_versions": hidden(client.get(PAGE).content.decode()), "mode": "hybrid", "refuse_overlaps": "on",
            "registration_opens_at": "2021-10-01T09:00", "joins_open_before": "15", **values}  # fmt: skip


def test_the_window_is_wall_time_in_the_summits_zone_and_the_history_tells_all_of_it(summit, office):
    sent = typed(
        office, registration_closes_at="2099-12-10T18:00", changes_until="2021-12-12T18:00", places_online="500"
    )
    assert office.post(PAGE, sent).status_code == 302
    held = Summit.objects.get()
    assert held.registration_closes_at == datetime(2099, 12, 10, 9, tzinfo=UTC)
    assert held.changes_until == at(12, 18)
    assert Quota.objects.get().capacity == 500
    entry = HistoryEntry.objects.get(action="summit.settings")
    assert set(entry.changes) == {"registration_closes_at", "changes_until", "places_online"}
    page = office.get(PAGE).content.decode()
    assert "Places online" in page and "Settings changed" in page and 'value="2099-12-10T18:00"' in page


def test_a_preview_says_what_visitors_see_now_and_when_that_changes(summit, office):
    later = timezone.now() + timedelta(days=30)
    sent = typed(
        office, registration_opens_at=f"{later:%Y-%m-%dT%H:%M}", registration_closes_at="2097-01-01T00:00", mode="online",
        places_online="10", action="preview",
    )  # fmt: skip
    page = office.post(PAGE, sent).content.decode()
    for words in (
        "Visitors read now: Registration opens:",
        "In person: not offered. Registered this way: 0",
        "Online: 10 places",
        "nobody can register",
    ):
        assert words in page
    assert Summit.objects.get().mode == "hybrid"
    unscheduled = {**sent, "registration_opens_at": "", "registration_closes_at": ""}
    assert "cannot register, and read nothing" in office.post(PAGE, unscheduled).content.decode()
    assert (
        "Visitors read now: Registration has closed."
        in office.post(
            PAGE, {**sent, "registration_opens_at": "2021-10-01T09:00", "registration_closes_at": "2021-12-01T09:00"}
        ).content.decode()
    )


def test_fewer_places_than_people_take_none_away_and_say_what_it_means(summit, office):
    make_registration(summit)
    sent = typed(office, places_in_person="0", mode="hybrid")
    assert (
        "1 more holds a place than there are then. Nobody loses theirs"
        in office.post(PAGE, {**sent, "action": "preview"}).content.decode()
    )
    office.post(PAGE, sent)
    kept = Quota.objects.get()
    assert (kept.capacity, kept.taken, kept.excess, Registration.objects.get().state) == (0, 1, 1, "confirmed")
    with pytest.raises(NoPlaceLeft):
        make_registration(summit)
    office.post(PAGE, typed(office, places_in_person="1"))
    assert (Quota.objects.get().capacity, Quota.objects.get().taken) == (1, 1)
    # No limit again.
    office.post(PAGE, typed(office))
    assert Quota.objects.get().capacity is None


def test_an_attendance_people_have_registered_for_is_not_taken_away(summit, office):
    kept = make_registration(summit)
    response = office.post(PAGE, typed(office, mode="online"))
    assert response.status_code == 409
    assert "1 people are registered this way (In person)" in response.content.decode()
    assert Summit.objects.get().mode == "hybrid"
    lifecycle.change_attendance(kept, "online")
    assert office.post(PAGE, typed(office, mode="online")).status_code == 302
    assert Summit.objects.get().mode == "online"


def test_what_is_not_offered_cannot_be_registered_for_nor_changed_to(summit, client):
    online = make_registration(summit, attendance="online")
    Summit.objects.update(mode="online")
    summit.refresh_from_db()
    with pytest.raises(NotOffered):
        lifecycle.register(summit, person(summit))
    with pytest.raises(NotOffered):
        lifecycle.change_attendance(Registration.objects.get(pk=online.pk), "in_person")
    page = client.get("/en/ogp2021/register/").content.decode()
    assert 'value="online"' in page and 'name="attendance" value="in_person"' not in page


def test_two_owners_do_not_overwrite_each_others_places(summit, office):
    make_places(summit, 100)
    early = typed(office, places_in_person="100", registration_closes_at="2021-12-10T18:00")
    office.post(PAGE, typed(office, places_in_person="200"))
    response = office.post(PAGE, early)
    assert response.status_code == 409 and "200" in response.content.decode()
    assert Quota.objects.get().capacity == 200
    assert office.post(PAGE, {**early, "form_versions": hidden(response.content.decode())}).status_code == 302
    assert Quota.objects.get().capacity == 100


@pytest.mark.parametrize(
    "wrong", [{"mode": "both"}, {"places_online": "-1"}, {"places_online": "many"}, {"registration_opens_at": "soon"},
              {"registration_closes_at": "2021-09-01T09:00"}, {"registration_opens_at": "", "registration_closes_at": "2021-09-01T09:00"},
              {"changes_until": "1850-01-01T00:00"}], ids=str,
)  # fmt: skip
def test_an_arrangement_that_makes_no_sense_is_refused(office, wrong):
    assert office.post(PAGE, typed(office, **wrong)).status_code == 422
    assert HistoryEntry.objects.count() == 0


def test_a_category_is_added_edited_and_ordered(summit, office):
    make_category(summit)
    sent = {**ADMITTED, "name_ko": "언론", "name_en": "Press", "colour": "#aa3300"}
    assert office.post(f"{CATEGORIES}new/", sent).status_code == 302
    made = Category.objects.get(code="press")
    assert (made.colour, made.admission, made.order) == ("#aa3300", "open", 1)
    page = office.get(f"{CATEGORIES}press/").content.decode()
    assert "Category added" in page and "White words on it: 6." in page
    office.post(
        f"{CATEGORIES}press/", {**sent, "form_versions": hidden(page), "admission": "team", "name_en": "The press"}
    )
    made.refresh_from_db()
    assert (made.name["en"], made.admission, made.code) == ("The press", "team", "press")
    office.post(f"{CATEGORIES}press/order/", {"way": "up"})
    assert list(summit.categories.values_list("code", flat=True)) == ["press", "delegate"]
    page = office.get(CATEGORIES).content.decode()
    assert page.index("The press") < page.index("Government delegate") and "Only whom the team puts into it" in page
    # At the end of the order nothing happens.
    office.post(f"{CATEGORIES}press/order/", {"way": "up"})
    assert list(summit.categories.values_list("code", flat=True)) == ["press", "delegate"]


def test_a_colour_too_pale_to_carry_white_words_is_named_before_saving(office):
    sent = {**ADMITTED, "name_en": "Press", "colour": "#ffee88", "action": "preview"}
    page = office.post(f"{CATEGORIES}new/", sent).content.decode()
    assert "too little to read" in page and "Preview, nothing is saved yet" in page
    assert Category.objects.count() == 0


def test_a_category_people_have_registered_in_is_closed_instead_of_deleted(summit, office):
    used = make_registration(summit).category
    response = office.post(f"{CATEGORIES}{used.code}/deletion/", follow=True)
    assert "Close it instead" in response.content.decode()
    make_category(summit, "press")
    office.post(f"{CATEGORIES}press/deletion/")
    assert list(Category.objects.values_list("code", flat=True)) == [used.code]
    assert HistoryEntry.objects.filter(action="category.delete").count() == 1


def test_two_owners_do_not_overwrite_each_others_category(summit, office):
    make_category(summit)
    early = hidden(office.get(f"{CATEGORIES}delegate/").content.decode())
    sent = {**ADMITTED, "name_en": "Delegate", "colour": "#123456", "form_versions": early}
    assert office.post(f"{CATEGORIES}delegate/", sent).status_code == 302
    response = office.post(f"{CATEGORIES}delegate/", {**sent, "name_en": "Mine \u202e"})
    assert response.status_code == 409 and "Mine" in response.content.decode()
    assert Category.objects.get().name["en"] == "Delegate"


@pytest.mark.parametrize("wrong", [{"name_en": ""}, {"name_en": "x" * 81}, {"colour": "red"}, {"colour": ""}, {"admission": "maybe"},
                                   {"decided_within": "-1"}, {"transfer": "maybe"}, {"attendance": "by boat"}, {"reviewed_again": "email"},
                                   {"opens_at": "2021-11-02T10:00", "closes_at": "2021-11-02T10:00"}], ids=str)  # fmt: skip
def test_a_category_that_makes_no_sense_is_refused(office, wrong):
    assert (
        office.post(f"{CATEGORIES}new/", {**ADMITTED, "name_en": "Press", "colour": "#aa3300", **wrong}).status_code
        == 422
    )
    assert Category.objects.count() == 0


def test_a_name_of_signs_alone_still_makes_an_address(office):
    office.post(f"{CATEGORIES}new/", {**ADMITTED, "name_ko": "🎈", "colour": "#aa3300"})
    office.post(f"{CATEGORIES}new/", {**ADMITTED, "name_en": "New", "colour": "#aa3300"})
    codes = list(Category.objects.values_list("code", flat=True))
    assert len(codes) == 2 and all(code.startswith("category-") for code in codes)
    assert office.get(f"{CATEGORIES}{codes[0]}/").status_code == 200


def test_a_desk_is_added_closed_and_deleted_while_nobody_arrived_there(summit, office, organiser):
    assert (
        office.post(f"{DESKS}new/", {"name_ko": "정문", "name_en": "Main entrance", "is_open": "on"}).status_code == 302
    )
    desk = Desk.objects.get(code="main-entrance")
    checkin.check_in(make_registration(summit), desk=desk, by=organiser, nonce="one")
    assert "Close it instead" in office.post(f"{DESKS}main-entrance/deletion/", follow=True).content.decode()
    versions = hidden(office.get(f"{DESKS}main-entrance/").content.decode())
    office.post(f"{DESKS}main-entrance/", {"name_en": "Main entrance", "form_versions": versions})
    assert not Desk.objects.get().is_open
    make_desk(summit, "side")
    office.post(f"{DESKS}side/deletion/")
    assert list(Desk.objects.values_list("code", flat=True)) == ["main-entrance"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_tables_take_as_many_queries_for_three_rows_as_for_one(summit, office, number, django_assert_num_queries):
    for n in range(number):
        make_category(summit, f"category-{n}")
        make_desk(summit, f"desk-{n}")
    office.get(CATEGORIES)
    for page in (CATEGORIES, DESKS):
        with django_assert_num_queries(8):
            office.get(page)


@pytest.mark.parametrize("role", ["viewer", "registrations", "desk_lead"])
def test_the_pages_are_for_those_who_arrange_the_summit(summit, as_user, role):
    make_category(summit)
    client = as_user(make_user(summit=summit, role=role))
    for page in (PAGE, CATEGORIES, DESKS, f"{CATEGORIES}new/", f"{CATEGORIES}delegate/"):
        assert client.get(page).status_code == 404 and client.post(page, {}).status_code == 404


def test_what_a_category_is_admitted_by_is_kept_and_told(summit, office):
    sent = {**ADMITTED, "name_en": "Press", "colour": "#aa3300", "admission": "approval", "attendance": "in_person", "may_book": "",
            "decided_within": "3", "reviewed_again": ["name", "organisation"], "opens_at": "2021-11-02T10:00"}  # fmt: skip
    page = office.post(f"{CATEGORIES}new/", {**sent, "action": "preview"}).content.decode()
    assert "they wait until the organisers decide" in page
    assert "From Tue" in page
    assert office.post(f"{CATEGORIES}new/", sent).status_code == 302
    made = Category.objects.get()
    assert (made.admission, made.attendance, made.may_book, made.decided_within, made.reviewed_again) == (
        "approval", "in_person", False, 3, ["name", "organisation"])  # fmt: skip
    assert made.opens_at.astimezone(summit.tz).isoformat() == "2021-11-02T10:00:00+09:00"


def test_reasons_are_kept_in_each_language(summit, office):
    reasons = CATEGORIES.replace("categories", "reasons")
    sent = {"text_ko": "기자증을 확인하지 못했습니다.", "text_en": "No press card was shown."}
    assert office.post(f"{reasons}new/", sent).status_code == 302
    made = summit.reason_templates.get()
    assert made.text.in_language("ko") == "기자증을 확인하지 못했습니다."
    assert "No press card was shown." in office.get(reasons).content.decode()
    office.post(f"{reasons}{made.pk}/deletion/")
    assert not summit.reason_templates.exists()


def test_a_quota_is_added_narrowed_and_taken_away(summit, office):
    page = CATEGORIES.replace("categories", "quotas")
    press = make_category(summit, "press")
    made = make_registration(summit, category=press, country="KR")
    sent = {"name_en": "Press from Korea", "capacity": "0", "attendance": "in_person", "countries": ["KR"], "categories": [press.pk],
            "has_waitlist": "on", "offer_hours": "24"}  # fmt: skip
    assert office.post(f"{page}new/", {**sent, "name_en": ""}).status_code == 422
    assert office.post(f"{page}new/", sent).status_code == 302
    quota = Quota.objects.get(is_basic=False)
    assert (quota.capacity, quota.taken, quota.excess, list(quota.categories.all())) == (0, 1, 1, [press])
    shown = office.get(page).content.decode()
    assert "1 of 0 places taken" in shown and "South Korea" in shown
    holding = office.get(f"/en/ogp2021/organiser/registrations/?quota={quota.pk}").content.decode()
    assert made.name in holding
    form = hidden(office.get(f"{page}{quota.pk}/").content.decode())
    assert office.post(f"{page}{quota.pk}/", {**sent, "capacity": "5", "form_versions": form}).status_code == 302
    quota.refresh_from_db()
    assert (quota.capacity, quota.excess) == (5, 0)
    office.post(f"{page}{quota.pk}/deletion/")
    assert not Quota.objects.exists()


def test_a_quota_says_before_it_is_made_and_changed_whom_it_counts(summit, office):
    page = CATEGORIES.replace("categories", "quotas")
    press, other = make_category(summit, "press"), make_category(summit, "other")
    for number in range(3):
        make_registration(summit, email=f"{number}@example.org", category=press)
    sent = {"name_en": "Press", "capacity": "1", "categories": [press.pk], "offer_hours": "24", "action": "preview"}
    shown = office.post(f"{page}new/", sent).content.decode()
    assert "3 hold a place now." in shown and "2 more than there are then." in shown
    assert not Quota.objects.exists()
    assert "0 hold a place now." in office.post(f"{page}new/", {**sent, "categories": [other.pk]}).content.decode()
    office.post(f"{page}new/", {**sent, "action": ""})
    edited = f"{page}{Quota.objects.get().pk}/"
    form = hidden(office.get(edited).content.decode())
    changed = {**sent, "categories": [other.pk], "form_versions": form}
    assert "0 hold a place now." in office.post(edited, changed).content.decode()


def test_countries_fold_by_region_and_what_is_chosen_stands_open(summit, office):
    page = CATEGORIES.replace("categories", "quotas") + "new/"
    shown = office.get(page).content.decode()
    assert shown.count('value="KR"') == 1 and shown.count("South Korea") == 1 and "<details open>" not in shown
    sent = {"name_en": "Asia", "countries": ["KR", "JP"], "offer_hours": "24", "action": "preview"}
    shown = " ".join(office.post(page, sent).content.decode().split())
    assert shown.count("<details open>") == 1 and "Eastern Asia · 2 chosen" in shown


def test_what_follows_of_nothing_is_said_as_that(summit, office):
    page = CATEGORIES.replace("categories", "zones") + "new/"
    assert "Here stands what follows" in office.get(page).content.decode()
    assert "still needs your attention" in office.post(page, {"action": "preview"}).content.decode()
    sent = {"code": "A", "name_en": "Hall", "action": "preview"}
    assert "Nothing beside what you typed." in office.post(page, sent).content.decode()


def test_how_many_may_come_at_all_is_not_deleted_and_stays_what_it_is(summit, office):
    page, basic = CATEGORIES.replace("categories", "quotas"), make_places(summit, 9)
    assert "leave its number empty instead" in office.post(f"{page}{basic.pk}/deletion/", follow=True).content.decode()
    form = office.get(f"{page}{basic.pk}/").content.decode()
    assert 'name="countries"' not in form and 'name="capacity"' in form
    sent = {
        "capacity": "9",
        "offer_hours": "48",
        "has_waitlist": "on",
        "countries": ["KR"],
        "form_versions": hidden(form),
    }
    assert office.post(f"{page}{basic.pk}/", sent).status_code == 302
    basic.refresh_from_db()
    assert (basic.has_waitlist, basic.countries, basic.attendance) == (True, [], "in_person")


def test_a_tag_is_added_renamed_and_taken_away(summit, office):
    page = CATEGORIES.replace("categories", "tags")
    assert office.post(f"{page}new/", {"name": "VIP", "tone": "red"}).status_code == 302
    tag = summit.tags.get()
    refused = office.post(f"{page}new/", {"name": "vip", "tone": "blue"})
    assert (refused.status_code, summit.tags.count()) == (422, 1)
    assert "There is a tag of this name already." in refused.content.decode()
    form = hidden(office.get(f"{page}{tag.pk}/").content.decode())
    assert office.post(f"{page}{tag.pk}/", {"name": "Guests", "tone": "blue", "form_versions": form}).status_code == 302
    tag.refresh_from_db()
    assert (tag.name, tag.key, tag.tone) == ("Guests", "guests", "blue")
    assert "Guests" in office.get(page).content.decode()
    office.post(f"{page}{tag.pk}/deletion/")
    assert not summit.tags.exists()
