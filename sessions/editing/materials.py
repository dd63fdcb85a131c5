"""Slides, links and recordings of a session: adding, confirming, removing."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models import Material, Session
from summit import history
from summit.errors import Refusal
from summit.lib.weblinks import encoded
from summit.models import User


class AlreadyLinked(Refusal):
    code = "already_linked"
    message: Any = _("This address is linked already.")


@transaction.atomic
def add(
    session: Session, *, kind: str, url: str, title: dict[str, str], language: str = "", by: User | None
) -> Material:
    """Link something to a session, unconfirmed; live at once where the session is public. Raises :class:`AlreadyLinked`."""
    locked = Session.objects.select_for_update(of=("self",)).select_related("summit").get(pk=session.pk)
    url = encoded(url)
    if locked.materials.filter(url=url).exists():
        raise AlreadyLinked
    order = locked.materials.count() + 1
    made = Material.objects.create(session=locked, kind=kind, url=url, title=title, language=language, order=order)
    _tell(locked, {"materials": ("", url)}, by)
    return made


@transaction.atomic
def remove(material: Material, *, by: User | None) -> None:
    session = Session.objects.select_for_update(of=("self",)).select_related("summit").get(pk=material.session_id)
    _tell(session, {"materials": (material.url, "")}, by)
    material.delete()


@transaction.atomic
def confirm(material: Material, *, yes: bool = True, by: User | None) -> None:
    """Somebody has looked at the link and it leads where it says, or it no longer does."""
    if material.confirmed == yes:
        return
    material.confirmed = yes
    material.save(update_fields=["confirmed"])
    _tell(material.session, {"link confirmed": (not yes, yes)}, by)


def _tell(session: Session, changes: history.Changes, by: User | None) -> None:
    history.record("session.edit", session, by=by, summit=session.summit, changes=changes)
    if session.is_published:
        session.updated_at = timezone.now()
        session.save(update_fields=["updated_at"])
        session.summit.raise_revision()
