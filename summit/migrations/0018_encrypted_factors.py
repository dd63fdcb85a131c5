"""Seeds of second factors are encrypted from here on.

Those from before are read as they are, and encrypted by the housekeeping a day after this, or by ``rotate_secrets``: a
release from before it, which may still run, reads no others.
"""

from typing import Any

from django.db import migrations

from summit.lib.sealed import unseal

NAMES = ("secret", "seed")


def decrypt(apps: Any, _schema: Any) -> None:
    table = apps.get_model("mfa", "Authenticator")
    for row in table.objects.exclude(type="webauthn").iterator():
        data = {**row.data, **{name: unseal(row.data[name]) for name in NAMES if name in row.data}}
        if "migrated_codes" in data:
            data["migrated_codes"] = [unseal(code) for code in data["migrated_codes"]]
        table.objects.filter(pk=row.pk).update(data=data)


class Migration(migrations.Migration):
    dependencies = [
        ("summit", "0017_session_generation"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(migrations.RunPython.noop, decrypt)]
