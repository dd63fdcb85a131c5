import json
from datetime import timedelta
from importlib import import_module
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from summit.accounts.factor_secrets import Recorded, encrypt_plain
from summit.lib.sealed import MARK, unseal
from tests.factories import make_user
from tests.second_factors import enrol, show

migration = import_module("summit.migrations.0018_encrypted_factors")
NEW = "another key of the environment, as long as it should be"


def stored() -> str:
    """All rows as they lie in the database, read past the models."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return json.dumps([str(row[0]) for row in cursor.fetchall()])


def made_plain() -> None:
    """As they were stored by earlier releases."""
    migration.decrypt(apps, None)


@pytest.fixture
def user(db):
    return make_user("organiser@team.example")


def much_later(user) -> None:
    """A code is good once: as if the next one were shown, without waiting for it."""
    for factor in Authenticator.objects.filter(user=user, type="totp"):
        factor.data.pop("last_step", None)
        factor.save()


def rotate() -> str:
    out = StringIO()
    call_command("rotate_secrets", stdout=out)
    return out.getvalue()


def test_seeds_are_nowhere_in_the_database(user, as_user):
    secret = enrol(user)
    codes = RecoveryCodes.activate(user)
    seed = unseal(codes.instance.data["seed"])
    assert len(seed) == 80
    assert secret not in stored() and seed not in stored() and MARK in stored()
    assert show(as_user(user), secret)["Location"] == "/en/my/"


def test_seeds_from_before_work_and_are_encrypted_a_day_after_the_update(user, as_user):
    secret = enrol(user)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "key", "credential": {}})
    made_plain()
    assert secret in stored() and MARK not in stored()
    assert show(as_user(user), secret)["Location"] == "/en/my/"
    update = Recorded.objects.filter(app="summit", name="0018_encrypted_factors")
    update.update(applied=timezone.now() - timedelta(hours=23))
    # An earlier release may still run, and reads plain ones alone.
    assert encrypt_plain() == 0 and secret in stored()
    update.update(applied=timezone.now() - timedelta(hours=25))
    out = StringIO()
    call_command("tidy", stdout=out)
    assert "second factors encrypted: 2" in out.getvalue() and encrypt_plain() == 0
    assert secret not in stored()
    much_later(user)
    assert show(as_user(user), secret)["Location"] == "/en/my/"
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == codes
    assert Authenticator.objects.get(type="webauthn").data == {"name": "key", "credential": {}}


def test_the_key_is_changed_without_anybody_noticing(user, as_user, settings):
    secret = enrol(user)
    Authenticator.objects.create(user=make_user("other@team.example"), type="recovery_codes",
                                 data={"used_mask": 0, "migrated_codes": ["11111111", "22222222"], "seed": "plain"})  # fmt: skip
    former, settings.SECRET_KEY = settings.SECRET_KEY, NEW
    settings.SECRET_KEY_FALLBACKS = [former]
    assert show(as_user(user), secret)["Location"] == "/en/my/"
    assert rotate() == "2 secrets are encrypted with the present SECRET_KEY.\n"
    settings.SECRET_KEY_FALLBACKS = []
    much_later(user)
    assert show(as_user(user), secret)["Location"] == "/en/my/"
    other = Authenticator.objects.get(type="recovery_codes")
    assert other.wrap().get_unused_codes() == ["11111111", "22222222"] and "11111111" not in stored()
    assert other.data["used_mask"] == 0
    assert other.wrap().validate_code("11111111")


def test_a_seed_nobody_can_read_opens_nothing_and_is_told(user, as_user, settings):
    secret = enrol(user)
    settings.SECRET_KEY = NEW
    answer = show(as_user(user), secret)
    assert answer.status_code == 500
    assert "Tell whoever operates this site" in answer.content.decode()
    before = stored()
    with pytest.raises(CommandError, match=r"1 cannot be read .*organiser@team\.example"):
        rotate()
    assert stored() == before
