"""Somebody protected who comes with a delegation, heads one, or was registered twice."""

import pytest

from registration.delegating import completeness, delegations, heads, itineraries
from registration.forms.delegation import DelegateForm
from registration.models import DelegationHead, Itinerary, Look, SealKeeper
from registration.papers import delegation_lists
from registration.registering import duplicates, merging, refusals, sealing
from summit.models import HistoryEntry, SealedAddress
from tests.factories import make_delegation, make_registration

NAME, ADDRESS = "나영희", "yeonghui@hidden.example"


@pytest.fixture
def delegation(summit):
    return make_delegation(summit, places=5)


@pytest.fixture
def person(summit, delegation):
    made = make_registration(summit, name=NAME, email=ADDRESS, organisation="Hanbit", dietary_needs="halal")
    made.delegation = delegation
    made.save(update_fields=["delegation"])
    return made


def test_no_list_of_delegations_names_them_but_catering_counts_them(summit, person):
    sealing.seal(person)
    person.refresh_from_db()
    for name in delegation_lists.SHEETS:
        words = str(delegation_lists.table(summit, name).rows)
        assert NAME not in words and person.name not in words, name
    assert ["halal", 1] in delegation_lists.table(summit, "catering").rows


def test_who_needs_what_is_noted_when_it_is_printed(summit, person, organiser, as_user):
    client = as_user(organiser)
    client.get("/en/ogp2021/organiser/delegation-lists/protocol.csv")
    assert not Look.objects.exists()
    assert client.get("/en/ogp2021/organiser/delegation-lists/catering-names.csv").status_code == 200
    assert [(look.registration, look.what) for look in Look.objects.all()] == [(person, "export")]


def test_a_head_looks_after_the_delegation_under_the_alias_until_the_protection_ends(
    summit, delegation, person, organiser, work
):
    heads.invite(delegation, {"role": "deputy", "name": NAME, "email": ADDRESS, "language": "en"}, by=organiser)
    delegations.edit(
        delegation, {"contact_name": NAME, "contact_email": ADDRESS, "notes": f"Ask {NAME}."}, by=organiser
    )
    sealing.seal(person)
    person.refresh_from_db()
    head = delegation.heads.get()
    assert (head.name, head.email) == (person.name, person.email)
    assert list(DelegationHead.objects.under(ADDRESS)) == [head]
    delegation.refresh_from_db()
    assert (delegation.contact_name, delegation.contact_email) == (person.name, person.email)
    assert NAME not in delegation.notes
    told = str(list(HistoryEntry.objects.values_list("subject_name", "changes")))
    assert NAME not in told and ADDRESS not in told
    with pytest.raises(heads.AlreadyHead):
        heads.invite(delegation, {"role": "head", "name": NAME, "email": ADDRESS, "language": "en"}, by=organiser)
    SealKeeper.objects.create(summit=summit, membership=summit.memberships.get(user=organiser))
    sealing.unseal(person, by=organiser)
    head.refresh_from_db()
    delegation.refresh_from_db()
    assert (head.name, head.email) == (NAME, ADDRESS) == (delegation.contact_name, delegation.contact_email)


def test_the_address_of_a_head_outlives_the_registration(summit, delegation, person, organiser):
    heads.invite(delegation, {"role": "deputy", "name": NAME, "email": ADDRESS, "language": "en"}, by=organiser)
    sealing.seal(person)
    person.delete()
    sealing.forget_stand_ins()
    assert SealedAddress.objects.real(delegation.heads.get().email) == ADDRESS


def test_the_head_reads_the_alias_and_cannot_write_over_it(summit, delegation, person):
    itineraries.put(person, {"arrives_in": f"Hotel, as {NAME}"}, as_organiser=True)
    sealing.seal(person)
    person.refresh_from_db()
    form = DelegateForm(registration=person)
    assert form.fields["name"].disabled and form["name"].value() == person.name
    assert Itinerary.objects.get(registration=person).arrives_in == f"Hotel, as {person.name}"


def test_of_whoever_is_protected_no_name_is_missing(summit, delegation, person):
    sealing.seal(person)
    lacks = completeness.of_people(summit, delegation.registrations.all())[person.pk]
    assert {check.code for check in lacks} <= {"arrival", "departure"}


def test_the_protected_are_nobodys_duplicate_and_merged_with_nobody(summit, person, organiser):
    other = make_registration(summit, name=NAME, email="other@hidden.example", organisation="Hanbit")
    assert duplicates.find(summit)
    sealing.seal(person)
    assert not duplicates.find(summit)
    person.refresh_from_db()
    for kept, gone in ((person, other), (other, person)):
        with pytest.raises(refusals.ProtectedStaysApart):
            merging.merge(kept, gone, by=organiser)


def test_what_was_merged_into_it_is_sealed_with_it(summit, person, organiser):
    twin = make_registration(summit, name=NAME, email="other@hidden.example", organisation="Hanbit")
    merging.merge(person, twin, by=organiser)
    sealing.seal(person)
    twin.refresh_from_db()
    assert twin.at_risk and twin.name != NAME and twin.email.endswith("@sealed.invalid") and twin.organisation == ""


def test_the_address_of_somebody_protected_is_not_taken_from_a_twin(summit, person, organiser):
    kept = make_registration(summit, name="김하나", email="one@hidden.example")
    twin = make_registration(summit, name="김하나", email="two@hidden.example")
    sealing.seal(person)
    type(twin).objects.filter(pk=twin.pk).update(email=ADDRESS)
    twin.refresh_from_db()
    with pytest.raises(refusals.AlreadyRegistered):
        merging.merge(kept, twin, ["email"], by=organiser)
