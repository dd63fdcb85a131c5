"""The pages about people at risk: of the team, and of the person."""

import pytest

from registration.models import Look, Registration, SealKeeper
from registration.registering import sealing
from summit.models import HistoryEntry
from tests.factories import make_registration, make_summit, make_user
from tests.registration.reading import words

CIRCLE = "/en/ogp2021/organiser/settings/circle/"
REASON = {"reason": "The embassy asked"}


@pytest.fixture
def someone(summit):
    return make_registration(summit, name="나영희", email="yeonghui@people.example", language="en")


@pytest.fixture
def owner(summit):
    return make_user("owner@team.example", summit=summit, role="owner", name="Owner")


@pytest.fixture
def keeper(summit, organiser):
    SealKeeper.objects.create(summit=summit, membership=summit.memberships.get(user=organiser))
    return organiser


def page(registration, part: str, language: str = "en") -> str:
    return f"/{language}/ogp2021/organiser/registrations/{registration.guid}/{part}/"


def own(registration, part: str = "", language: str = "en") -> str:
    return f"/{language}/ogp2021/registrations/{registration.token}/{part}"


def test_an_owner_names_the_circle_and_an_organiser_reads_it(summit, owner, organiser, as_user):
    membership = summit.memberships.get(user=organiser)
    assert as_user(owner).post(CIRCLE, {"members": [membership.pk]}).status_code == 302
    shown = words(as_user(organiser).get(CIRCLE))
    assert "Organiser" in shown and '<form method="post" class="panel' not in shown
    refused = as_user(organiser).post(CIRCLE, {"members": []})
    assert refused.status_code == 403 and sealing.in_circle(organiser, summit)


def test_members_of_other_summits_and_nonsense_are_no_members(summit, owner, as_user):
    other = make_summit("ogp2023")
    foreign = make_user("far@team.example", summit=other, role="owner").memberships.get()
    for sent in ([foreign.pk], ["x"], [10**20], [-1]):
        assert as_user(owner).post(CIRCLE, {"members": sent}).status_code == 422
    assert not SealKeeper.objects.exists()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_circle_protects_somebody_with_an_alias_and_ends_it(someone, keeper, as_user, language):
    client = as_user(keeper)
    assert client.get(page(someone, "protection", language)).status_code == 200
    assert client.post(page(someone, "protection", language), {"alias": "Guest of honour"}).status_code == 302
    someone.refresh_from_db()
    assert (someone.name, someone.at_risk) == ("Guest of honour", True)
    assert client.post(page(someone, "protection", language), {"action": "end"}).status_code == 302
    someone.refresh_from_db()
    assert (someone.name, someone.at_risk) == ("나영희", False)


@pytest.mark.parametrize(
    ("alias", "status"),
    [("나영희 씨", 422), ("x" * 200, 422), ("123", 422), ("\u202e\u200b", 302), ("a\r\nb", 302), ("", 302)],
)
def test_an_alias_is_looked_at(someone, keeper, as_user, alias, status):
    answer = as_user(keeper).post(page(someone, "protection"), {"alias": alias})
    someone.refresh_from_db()
    assert answer.status_code == status and someone.at_risk is (status == 302)
    assert "\n" not in someone.name


def test_whoever_is_not_in_the_circle_is_told_so_and_nothing_happens(someone, organiser, as_user):
    client = as_user(organiser)
    for part in ("protection", "truth"):
        assert "An owner names its members" in words(client.get(page(someone, part))) or part == "truth"
    assert "Only the circle" in words(client.post(page(someone, "protection"), {"alias": ""}, follow=True))
    someone.refresh_from_db()
    assert not someone.at_risk
    sealing.seal(someone)
    assert client.post(page(someone, "truth"), REASON).status_code == 403
    client.post(page(someone, "protection"), {"action": "end"})
    someone.refresh_from_db()
    assert someone.at_risk and not Look.objects.filter(what="truth").exists()


def test_the_page_of_a_registration_says_that_it_is_protected_and_shows_no_stand_in(someone, organiser, as_user):
    sealing.seal(someone)
    for address in (page(someone, "")[:-1], own(someone)):
        shown = words(as_user(organiser).get(address))
        assert someone.name in shown and "sealed.invalid" not in shown, address


def test_the_pages_of_one_summit_know_nobody_of_another(someone, as_user):
    other = make_summit("ogp2023")
    client = as_user(make_user("far@team.example", summit=other, role="owner"))
    for part in ("protection", "truth"):
        assert client.get(page(someone, part)).status_code == 404
        assert client.get(page(someone, part).replace("ogp2021", "ogp2023")).status_code == 404


def test_the_person_asks_and_is_protected_at_once(client, someone):
    assert "ask for protection" in words(client.get(own(someone, "protection/")))
    assert client.post(own(someone, "protection/"), {"alias": ""}).status_code == 302
    someone.refresh_from_db()
    assert someone.at_risk
    shown = words(client.get(own(someone)))
    assert "나영희" not in shown and someone.name in shown
    assert client.post(own(someone, "protection/"), {"alias": "Another"}).status_code == 302
    assert Registration.objects.get(pk=someone.pk).name == someone.name
    assert HistoryEntry.objects.filter(action="registration.seal").count() == 1


def test_the_person_asks_also_when_the_time_for_changes_is_over(client, someone, summit):
    summit.changes_until = summit.registration_opens_at
    summit.save()
    client.post(own(someone, "protection/"), {"alias": ""})
    someone.refresh_from_db()
    assert someone.at_risk


def test_details_are_corrected_without_those_that_are_sealed(client, someone):
    sealing.seal(someone)
    shown = client.get(own(someone, "details/"))
    assert 'name="dietary_needs"' in words(shown) and 'name="name"' not in words(shown)
    sent = {"language": "en", "dietary_needs": "halal", "sensitive": "on", "name": "나영희", "country": "KR"}
    assert client.post(own(someone, "details/"), sent).status_code == 302
    someone.refresh_from_db()
    assert (someone.dietary_needs, someone.country) == ("halal", "") and "나영희" not in someone.name


def test_photographs_are_refused_and_allowed_on_ones_own_page(client, someone):
    client.post(own(someone, "photographs/"), {"refused": "yes"})
    someone.refresh_from_db()
    assert someone.no_photographs and "says “No photographs”" in words(client.get(own(someone)))
    client.post(own(someone, "photographs/"), {"refused": "no"})
    someone.refresh_from_db()
    assert not someone.no_photographs
    assert client.get(own(someone, "photographs/")).status_code == 405
