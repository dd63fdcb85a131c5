"""Consents are given and withdrawn at any time, and everybody who asks hears what stands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registration.lists.registrations import REGISTRATIONS
from registration.models import Consent, Registration
from registration.papers.everything import everything, for_machines
from registration.registering import consents, refusals
from summit.models import HistoryEntry
from tests.factories import make_desk, make_question, make_registration
from tests.registration.reading import words

BOTH = {"privacy": "2021-10-01", "photography": "2021-10-01"}


@pytest.fixture
def made(summit):
    return make_registration(summit, language="en", consents=BOTH)


def test_withdrawn_is_withdrawn_at_once_and_twice_is_once(made):
    assert made.may_be_photographed
    assert consents.withdraw(made, consents.PHOTOGRAPHY) is True
    assert consents.withdraw(made, consents.PHOTOGRAPHY) is False
    assert not made.may_be_photographed
    row = Consent.objects.get(kind="photography")
    assert row.given_at <= row.withdrawn_at
    line = HistoryEntry.objects.get(action="registration.withdraw_consent")
    assert line.changes == {"photography": [True, False]}
    assert Consent.objects.standing().get().kind == "privacy"


def test_given_again_it_stands_again(made):
    consents.withdraw(made, consents.PHOTOGRAPHY)
    assert consents.give(made, consents.PHOTOGRAPHY) is True
    assert consents.give(made, consents.PHOTOGRAPHY) is False
    assert made.may_be_photographed
    assert HistoryEntry.objects.filter(action="registration.give_consent").count() == 1


def test_given_again_in_the_same_version_is_one_row(summit, made):
    version = consents.privacy_version(summit)
    Consent.objects.filter(kind="photography").update(version=version, withdrawn_at=timezone.now())
    consents.give(made, consents.PHOTOGRAPHY)
    assert Consent.objects.get(kind="photography").withdrawn_at is None


def test_without_the_privacy_notice_nothing_may_be_kept(made):
    with pytest.raises(refusals.ConsentNeeded):
        consents.withdraw(made, Consent.Kind.PRIVACY)
    assert Consent.objects.standing().count() == 2


@pytest.mark.parametrize("late", [False, True])
def test_on_the_own_page_also_when_the_time_for_changes_is_over(client, summit, made, late):
    if late:
        summit.changes_until = timezone.now() - timedelta(days=1)
        summit.save()
    page = f"/en/ogp2021/registrations/{made.token}/"
    shown = words(client.get(page))
    assert "Photographs and filming (2021-10-01)" in shown and "no photographs of me" in shown
    assert f"{page}erasure/" in shown
    assert client.post(f"{page}consents/", {"photography": "withdraw"}).status_code == 302
    after = words(client.get(page))
    assert "Agree to photographs" in after and "withdrawn" in after
    client.post(f"{page}consents/", {"photography": "give"})
    assert Registration.objects.get().may_be_photographed


def test_who_was_entered_by_the_team_agrees_on_their_own_page(client, summit):
    entered = make_registration(summit, consents={})
    page = f"/en/ogp2021/registrations/{entered.token}/"
    assert "Agree to the privacy notice" in words(client.get(page))
    client.post(f"{page}consents/", {"privacy": "give"})
    assert list(entered.consents.standing().values_list("kind", flat=True)) == ["privacy"]
    assert "Agree to the privacy notice" not in words(client.get(page))
    client.post(f"{page}consents/", {"privacy": "withdraw"})
    assert entered.consents.standing().count() == 1


@pytest.mark.parametrize("said", ["", "x", "privacy"])
def test_anything_else_changes_nothing(client, made, said):
    assert client.post(f"{made.get_absolute_url()}consents/", {"photography": said}).status_code == 302
    assert Consent.objects.standing().count() == 2


def test_the_team_and_the_desk_see_it(summit, made, as_user, organiser, desk_staff):
    other = make_registration(summit, consents={"privacy": "1"}, name="Other Person")
    consents.withdraw(made, consents.PHOTOGRAPHY)
    staff = as_user(organiser)
    listed = "/en/ogp2021/organiser/registrations/"
    assert made.reference in words(staff.get(f"{listed}?photography=no"))
    assert made.reference not in words(staff.get(f"{listed}?photography=yes"))
    assert "withdrawn" in words(staff.get(f"{listed}{made.guid}/"))
    assert "Not agreed" in words(staff.get(f"{listed}?show=name&show=photography"))
    make_desk(summit)
    shown = as_user(desk_staff).get(f"/en/ogp2021/desk/main/?q={other.reference}")
    assert shown.status_code == 200
    assert "photography" in {filter.name for filter in REGISTRATIONS.filters}


def test_the_desk_reads_it_when_somebody_arrives(summit, made, as_user, desk_staff):
    make_desk(summit)
    staff = as_user(desk_staff)
    consents.withdraw(made, consents.PHOTOGRAPHY)
    answer = staff.post("/en/ogp2021/desk/main/check-ins/", {"guid": str(made.guid), "nonce": "photographs-1"})
    assert "No photographs" in words(answer)


def test_it_stands_in_everything_about_the_person(made):
    consents.withdraw(made, consents.PHOTOGRAPHY)
    rows = for_machines(everything(made))["consents"]
    assert [row["withdrawn_at"] is not None for row in rows] == [False, True]


def test_somebody_elses_link_is_not_there(client, made):
    assert (
        client.post("/en/ogp2021/registrations/" + "x" * 32 + "/consents/", {"photography": "give"}).status_code == 404
    )


def test_with_the_consent_to_what_the_law_protects_most_goes_what_was_said(summit, client):
    question, other = make_question(summit, sensitive=True), make_question(summit, words={"en": "Shirt"})
    made = make_registration(
        summit,
        dietary_needs="halal",
        answers={question.pk: "x", other.pk: "M"},
        consents={"privacy": "1", "sensitive": "1"},
    )
    page = client.get(made.get_absolute_url()).content.decode()
    assert 'name="sensitive" value="withdraw"' in page
    client.post(f"{made.get_absolute_url()}consents/", {"sensitive": "withdraw"})
    made.refresh_from_db()
    assert made.dietary_needs == "" and [row.words for row in made.answers.all()] == ["M"]
    assert not made.has_agreed("sensitive") and made.has_agreed("privacy")
    assert (
        'value="withdraw"'
        not in client.get(made.get_absolute_url()).content.decode().partition('name="sensitive"')[2][:40]
    )
