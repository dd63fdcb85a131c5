"""What happens to how somebody signs in, in the history: for operators in the admin, for themselves on a page of theirs.

Of a browser its name is kept, of an address its network; passwords, codes and keys never.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.tasks import task
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.accounts import one_time_codes
from summit.lib import devices
from summit.models import HistoryEntry, User

SIGNED_IN, FAILED, WRONG_CODE, SIGNED_OUT = "user.sign_in", "user.sign_in_failed", "user.wrong_code", "user.sign_out"
# What a mail of the library tells: the action, and which factor there was and is.
BY_MAIL: dict[str, tuple[str, str | None, str | None]] = {
    "account/email/password_changed": ("user.password", None, None),
    "account/email/password_set": ("user.password", None, None),
    "account/email/password_reset": ("user.password", None, None),
    "account/email/email_changed": ("user.address", None, None),
    "account/email/email_deleted": ("user.address", None, None),
    "account/email/email_confirm": ("user.address", None, None),
    "mfa/email/totp_activated": ("user.factor_added", None, "totp"),
    "mfa/email/totp_deactivated": ("user.factor_removed", "totp", None),
    "mfa/email/webauthn_added": ("user.factor_added", None, "webauthn"),
    "mfa/email/webauthn_removed": ("user.factor_removed", "webauthn", None),
    "mfa/email/recovery_codes_generated": ("user.factor_added", None, "recovery_codes"),
}
ACTIONS = (SIGNED_IN, FAILED, WRONG_CODE, SIGNED_OUT, *dict.fromkeys(action for action, *_factors in BY_MAIL.values()))
# How somebody signed in, in the words of their page.
WAYS = {
    "password": _("password"),
    "code": _("mailed code"),
    "password_reset": _("new password"),
    "totp": _("authenticator app"),
    "recovery_codes": _("recovery code"),
    "webauthn": _("passkey"),
}


def device_of(request: HttpRequest) -> str:
    return devices.words(request.headers.get("User-Agent", ""))


def record(request: HttpRequest, user: User, action: str, changes: history.Changes | None = None) -> None:
    """One line about somebody's own account, by themselves."""
    found: history.Changes = {**(changes or {}), "device": (None, device_of(request))}
    history.record(action, user, by=user, summit=None, changes=found)


def signed_in(request: HttpRequest, user: User) -> None:
    records = get_authentication_records(request, user)
    ways = [str(each["type"] if each["method"] == "mfa" else each["method"]) for each in records]
    record(request, user, SIGNED_IN, {"way": (None, list(dict.fromkeys(ways)))})


def told_by(mail: str, request: HttpRequest, user: User) -> None:
    """What a mail of the library tells the person is a line as well."""
    if mail in BY_MAIL:
        action, before, after = BY_MAIL[mail]
        record(request, user, action, {"factor": (before, after)} if before or after else None)


@task
def failed(email: str, network: str, device: str) -> bool:
    """A wrong password, where there is an account. In the worker: no answer tells known addresses from unknown ones."""
    user = User.objects.filter(email__address=email).first()
    if user is not None:
        with history.coming_from("page", network.partition("/")[0]):
            history.record(FAILED, user, by=None, summit=None, changes={"device": (None, device)})
    return user is not None


class _Noted:
    """A wrong code of an app, or a wrong recovery code, is a line of history."""

    user: User

    def clean_code(self) -> str:
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError:
            record(context.request, self.user, WRONG_CODE)
            raise


class AuthenticateForm(_Noted, one_time_codes.AuthenticateForm):
    pass


class ReauthenticateForm(_Noted, one_time_codes.ReauthenticateForm):
    pass


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    label: str
    how: str
    device: str
    network: str


def of(user: User, most: int = 30) -> list[Event]:
    """What happened to somebody's account lately, newest first. One query."""
    rows = HistoryEntry.objects.filter(subject_kind="summit.user", subject_key=str(user.pk), action__in=ACTIONS)
    return [_event(row) for row in rows.order_by("-at", "-pk")[:most]]


def _event(row: HistoryEntry) -> Event:
    after: dict[str, Any] = {name: pair[1] or pair[0] for name, pair in row.changes.items()}
    ways: Iterable[str] = after.get("way") or ([after["factor"]] if after.get("factor") else [])
    how = ", ".join(str(WAYS.get(way, way)) for way in ways)
    network = row.place.partition(" ")[2]
    return Event(row.at, history.label(row.action), how, after.get("device") or "", network)
