import pytest

from registration.accrediting import zones
from registration.door import checkin
from registration.models import Category, Registration, ZoneException
from registration.registering import categories, copying, merging
from summit.models import HistoryEntry
from tests.factories import make_category, make_desk, make_registration, make_summit, make_zone


@pytest.fixture
def abc(summit):
    return [make_zone(summit, code, order=order) for order, code in enumerate("ABC")]


@pytest.fixture
def somebody(summit, abc):
    category = make_category(summit, "press")
    category.zones.set(abc[:2])
    return make_registration(summit, category=category)


def has(registration) -> str:
    return zones.codes(zones.of(Registration.objects.select_related("category").get(pk=registration.pk)))


@pytest.mark.django_db
def test_somebody_has_those_of_the_category_less_and_more_what_was_said(somebody, abc, organiser):
    a, _b, c = abc
    assert has(somebody) == "A · B"
    zones.give(somebody, [a, c], reason="Guards the hall.", by=organiser)
    assert has(somebody) == "A · C"
    kept = {(each.zone.code, each.gives, each.reason, each.by) for each in ZoneException.objects.all()}
    assert kept == {("B", False, "Guards the hall.", organiser), ("C", True, "Guards the hall.", organiser)}
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.action, entry.changes["zones"], entry.changes["reason"]) == (
        "registration.zones", ["A · B", "A · C"], ["", "Guards the hall."])  # fmt: skip
    somebody.category.zones.set([c])  # A was the category's to take, B was taken, C is everybody's
    assert has(somebody) == "C"
    zones.give(somebody, [c], reason="", by=organiser)
    assert ZoneException.objects.count() == 2  # nothing changed


@pytest.mark.django_db
def test_without_a_reason_nothing_is_said_and_back_to_the_category_needs_none(somebody, abc, organiser):
    with pytest.raises(zones.ZoneReasonMissing):
        zones.give(somebody, abc, reason=" ", by=organiser)
    assert has(somebody) == "A · B"
    zones.give(somebody, abc, reason="Speaks in C.", by=organiser)
    zones.give(somebody, abc[:2], reason="", by=organiser)
    assert has(somebody) == "A · B" and not ZoneException.objects.exists()


@pytest.mark.django_db
def test_a_zone_of_another_summit_is_given_to_nobody(somebody, abc, organiser):
    other = make_zone(make_summit("ogp2023"), "Z")
    zones.give(somebody, [*abc, other], reason="Speaks.", by=organiser)
    assert has(somebody) == "A · B · C"


@pytest.mark.django_db
def test_a_desk_of_a_zone_turns_away_whoever_has_not_got_it_and_says_what_they_have(
    summit, somebody, abc, organiser, desk_staff
):
    desk = make_desk(summit, zone=abc[2])
    with pytest.raises(checkin.NotThisZone) as refused:
        checkin.check_in(somebody, desk=desk, by=desk_staff, nonce="scan-0001")
    assert (refused.value.code, refused.value.details) == ("not_this_zone", {"codes": "A · B"})
    zones.give(somebody, abc, reason="Speaks in C.", by=organiser)
    found = Registration.objects.select_related("summit", "category").get(pk=somebody.pk)
    assert checkin.check_in(found, desk=desk, by=desk_staff, nonce="scan-0002").desk == desk


@pytest.mark.django_db
def test_a_code_is_had_once_and_a_used_zone_stays(summit, somebody, abc, organiser):
    with pytest.raises(zones.ZoneCodeTaken):
        zones.create(summit, {"code": "A", "name": {"en": "Again"}}, by=organiser)
    with pytest.raises(zones.ZoneCodeTaken):
        zones.edit(abc[1], {"code": "A"}, by=organiser)
    made = zones.create(summit, {"code": "P2", "name": {"en": "Press"}}, by=organiser)
    assert made.order == 3
    assert HistoryEntry.objects.latest("pk").changes["code"] == ["", "P2"]
    zones.delete(made, by=organiser)
    with pytest.raises(zones.ZoneUsed):
        zones.delete(abc[0], by=organiser)
    make_desk(summit, zone=abc[2])
    with pytest.raises(zones.ZoneUsed):
        zones.delete(abc[2], by=organiser)


@pytest.mark.django_db
def test_a_category_gives_zones_with_a_line_of_history(summit, abc, organiser):
    made = categories.create(summit, {"code": "staff", "name": {"en": "Staff"}, "zones": abc[:1]}, by=organiser)
    assert [zone.code for zone in made.zones.all()] == ["A"]
    categories.edit(made, {"zones": abc[1:], "vetted": True}, by=organiser)
    assert [zone.code for zone in Category.objects.get(pk=made.pk).zones.all()] == ["B", "C"]
    assert HistoryEntry.objects.latest("pk").changes == {"zones": ["A", "B · C"]}


@pytest.mark.django_db
def test_the_next_summit_has_the_same_zones_bands_and_desks(summit, somebody, abc, organiser):
    category = somebody.category
    category.band, category.vetted, category.photo = {"ko": "언론", "en": "Press"}, True, "printed"
    category.save()
    make_desk(summit, zone=abc[1])
    new = copying.copy_summit(summit, code="ogp2023", name={"en": "Next"}, starts_on=summit.starts_on, by=organiser)
    copied = new.categories.get(code="press")
    assert (copied.band, copied.vetted, copied.photo) == ({"ko": "언론", "en": "Press"}, True, "printed")
    assert [zone.code for zone in copied.zones.all()] == ["A", "B"]
    assert {zone.summit for zone in copied.zones.all()} == {new} and new.desks.get().zone == new.zones.get(code="B")


@pytest.mark.django_db
def test_zones_of_one_person_go_along_when_two_are_one(summit, somebody, abc, organiser):
    kept = make_registration(summit, category=somebody.category)
    zones.give(somebody, abc, reason="Speaks in C.", by=organiser)
    merging.merge(kept, somebody, by=organiser)
    assert has(kept) == "A · B · C"
