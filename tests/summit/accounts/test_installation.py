"""The key of an empty installation, its first operator, and the first owner of a summit."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command

from summit.accounts import installation, team
from summit.accounts.installation import AddressTaken, AlreadySetUp, HasOwner, WrongKey
from summit.models import HistoryEntry, InstallationKey, Membership, Message, Role
from tests.factories import make_summit, make_user

WHO = {"email": "Op@team.example", "name": "김운영", "password": "correct horse battery", "language": "ko"}


@pytest.fixture
def operator(db):
    return make_user("op@team.example", is_superuser=True, is_staff=True)


def printed() -> str:
    out = StringIO()
    call_command("installation_key", stdout=out)
    return out.getvalue()


def test_a_key_is_printed_with_the_address_and_kept_as_a_fingerprint_alone(db):
    text = printed()
    [key] = [line.split()[-1] for line in text.splitlines() if "key:" in line]
    assert "http://testserver/" in text
    [row] = InstallationKey.objects.all()
    assert len(row.fingerprint) == 64 and key not in row.fingerprint
    assert installation.check_key(key) == row.fingerprint


@pytest.mark.parametrize(
    "change", [str.lower, lambda key: key.replace("-", ""), lambda key: f" {key.replace('-', ' ')} "]
)
def test_a_printed_key_may_be_typed_back_as_people_type(db, change):
    assert installation.check_key(change(installation.make_key()))


def test_every_key_that_was_printed_is_good_until_there_is_an_operator(db):
    keys = [installation.make_key() for _time in range(2)]
    mark = installation.check_key(keys[0])
    installation.make_operator(mark, **WHO)
    assert not InstallationKey.objects.exists()
    for key in keys:
        with pytest.raises(WrongKey):
            installation.check_key(key)
    assert printed() == ""


def test_a_row_of_restarts_does_not_fill_the_table(db):
    keys = [installation.make_key() for _time in range(installation.KEPT + 2)]
    assert InstallationKey.objects.count() == installation.KEPT
    assert installation.check_key(keys[-1])


@pytest.mark.parametrize("key", ["", "AAAA-AAAA-AAAA-AAAA-AAAA", "키", "🔑" * 50, "x" * 5000, "\u202ekey"])
def test_another_key_is_refused(db, key):
    installation.make_key()
    with pytest.raises(WrongKey):
        installation.check_key(key)


def test_without_any_key_no_word_opens_the_installation(db):
    with pytest.raises(WrongKey):
        installation.check_key("")


def test_the_environment_may_give_the_key_which_is_then_not_printed(db, settings):
    settings.INSTALLATION_KEY = "a word of Mine, chosen well"
    text = printed()
    assert "INSTALLATION_KEY" in text and "chosen" not in text
    assert not InstallationKey.objects.exists()
    mark = installation.check_key("a word of Mine, chosen well")
    with pytest.raises(WrongKey):
        installation.check_key("A WORD OF MINE, CHOSEN WELL")
    installation.make_operator(mark, **WHO)
    with pytest.raises(WrongKey):
        installation.check_key("a word of Mine, chosen well")


def test_the_operator_signs_in_at_once_and_the_history_knows(db):
    user = installation.make_operator(installation.check_key(installation.make_key()), **WHO)
    assert (user.email, user.is_superuser, user.is_staff, user.language) == ("op@team.example", True, True, "ko")
    assert user.check_password(WHO["password"])
    assert EmailAddress.objects.get(user=user).verified
    line = HistoryEntry.objects.get()
    assert (line.action, line.by, line.summit, line.changes) == (
        "user.operator", user, None, {"is_superuser": [False, True]},
    )  # fmt: skip


def test_of_two_browsers_one_wins(db):
    marks = [installation.check_key(installation.make_key()) for _browser in range(2)]
    installation.make_operator(marks[0], **WHO)
    with pytest.raises(AlreadySetUp):
        installation.make_operator(marks[1], **{**WHO, "email": "other@team.example"})


def test_an_account_that_exists_does_not_become_the_operator(db):
    make_user("op@team.example")
    with pytest.raises(AddressTaken):
        installation.make_operator(installation.check_key(installation.make_key()), **WHO)
    assert InstallationKey.objects.count() == 1


def test_a_mark_that_no_key_made_is_no_key(db):
    installation.make_key()
    with pytest.raises(WrongKey):
        installation.make_operator("0" * 64, **WHO)


def test_an_installation_waits_for_its_operator_while_it_is_empty_or_has_a_key(db):
    assert installation.waits_for_operator()
    make_summit()
    assert not installation.waits_for_operator()
    installation.make_key()
    assert installation.waits_for_operator()
    make_user(is_superuser=True)
    assert not installation.waits_for_operator()


def test_an_operator_invites_the_first_owner_and_no_other(operator, work):
    summit = make_summit(is_public=False)
    row = team.invite(summit, "owner@people.example", Role.OWNER, by=operator)
    assert (row.is_accepted, row.invited_by) == (False, operator)
    assert Message.objects.get().to == "owner@people.example"
    assert HistoryEntry.objects.get().action == "membership.invite"
    with pytest.raises(team.OnlyOwners):
        team.invite(summit, "organiser@people.example", Role.ORGANISER, by=operator)
    Membership.objects.create(summit=summit, user=make_user(), role=Role.OWNER)
    with pytest.raises(team.OnlyOwners):
        team.invite(summit, "second@people.example", Role.OWNER, by=operator)


def test_somebody_who_is_no_operator_invites_no_first_owner(db):
    with pytest.raises(team.OnlyOwners):
        team.invite(make_summit(), "owner@people.example", Role.OWNER, by=make_user(is_staff=True))


def test_an_operator_who_becomes_the_owner_is_in_the_history(operator):
    summit = make_summit()
    row = installation.become_owner(summit, by=operator)
    assert row.is_accepted
    line = HistoryEntry.objects.get()
    assert (line.action, line.summit, line.changes) == ("membership.create", summit, {"role": [None, "owner"]})
    with pytest.raises(HasOwner):
        installation.become_owner(summit, by=make_user(is_superuser=True))


def test_becoming_the_owner_takes_up_an_open_invitation_of_ones_own(operator):
    summit = make_summit()
    team.invite(summit, operator.email, Role.OWNER, by=operator)
    row = installation.become_owner(summit, by=operator)
    assert row.is_accepted and row.token == ""
    assert summit.memberships.count() == 1
