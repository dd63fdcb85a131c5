"""What happens to how somebody signs in, in the history: for operators in the admin, for themselves on a page of theirs.

Of a browser its name is kept, of an address its network; passwords, codes and keys never.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth as passkeys
from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.tasks import task
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode

from summit import history, refusals
from summit.accounts import account_alerts, one_time_codes
from summit.lib import devices
from summit.lib.text import clean_line
from summit.models import HistoryEntry, User
from summit.ratelimit import client_address

SIGNED_IN, FAILED, WRONG_CODE, SIGNED_OUT = "user.sign_in", "user.sign_in_failed", "user.wrong_code", "user.sign_out"
WRONG_MAILED_CODE, USED_CODE, REFUSED_PASSKEY = "user.wrong_mailed_code", "user.used_code", "user.refused_passkey"
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
ACTIONS = (
    SIGNED_IN, FAILED, WRONG_CODE, WRONG_MAILED_CODE, USED_CODE, REFUSED_PASSKEY, SIGNED_OUT,
    *dict.fromkeys(action for action, *_factors in BY_MAIL.values()),
)  # fmt: skip
# Of how many sign-ins places are known: more than anybody has within the time they are kept.
PLACES = 500
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


def is_new_place(request: HttpRequest, user: User) -> bool:
    """Whether somebody who signed in before now does so with another browser or from another network. One query."""
    rows = _lines(user).filter(action=SIGNED_IN).order_by("-pk").values_list("place", "changes")[:PLACES]
    known = {(place.partition(" ")[2], (changes.get("device") or [None, ""])[1]) for place, changes in rows}
    return bool(known) and (history.network(client_address(request)), device_of(request)) not in known


def note_failure(action: str, request: HttpRequest, email: str) -> None:
    """Somebody without an account of theirs in the session failed to sign in with this address."""
    refusals.note(refusals.SIGN_IN, request)
    failed.enqueue(clean_line(email).lower(), history.network(client_address(request)), device_of(request), action)


@task
def failed(email: str, network: str, device: str, action: str = FAILED) -> bool:
    """A wrong password or a wrong mailed code, where there is an account. In the worker: no answer tells known addresses
    from unknown ones."""
    user = User.objects.filter(email__address=email).first()
    if user is not None:
        with history.coming_from("page", network.partition("/")[0]):
            history.record(action, user, by=None, summit=None, changes={"device": (None, device)})
    return user is not None


class _Noted:
    """A wrong code of an app, or a wrong recovery code, is a line of history; one that was good before is told as well."""

    user: User
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"])
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError:
            again = one_time_codes.was_used(self.user, typed)
            record(context.request, self.user, USED_CODE if again else WRONG_CODE)
            refusals.note(refusals.SIGN_IN, context.request)
            if again:
                account_alerts.queue(account_alerts.USED_CODE, context.request, self.user, device_of(context.request))
            raise


class NotedMailedCode:
    """A wrong mailed code is a line of history."""

    def clean_code(self) -> str:
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError:
            stage = getattr(context.request, "_login_stage", None)
            sent_to = getattr(self, "email", None) or (stage.state.get("email") if stage else "")
            note_failure(WRONG_MAILED_CODE, context.request, str(sent_to or ""))
            raise


class AuthenticateForm(_Noted, one_time_codes.AuthenticateForm):
    pass


class ReauthenticateForm(_Noted, one_time_codes.ReauthenticateForm):
    pass


class _NotedPasskey:
    """A passkey that did not fit is a line of history of whom it belongs to."""

    user: User | None
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        sent = self.cleaned_data["credential"]
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            refusals.note(refusals.SIGN_IN, context.request)
            if user := self.user or _owner(sent):
                record(context.request, user, REFUSED_PASSKEY)
            raise


def _owner(sent: Any) -> User | None:
    """Whose passkey it is, by what was sent: name and key must fit, so that nobody writes into another's history."""
    try:
        user = passkeys.extract_user_from_response(sent)
        known = passkeys.get_authenticator_by_credential_id(user, websafe_decode(sent["id"]))
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return user if known else None


class LoginPasskeyForm(_NotedPasskey, webauthn.LoginWebAuthnForm):
    pass


class AuthenticatePasskeyForm(_NotedPasskey, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticatePasskeyForm(_NotedPasskey, webauthn.ReauthenticateWebAuthnForm):
    pass


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    label: str
    how: str
    device: str
    network: str


def _lines(user: User) -> QuerySet[HistoryEntry]:
    return HistoryEntry.objects.filter(subject_kind="summit.user", subject_key=str(user.pk))


def of(user: User, most: int = 30) -> list[Event]:
    """What happened to somebody's account lately, newest first. One query."""
    rows = _lines(user).filter(action__in=ACTIONS).order_by("-at", "-pk")
    return [_event(row) for row in rows[:most]]


def forget(older_than: datetime) -> int:
    """Delete lines from before then; returns how many. The newest sign-in of each account stays: by it a new place is
    known as one."""
    lines = HistoryEntry.objects.filter(subject_kind="summit.user", action__in=ACTIONS)
    newest = lines.filter(action=SIGNED_IN).values("subject_key").annotate(newest=Max("pk")).values("newest")
    deleted, _kinds = lines.filter(at__lt=older_than).exclude(pk__in=newest).delete()
    return deleted


def _event(row: HistoryEntry) -> Event:
    after: dict[str, Any] = {name: pair[1] or pair[0] for name, pair in row.changes.items()}
    ways: Iterable[str] = after.get("way") or ([after["factor"]] if after.get("factor") else [])
    how = ", ".join(str(WAYS.get(way, way)) for way in ways)
    network = row.place.partition(" ")[2]
    return Event(row.at, history.label(row.action), how, after.get("device") or "", network)
