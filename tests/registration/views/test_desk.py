import re

import pytest
from django.test import Client

from registration.accrediting import photos, vetting
from registration.badges import printing
from registration.door import checkin, tickets
from registration.models import CheckIn, Desk, Registration
from registration.registering import lifecycle, refusals, reissuing
from registration.views.desk import Incomplete
from summit.models import HistoryEntry
from tests.factories import (
    make_category,
    make_desk,
    make_picture,
    make_places,
    make_registration,
    make_summit,
    make_user,
    make_zone,
)
from tests.registration.reading import everything, said, taken, words
from tests.second_factors import enrol, show

DESK = "/en/ogp2021/desk/main/"
NONCE = re.compile(r'name="nonce" value="(\w+)"')


@pytest.fixture
def desk(summit):
    return make_desk(summit)


@pytest.fixture
def at_desk(as_user, desk, desk_staff):
    return as_user(desk_staff)


def look_up(client, shown: str, language: str = "en"):
    return client.post(f"/{language}/ogp2021/desk/main/", {"shown": shown})


def let_in(client, registration, nonce: str = "scan-0001"):
    return client.post(DESK + "check-ins/", {"guid": str(registration.guid), "nonce": nonce})


def found(response) -> Registration | None:
    return response.context.get("registration")


@pytest.mark.parametrize("path", ["/en/ogp2021/desk/", DESK])
@pytest.mark.parametrize(
    ("role", "status"), [(None, 302), ("", 404), ("desk", 200), ("organiser", 200), ("owner", 200)]
)
def test_the_desk_is_for_its_staff_and_organisers(as_user, summit, desk, path, role, status):
    client = Client() if role is None else as_user(make_user(summit=summit, role=role))
    response = client.get(path)
    assert response.status_code == status
    if status == 302:
        assert response["Location"] == f"/en/account/login/?next={path}"


def test_staff_of_another_summit_find_nothing(as_user, desk):
    other = make_summit("ogp2023")
    stranger = as_user(make_user(summit=other, role="desk"))
    assert [stranger.get(path).status_code for path in ("/en/ogp2021/desk/", DESK)] == [404, 404]
    assert stranger.get("/en/ogp2023/desk/main/").status_code == 404


def test_two_factors_are_needed_where_the_installation_says_so(at_desk, desk_staff, registration, settings):
    settings.STAFF_TWO_FACTORS = True
    before = everything()
    assert at_desk.get(DESK)["Location"] == "/en/account/2fa/"
    assert (let_in(at_desk, registration).status_code, everything()) == (302, before)
    show(at_desk, enrol(desk_staff))
    assert at_desk.get(DESK).status_code == 200
    assert let_in(at_desk, registration).status_code == 200
    assert CheckIn.objects.count() == 1


def test_a_second_factor_is_not_asked_of_strangers(as_user, desk, settings):
    """Somebody without a role learns nothing: not even that there is something to be opened."""
    settings.STAFF_TWO_FACTORS = True
    assert as_user(make_user()).get(DESK).status_code == 404


@pytest.mark.parametrize(("language", "name"), [("ko", "정문 안내 데스크"), ("en", "Main entrance")])
def test_open_desks_are_offered_in_both_languages(at_desk, summit, language, name):
    make_desk(summit, "closed", is_open=False, name={"en": "Closed", "ko": "닫힘"})
    page = at_desk.get(f"/{language}/ogp2021/desk/")
    assert [d.code for d in page.context["desks"]] == ["main"]
    assert name in words(page)


def test_no_desk_open_is_told(as_user, desk_staff):
    assert "No desk is open." in words(as_user(desk_staff).get("/en/ogp2021/desk/"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_empty_desk_asks_for_a_scan(at_desk, language):
    page = at_desk.get(f"/{language}/ogp2021/desk/main/")
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.content.decode()
    assert found(page) is None
    assert "no-store" in page["Cache-Control"]
    assert "'wasm-unsafe-eval'" in page["Content-Security-Policy"]
    assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_only_the_desk_may_run_the_decoder(at_desk):
    assert "wasm" not in at_desk.get("/en/ogp2021/desk/")["Content-Security-Policy"]


def test_a_ticket_a_reference_and_a_name_find_the_person(at_desk, registration):
    Registration.objects.update(reference="K7QM-3FXD")
    registration.refresh_from_db()
    for shown in (tickets.token_for(registration), "K7QM-3FXD", "k7qm 3fxd"):
        page = look_up(at_desk, shown)
        assert (page.status_code, found(page)) == (200, registration)
        assert "홍길동" in words(page)
    by_name = look_up(at_desk, "길동")
    assert (by_name.status_code, found(by_name), by_name.context["found"]) == (200, None, [registration])
    assert 'name="shown" value="K7QM-3FXD"' in words(by_name)


def test_looking_up_changes_nothing(at_desk, registration):
    before = everything()
    look_up(at_desk, registration.reference)
    assert everything() == before


def test_what_somebody_needs_to_come_in_is_shown_and_what_they_eat_is_not(at_desk, summit):
    made = make_registration(summit, access_needs="휠체어", dietary_needs="채식")
    page = words(look_up(at_desk, made.reference))
    assert "휠체어" in page
    assert "채식" not in page
    assert made.email not in page
    assert made.token not in page


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("shown", "refusal"),
    [
        ("Nobody Known", tickets.UnknownTicket),
        ("ZZZZ-9999", tickets.UnknownTicket),
        ("S1:ABCDEFG", tickets.BadTicket),
        ("s1:", tickets.BadTicket),
        ("%_%", tickets.UnknownTicket),
    ],
)
def test_who_is_not_known_is_told_so(at_desk, registration, shown, refusal, language):
    page = look_up(at_desk, shown, language)
    assert (page.status_code, found(page)) == (refusal.status, None)
    assert said(refusal.message, language) in words(page)


@pytest.mark.parametrize("shown", ["", "  ", "x" * 301])
def test_nothing_to_look_up_is_told_so(at_desk, shown):
    page = look_up(at_desk, shown)
    assert page.status_code == 422
    assert page.context["form"].errors["shown"][0] in words(page)


def test_the_ticket_of_another_summit_is_not_known_here(at_desk):
    other = make_registration(make_summit("ogp2023"))
    for shown in (tickets.token_for(other), other.reference, other.name, other.email):
        page = look_up(at_desk, shown)
        assert (page.status_code, found(page), page.context.get("found")) == (404, None, None)


def test_at_most_eight_of_a_name_are_shown(at_desk, summit):
    for _ in range(9):
        make_registration(summit)
    assert len(look_up(at_desk, "홍길동").context["found"]) == 8


def test_a_person_is_checked_in(at_desk, registration, desk_staff, desk):
    shown = look_up(at_desk, registration.reference)
    (nonce,) = NONCE.findall(words(shown))
    page = let_in(at_desk, registration, nonce)
    assert page.status_code == 200
    assert "✓ Checked in" in words(page)
    arrival = CheckIn.objects.get()
    assert (arrival.registration, arrival.desk, arrival.by, arrival.nonce) == (registration, desk, desk_staff, nonce)
    assert f'action="{DESK}check-ins/{arrival.pk}/cancellation/"' in words(page)
    assert HistoryEntry.objects.latest("pk").by == desk_staff


def test_every_page_has_a_nonce_of_its_own(at_desk, registration):
    nonces = [NONCE.findall(words(look_up(at_desk, registration.reference)))[0] for _ in range(2)]
    assert len(set(nonces)) == 2


def test_the_same_check_in_sent_twice_is_one(at_desk, registration):
    answers = [let_in(at_desk, registration) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert CheckIn.objects.count() == 1


def test_a_second_scan_shows_that_the_person_is_inside(at_desk, registration):
    let_in(at_desk, registration)
    seen = look_up(at_desk, registration.reference)
    assert "Already inside" in words(seen)
    assert 'check-ins/"' not in words(seen)
    again = let_in(at_desk, registration, "scan-0002")
    assert again.status_code == 409
    assert str(checkin.AlreadyCheckedIn.message) in words(again)
    assert "Main entrance" in words(again)
    assert CheckIn.objects.count() == 1


def test_a_check_in_is_undone_once(at_desk, registration, desk_staff):
    let_in(at_desk, registration)
    address = f"{DESK}check-ins/{CheckIn.objects.get().pk}/cancellation/"
    first, second = at_desk.post(address), at_desk.post(address)
    assert (first.status_code, second.status_code) == (200, 409)
    assert "Check-in undone" in words(first)
    assert str(checkin.AlreadyUndone.message) in words(second)
    arrival = CheckIn.objects.get()
    assert (arrival.undone_by, CheckIn.objects.standing().count()) == (desk_staff, 0)
    assert let_in(at_desk, registration, "scan-0002").status_code == 200


def test_who_registered_online_is_changed_and_let_in(at_desk, summit, desk_staff):
    make_places(summit, 1)
    online = make_registration(summit, attendance="online")
    summit.changes_until = summit.registration_opens_at
    summit.save()
    shown = look_up(at_desk, online.reference)
    assert f'action="{DESK}attendance/"' in words(shown)
    assert f'action="{DESK}check-ins/"' not in words(shown)
    refused = let_in(at_desk, online)
    assert refused.status_code == 409
    assert str(checkin.AttendsOnline.message) in words(refused)
    changed = at_desk.post(DESK + "attendance/", {"guid": str(online.guid), "attendance": "in_person"})
    assert (changed.status_code, found(changed).attendance) == (200, "in_person")
    assert taken(summit) == {"in_person": 1}
    assert HistoryEntry.objects.latest("pk").by == desk_staff
    assert let_in(at_desk, online).status_code == 200


def test_who_registered_online_stays_out_where_no_place_is_left(at_desk, summit):
    make_places(summit, 0)
    online = make_registration(summit, attendance="online")
    page = at_desk.post(DESK + "attendance/", {"guid": str(online.guid), "attendance": "in_person"})
    assert page.status_code == 409
    assert str(refusals.NoPlaceLeft.message) in words(page)
    online.refresh_from_db()
    assert online.attendance == "online"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_cancelled_ticket_is_shown_as_cancelled_and_lets_nobody_in(at_desk, registration, language):
    token = tickets.token_for(lifecycle.cancel(registration))
    page = look_up(at_desk, token, language)
    assert (page.status_code, found(page)) == (200, registration)
    assert "check-ins/" not in words(page)
    assert "badges/" not in words(page)
    refused = let_in(at_desk, registration)
    assert refused.status_code == 409
    assert str(checkin.WasCancelled.message) in words(refused)
    assert CheckIn.objects.count() == 0


def test_a_closed_desk_lets_nobody_in(at_desk, registration):
    Desk.objects.update(is_open=False)
    page = let_in(at_desk, registration)
    assert page.status_code == 409
    assert str(checkin.DeskClosed.message) in words(page)
    assert CheckIn.objects.count() == 0


def test_registrations_of_another_summit_are_not_there(at_desk, desk_staff):
    summit = make_summit("ogp2023")
    other = make_registration(summit)
    arrival = checkin.check_in(other, desk=make_desk(summit), by=desk_staff, nonce="elsewhere")
    before = everything()
    statuses = [
        let_in(at_desk, other).status_code,
        at_desk.post(DESK + "attendance/", {"guid": str(other.guid), "attendance": "online"}).status_code,
        at_desk.post(f"{DESK}badges/{other.guid}.pdf").status_code,
        at_desk.post(f"{DESK}check-ins/{arrival.pk}/cancellation/").status_code,
    ]
    assert statuses == [404, 404, 404, 404]
    assert everything() == before


@pytest.mark.parametrize(
    "data",
    [
        {"nonce": ""}, {"nonce": "short"}, {"nonce": "x" * 65}, {"nonce": "with space"}, {"nonce": "null\x00null"},
        {"guid": ""}, {"guid": "1"}, {"guid": "x" * 36},
    ],
)  # fmt: skip
def test_a_check_in_of_a_wrong_shape_is_refused(at_desk, registration, data):
    sent = {"guid": str(registration.guid), "nonce": "scan-0001", **data}
    page = at_desk.post(DESK + "check-ins/", sent)
    assert page.status_code == 422
    assert str(Incomplete.message) in words(page)
    assert CheckIn.objects.count() == 0


@pytest.mark.parametrize("data", [{"attendance": "both"}, {"attendance": ""}, {"guid": "1"}])
def test_a_change_of_a_wrong_shape_is_refused(at_desk, registration, data):
    sent = {"guid": str(registration.guid), "attendance": "online", **data}
    before = everything()
    assert at_desk.post(DESK + "attendance/", sent).status_code == 422
    assert everything() == before


def test_the_desk_needs_its_token_against_forged_forms(as_user, desk, desk_staff, registration):
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk_staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert let_in(client, registration).status_code == 403
    assert CheckIn.objects.count() == 0


def test_looking_up_a_ticket_takes_a_fixed_number_of_queries(at_desk, registration, django_assert_num_queries):
    token = tickets.token_for(registration)
    with django_assert_num_queries(15):
        look_up(at_desk, token)


@pytest.mark.parametrize("count", [1, 3])
def test_three_of_a_name_take_as_many_queries_as_one(at_desk, summit, count, django_assert_num_queries):
    for _ in range(count):
        make_registration(summit)
    with django_assert_num_queries(10):
        look_up(at_desk, "홍길동")


@pytest.mark.parametrize("count", [1, 3])
def test_three_desks_take_as_many_queries_as_one(as_user, desk_staff, summit, count, django_assert_num_queries):
    for number in range(count):
        make_desk(summit, f"desk-{number}")
    client = as_user(desk_staff)
    with django_assert_num_queries(8):
        client.get("/en/ogp2021/desk/")


@pytest.mark.parametrize(
    ("language", "verdict"),
    [
        ("en", "This ticket was replaced by a newer one and no longer opens the door."),
        ("ko", "새 입장권이 발급되어 이 입장권으로는 입장할 수 없습니다."),
    ],
)
def test_a_replaced_ticket_shows_whose_it_was_and_lets_nobody_in(at_desk, registration, language, verdict):
    old = tickets.token_for(registration)
    now = reissuing.reissue(registration, issue=1)
    page = look_up(at_desk, old, language)
    assert page.status_code == 409
    text = words(page)
    for shown in (verdict, "홍길동", now.reference, "<time datetime="):
        assert shown in text
    assert "check-ins/" not in text
    assert "badges/" not in text
    assert (found(page), found(look_up(at_desk, tickets.token_for(now)))) == (None, registration)


def test_of_a_badge_printed_earlier_the_desk_hears_of_the_newer_one(at_desk, desk, desk_staff, registration):
    printing.print_at_desk(registration, desk=desk, by=desk_staff)
    old = tickets.token_for(registration)
    now = reissuing.reissue(registration, issue=1)
    newer = "A badge with the newer ticket was printed:"
    assert newer not in words(look_up(at_desk, old))
    assert "Printed" not in words(look_up(at_desk, tickets.token_for(now)))
    printing.print_at_desk(now, desk=desk, by=desk_staff)
    assert newer in words(look_up(at_desk, old))
    assert "Printed 1 time." in words(look_up(at_desk, tickets.token_for(now)))


def test_a_ticket_replaced_between_looking_up_and_letting_in_lets_nobody_in(at_desk, registration):
    page = look_up(at_desk, tickets.token_for(registration))
    form = {"guid": str(registration.guid), "nonce": NONCE.search(page.content.decode()).group(1), "issue": "1"}
    assert 'name="issue" value="1"' in words(page)
    reissuing.reissue(registration, issue=1)
    answer = at_desk.post(DESK + "check-ins/", form)
    assert (answer.status_code, CheckIn.objects.count()) == (409, 0)
    assert "This ticket was replaced" in words(answer)
    assert at_desk.post(DESK + "check-ins/", {**form, "issue": "2"}).status_code == 200
    assert CheckIn.objects.count() == 1


def test_an_arrival_that_is_sent_again_after_the_ticket_was_replaced_is_the_same_arrival(at_desk, registration):
    form = {"guid": str(registration.guid), "nonce": "scan-0001", "issue": "1"}
    at_desk.post(DESK + "check-ins/", form)
    reissuing.reissue(registration, issue=1)
    assert (at_desk.post(DESK + "check-ins/", form).status_code, CheckIn.objects.count()) == (200, 1)


def test_the_desk_sees_photo_and_zones_and_who_is_not_let_in_at_once(
    at_desk, summit, desk, desk_staff, organiser, own_photos
):
    hall, centre = make_zone(summit, "A"), make_zone(summit, "P", order=1)
    press = make_category(summit, "press", photo="looked_at", vetted=True)
    press.zones.set([centre])
    made = make_registration(summit, category=press)
    page = words(look_up(at_desk, made.reference))
    assert "Nobody has cleared this person yet" in page and "There is no photo." in page
    assert "Check in" not in page and "Print the badge" not in page
    refused = let_in(at_desk, made)
    assert (refused.status_code, CheckIn.objects.count()) == (409, 0) and "Nobody has cleared" in words(refused)
    assert at_desk.get(f"{DESK}photos/{made.guid}.jpg").status_code == 404
    content = make_picture()
    photos.put(made, content, by=organiser, as_team=True)
    vetting.move(made, "clear", by=organiser)
    shown = look_up(at_desk, made.reference)
    assert f"{DESK}photos/{made.guid}.jpg" in shown.content.decode() and "<b>P</b> Zone P" in " ".join(
        words(shown).split()
    )
    file = at_desk.get(f"{DESK}photos/{made.guid}.jpg")
    assert file["Content-Type"] == "image/jpeg" and b"".join(file.streaming_content).startswith(b"\xff\xd8")
    Desk.objects.update(zone=hall)
    assert "no access to zone A" in words(look_up(at_desk, made.reference))
    assert let_in(at_desk, made, "scan-0002").status_code == 409
    Desk.objects.update(zone=centre)
    assert "May enter zone P" in words(look_up(at_desk, made.reference))
    assert let_in(at_desk, made, "scan-0003").status_code == 200
    vetting.move(made, "revoke", by=organiser, reason="Reported.")
    assert "Revoked" in words(look_up(at_desk, tickets.token_for(made)))
    elsewhere = make_registration(make_summit("ogp2023"))
    assert at_desk.get(f"{DESK}photos/{elsewhere.guid}.jpg").status_code == 404
