"""Mail that is held back: nothing leaves and nothing fails until an operator releases it."""

from datetime import datetime

from django.utils import timezone

from summit.models import MailHold

# There is one row at most.
ROW = 1


def hold(reason: str, *, copied_at: datetime | None = None) -> None:
    """From now on no mail leaves; one that holds already stays as it is. ``reason`` is one of ``MailHold.Reason``."""
    MailHold.objects.get_or_create(pk=ROW, defaults={"reason": reason, "copied_at": copied_at})


def statements(*, copied_at: str) -> list[str]:
    """The same as SQL, for a database that nobody is to see before its mail is held. ``copied_at`` is ISO 8601."""
    table, moment = MailHold._meta.db_table, datetime.fromisoformat(copied_at).isoformat()
    reason, now = MailHold.Reason.RESTORED.value, timezone.now().isoformat()
    # Our own names, and moments that were read as such.
    row = f"INSERT INTO {table} (id, reason, since, copied_at) VALUES ({ROW}, '{reason}', '{now}', '{moment}')"  # noqa: S608
    return [f"DELETE FROM {table}", row]  # noqa: S608


def held() -> MailHold | None:
    return MailHold.objects.first()


def is_held() -> bool:
    return MailHold.objects.exists()


def end() -> bool:
    """Let mail leave again; returns whether it was held."""
    return MailHold.objects.all().delete()[0] > 0
