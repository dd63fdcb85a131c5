"""Inviting somebody by mail to become something: a team member, a host's contact, the owner of a profile.

One way for all: a row made by :func:`invite` counts for nothing until the invited person, signed in with the invited
address, accepts it once within two weeks. Only they can: a forwarded link does not help anybody else.
"""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.accounts.sign_in import account_for
from summit.errors import Refusal
from summit.lib.codes import token
from summit.mailing import outbox
from summit.models import Invited, Summit, User
from summit.models.team import invitation_ends


class ForSomebodyElse(Refusal):
    code = "for_somebody_else"
    status = 403
    message: Any = _("This invitation was sent to another address. Sign in with the address it was sent to.")


class AlreadyAccepted(Refusal):
    code = "already_accepted"
    message: Any = _("This invitation has been accepted already.")


class InvitationExpired(Refusal):
    code = "invitation_expired"
    status = 410
    message: Any = _("This invitation has expired. Ask whoever sent it for a new one.")


@transaction.atomic
def invite[I: Invited](
    row: I,
    email: str,
    *,
    summit: Summit,
    by: User,
    template: str,
    path: str,
    name: str = "",
    language: str = "",
    **context: object,
) -> I:
    """Make ``row`` an open invitation for ``email``, saved and mailed. ``path`` is a URL name that takes the summit's
    code and the token; ``template`` a mail template as for :func:`summit.mailing.outbox.post`."""
    row.user = account_for(email, name=name, language=language or summit.languages[0])  # type: ignore[attr-defined]
    row.accepted_at, row.invited_by = None, by
    _send(row, summit=summit, template=template, path=path, context=context)
    history.record(f"{row._meta.model_name}.invite", row, by=by, summit=summit)
    return row


@transaction.atomic
def invite_again(row: Invited, *, summit: Summit, by: User, template: str, path: str, **context: object) -> None:
    """A new link with a new end; the one before stops working. Raises :class:`AlreadyAccepted`."""
    locked = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if locked.is_accepted:
        raise AlreadyAccepted
    row.invited_by = by
    _send(row, summit=summit, template=template, path=path, context=context)
    history.record(f"{row._meta.model_name}.invite", row, by=by, summit=summit)


def _send(row: Invited, *, summit: Summit, template: str, path: str, context: dict[str, object]) -> None:
    row.token, row.invited_at, row.expires_at = token(), timezone.now(), invitation_ends()
    row.save()
    user: User = row.user  # type: ignore[attr-defined]
    with translation.override(user.language):
        link = summit.address(reverse(path, args=[summit.code, row.token]))
    outbox.post(template, to=user.email, language=user.language, summit=summit,
                context={"link": link, "invitation": row, "sender": row.invited_by, **context})  # fmt: skip


@transaction.atomic
def accept[I: Invited](row: I, user: User, *, summit: Summit) -> I:
    """Take the invitation up. Raises :class:`ForSomebodyElse`, :class:`AlreadyAccepted`, :class:`InvitationExpired`."""
    locked: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    refuse(locked, user)
    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at"])
    became: history.Changes = {"role": (None, locked.role)} if hasattr(locked, "role") else {}
    became["accepted_at"] = (None, locked.accepted_at.isoformat(timespec="seconds"))
    history.record(f"{row._meta.model_name}.accept", locked, by=user, summit=summit, changes=became)
    return locked


def refuse(row: Invited, user: User) -> None:
    """Raises the refusal that :func:`accept` would meet; the page asks before it offers the button."""
    if row.user_id != user.pk:  # type: ignore[attr-defined]
        raise ForSomebodyElse
    if row.is_accepted:
        raise AlreadyAccepted
    if row.is_expired:
        raise InvitationExpired


@transaction.atomic
def remove(row: Invited, *, summit: Summit, by: User) -> None:
    """Take a role or an open invitation away, at once: what is gone opens no page from the next request on."""
    lost: history.Changes = {"role": (row.role, None)} if hasattr(row, "role") else {}
    history.record(f"{row._meta.model_name}.remove", row, by=by, summit=summit, changes=lost)
    row.delete()
