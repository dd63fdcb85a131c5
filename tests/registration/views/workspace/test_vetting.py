import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from registration.accrediting import photos
from registration.models import Photo, Registration, ReviewScope, Zone
from registration.registering import lifecycle
from summit.models import HistoryEntry, Membership
from tests.factories import (
    make_category,
    make_delegation,
    make_desk,
    make_picture,
    make_registration,
    make_summit,
    make_user,
    make_zone,
)
from tests.registration.reading import words

VETTING = "/en/ogp2021/organiser/vetting/"
NEW_ZONE = "/en/ogp2021/organiser/settings/zones/new/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture
def press(summit):
    return make_category(summit, "press", name={"ko": "언론", "en": "Press"}, vetted=True)


def state(registration) -> str:
    return Registration.objects.get(pk=registration.pk).vetting


def one(registration, part: str = "") -> str:
    return f"{VETTING}{registration.guid}/{part}"


def test_the_queue_shows_who_is_open_and_goes_on_to_the_next(summit, office, press):
    first, second = (make_registration(summit, category=press, name=f"Person {n}") for n in range(2))
    make_registration(summit, category=make_category(summit, "guest"), name="Nobody vets me")
    make_registration(summit, category=press, name="From afar", attendance="online")
    page = words(office.get(VETTING))
    assert "Person 0" in page and "Person 1" in page and "Nobody vets me" not in page and "From afar" not in page
    assert f'href="{one(second)}" data-key="j"' in " ".join(office.get(one(first)).content.decode().split())
    answer = office.post(one(first), {"verb": "clear"})
    assert (answer.status_code, answer.headers["Location"], state(first)) == (302, one(second), "cleared")
    answer = office.post(one(second), {"verb": "refuse", "reason_1": ""})
    assert (answer.status_code, state(second)) == (422, "")
    assert office.post(one(second), {"verb": "refuse", "reason_1": "Unknown."}).headers["Location"] == VETTING
    assert "Nobody waits here" in words(office.get(VETTING))
    assert "Person 1" in words(office.get(f"{VETTING}?state=refused"))
    assert "Unknown." in words(office.get(one(second)))


@pytest.mark.parametrize("sent", [{}, {"verb": "bless"}, {"verb": "revoke", "reason_1": "So."}])
def test_what_is_no_move_is_refused_and_writes_nothing(summit, office, press, sent):
    made = make_registration(summit, category=press)
    before = HistoryEntry.objects.count()
    assert office.post(one(made), sent).status_code in {409, 422}
    assert (state(made), HistoryEntry.objects.count()) == ("", before)


def test_filters_narrow_and_nonsense_does_not(summit, office, press):
    delegation = make_delegation(summit)
    sent = make_registration(summit, category=press, name="Sent")
    Registration.objects.filter(pk=sent.pk).update(delegation=delegation)
    make_registration(summit, category=make_category(summit, "guard", vetted=True), name="Somebody else")
    assert "Somebody else" not in words(office.get(f"{VETTING}?delegation=korea"))
    assert "Sent" not in words(office.get(f"{VETTING}?category=guard"))
    page = words(office.get(f"{VETTING}?state=blessed&category=%27&page=x"))
    assert "Sent" in page and "Somebody else" in page


def test_many_are_moved_after_a_preview_and_whoever_stays_is_named(summit, office, press):
    first, second = (make_registration(summit, category=press, name=f"Person {n}") for n in range(2))
    photographed = make_registration(
        summit, category=make_category(summit, "g", vetted=True, photo="printed"), name="G"
    )
    chosen = [str(each.guid) for each in (first, second, photographed)]
    preview = office.post(f"{VETTING}together/", {"chosen": chosen, "verb": "clear"})
    page = words(preview)
    assert "2 people are concerned" in page and "G: There is no photo" in page and state(first) == ""
    office.post(f"{VETTING}together/", {"chosen": chosen, "verb": "clear", "sure": "1"})
    assert [state(each) for each in (first, second, photographed)] == ["cleared", "cleared", ""]
    office.post(f"{VETTING}together/", {"chosen": chosen, "verb": "revoke", "sure": "1"})
    assert state(first) == "cleared"  # without a reason
    for nothing in ([], ["x"], ["'" * 36]):
        assert office.post(f"{VETTING}together/", {"chosen": nothing, "verb": "clear"}).status_code == 302


def test_reviewers_vet_only_whom_they_decide_on(summit, as_user, press, own_photos):
    mine = make_registration(summit, category=press, name="Mine")
    others = make_registration(summit, category=make_category(summit, "guard", vetted=True), name="Others")
    reviewer = make_user(summit=summit, role="registrations")
    scope = ReviewScope.objects.create(membership=Membership.objects.get(user=reviewer))
    scope.categories.set([press])
    client = as_user(reviewer)
    page = words(client.get(VETTING))
    assert "Mine" in page and "Others" not in page
    assert client.get(one(others)).status_code == 404
    assert client.post(one(others, "zones/"), {}).status_code == 404
    client.post(f"{VETTING}together/", {"chosen": [str(others.guid)], "verb": "clear", "sure": "1"})
    assert (state(others), client.get(one(mine)).status_code) == ("", 200)


def test_people_of_another_summit_are_not_there(office):
    made = make_registration(make_summit("ogp2023"))
    assert [office.get(one(made)).status_code, office.post(one(made, "zones/")).status_code] == [404, 404]


def test_zones_of_one_person_ask_for_a_reason(summit, office, press):
    a, b = make_zone(summit, "A"), make_zone(summit, "B", order=1)
    made = make_registration(summit, category=press)
    answer = office.post(one(made, "zones/"), {"zones": [a.pk], "why": ""})
    assert answer.status_code == 422 and "Say why" in words(answer) and not made.zone_exceptions.exists()
    assert office.post(one(made, "zones/"), {"zones": [a.pk, b.pk], "why": "Speaks."}).status_code == 302
    assert "<b>A</b> · Speaks." in words(office.get(one(made)))
    other = make_zone(make_summit("ogp2023"), "A")
    assert office.post(one(made, "zones/"), {"zones": [other.pk], "why": "So."}).status_code == 422


def test_zones_are_kept_in_the_settings(summit, office):
    sent = {"code": "p2", "name_ko": "프레스 센터", "name_en": "Press centre"}
    assert office.post(NEW_ZONE, sent).status_code == 302
    zone = Zone.objects.get()
    assert (zone.code, str(zone.name)) == ("P2", "Press centre")
    for wrong in ({"code": "p2"}, {"code": "TOO LONG"}, {"code": "구역"}, {"code": ""}, {"name_en": "", "name_ko": ""}):
        assert office.post(NEW_ZONE, sent | {"code": "X"} | wrong).status_code == 422
    assert Zone.objects.count() == 1
    make_desk(summit, zone=zone)
    page = office.post(f"/en/ogp2021/organiser/settings/zones/{zone.pk}/deletion/", follow=True)
    assert "Take it from them first" in words(page) and Zone.objects.exists()


def test_the_team_sends_a_photo_and_has_looked_at_it(summit, office, press, own_photos):
    press.photo = "printed"
    press.save()
    made = make_registration(summit, category=press)
    page = f"/en/ogp2021/organiser/registrations/{made.guid}/photo/"
    assert office.get(f"{page[:-1]}.jpg").status_code == 404
    assert office.post(page, {"photo": SimpleUploadedFile("me.jpg", b"nothing")}).status_code == 422
    assert office.post(page, {"photo": SimpleUploadedFile("me.jpg", make_picture())}).status_code == 302
    assert Photo.objects.get().looked_at is not None
    file = office.get(f"{page[:-1]}.jpg")
    assert file["Content-Type"] == "image/jpeg" and "no-store" in file["Cache-Control"]
    assert b"".join(file.streaming_content).startswith(b"\xff\xd8")
    assert office.post(page, {"action": "away"}).status_code == 302 and not Photo.objects.exists()


def test_where_no_photo_is_asked_for_there_is_no_page(summit, office):
    made = make_registration(summit)
    answer = office.get(f"/en/ogp2021/organiser/registrations/{made.guid}/photo/")
    assert answer.status_code == 302


def test_whoever_has_ended_has_nothing_to_be_decided(summit, office, press):
    made = make_registration(summit, category=press)
    lifecycle.cancel(made)
    assert "This registration has ended" in words(office.get(one(made)))
    assert office.post(one(made), {"verb": "clear"}).status_code == 409


def test_the_queue_takes_as_many_queries_for_many(summit, office, press, own_photos, django_assert_num_queries):
    press.photo = "printed"
    press.save()
    content = make_picture(360, 480)

    def add() -> None:
        made = make_registration(summit, category=press)
        photos.put(made, content, by=None)

    add()
    office.get(VETTING)
    with django_assert_num_queries(18, exact=False) as few:
        office.get(VETTING)
    for _ in range(3):
        add()
    with django_assert_num_queries(len(few)):
        office.get(VETTING)
