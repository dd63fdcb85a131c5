from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from summit.accounts import invitations, team
from summit.models import HistoryEntry, Membership, Message, Role
from summit.permissions import roles_of
from tests.factories import make_summit, make_user


@pytest.fixture
def owner(summit):
    return make_user("owner@team.example", summit=summit, role="owner", name="Owner")


def invited(summit, owner, role="translator", email="ada@people.example"):
    return team.invite(summit, email, role, name="Ada", language="en", by=owner)


def test_an_invitation_counts_for_nothing_before_it_is_accepted(summit, owner):
    row = invited(summit, owner)
    assert roles_of(row.user, summit) == frozenset()
    mail = Message.objects.get()
    assert (mail.to, mail.language) == ("ada@people.example", "en")
    assert f"/en/ogp2021/team-invitations/{row.token}/" in mail.text
    assert "Translator" in mail.text
    invitations.accept(row, row.user, summit=summit)
    assert roles_of(row.user, summit) == {"translator"}
    assert [e.action for e in HistoryEntry.objects.order_by("pk")] == ["membership.invite", "membership.accept"]


def test_it_works_once_in_two_weeks_and_for_one_person(summit, owner):
    row = invited(summit, owner)
    with pytest.raises(invitations.ForSomebodyElse):
        invitations.accept(row, owner, summit=summit)
    Membership.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(invitations.InvitationExpired):
        invitations.accept(row, row.user, summit=summit)
    team.invite_again(Membership.objects.get(pk=row.pk), by=owner)
    invitations.accept(row, row.user, summit=summit)
    with pytest.raises(invitations.AlreadyAccepted):
        invitations.accept(row, row.user, summit=summit)


def test_sending_again_makes_a_new_link_and_the_old_one_dies(summit, owner):
    first = invited(summit, owner).token
    again = invited(summit, owner)
    assert Membership.objects.filter(token=first).count() == 0
    assert again.token != first
    assert Message.objects.count() == 2
    invitations.accept(again, again.user, summit=summit)
    with pytest.raises(team.AlreadyInTeam):
        invited(summit, owner)


@pytest.mark.parametrize("role", ["owner", "organiser"])
def test_only_owners_make_and_unmake_owners_and_organisers(summit, owner, organiser, role):
    with pytest.raises(team.OnlyOwners):
        invited(summit, organiser, role)
    row = invited(summit, owner, role)
    with pytest.raises(team.OnlyOwners):
        team.remove(row, by=organiser)
    team.remove(row, by=owner)
    assert not Membership.objects.filter(pk=row.pk).exists()
    stranger = make_user("owner@elsewhere.example", summit=make_summit("ogp2023"), role="owner")
    with pytest.raises(team.OnlyOwners):
        invited(summit, stranger, role)


def test_the_last_owner_stays(summit, owner):
    mine = summit.memberships.get(user=owner)
    invited(summit, owner, Role.OWNER)
    with pytest.raises(team.LastOwner):
        team.remove(mine, by=owner)
    summit.memberships.filter(role="owner").update(accepted_at=timezone.now())
    team.remove(mine, by=owner)
    assert roles_of(owner, summit) == frozenset()


def test_a_role_is_changed_and_the_history_knows(summit, owner):
    row = make_user("ada@people.example", summit=summit, role="viewer").memberships.get()
    changed = team.change_role(row, "translator", by=owner)
    assert roles_of(changed.user, summit) == {"translator"}
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.action, entry.by, entry.changes) == (
        "membership.change_role",
        owner,
        {"role": ["viewer", "translator"]},
    )
    # The same again is nothing to do.
    team.change_role(changed, "translator", by=owner)
    assert HistoryEntry.objects.filter(action="membership.change_role").count() == 1


@pytest.mark.parametrize(("was", "wanted"), [("viewer", "organiser"), ("organiser", "viewer"), ("viewer", "owner")])
def test_an_organiser_makes_nobody_what_only_owners_make(summit, organiser, was, wanted):
    row = make_user("ada@people.example", summit=summit, role=was).memberships.get()
    with pytest.raises(team.OnlyOwners):
        team.change_role(row, wanted, by=organiser)
    assert Membership.objects.get(pk=row.pk).role == was


def test_the_last_owner_stays_one(summit, owner):
    with pytest.raises(team.LastOwner):
        team.change_role(owner.memberships.get(), "viewer", by=owner)


def test_nobody_has_one_role_twice(summit, owner):
    user = make_user("ada@people.example", summit=summit, role="viewer")
    second = user.memberships.create(summit=summit, role="desk")
    with pytest.raises(team.AlreadyInTeam):
        team.change_role(second, "viewer", by=owner)


@pytest.mark.parametrize("role", Role.values)
def test_each_role_says_what_it_allows(role):
    with override("en"):
        said = team.explained(role)
    assert said.endswith(".")
    assert said[0].isupper()
