"""Seeds of second factors, so far in the clear, are encrypted."""

from collections.abc import Callable
from typing import Any

from django.db import migrations

from summit.lib.sealed import MARK, seal, unseal

NAMES = ("secret", "seed")


def _change(apps: Any, change: Callable[[str], str]) -> None:
    table = apps.get_model("mfa", "Authenticator")
    for row in table.objects.exclude(type="webauthn").iterator():
        data = {**row.data, **{name: change(row.data[name]) for name in NAMES if name in row.data}}
        if "migrated_codes" in data:
            data["migrated_codes"] = [change(code) for code in data["migrated_codes"]]
        table.objects.filter(pk=row.pk).update(data=data)


def encrypt(apps: Any, _schema: Any) -> None:
    _change(apps, lambda kept: kept if kept.startswith(MARK) else seal(kept))


def decrypt(apps: Any, _schema: Any) -> None:
    _change(apps, unseal)


class Migration(migrations.Migration):
    dependencies = [
        ("summit", "0017_session_generation"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
