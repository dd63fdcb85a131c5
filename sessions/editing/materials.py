"""Slides, links and recordings of a session: adding, describing, confirming, removing."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models import Material, Session
from summit import history
from summit.errors import Refusal
from summit.lib.weblinks import encoded
from summit.models import User

OF_ALL = ("title", "language")
OF_RECORDINGS = ("quality", "licence", "chapters", "captions_url", "size")


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
def describe(material: Material, values: Mapping[str, Any], *, by: User | None) -> Material:
    """Say more of a link: its title and language, of a recording what ``OF_RECORDINGS`` names. Its address stays; another
    one is another link."""
    locked = Material.objects.select_for_update(of=("self",)).select_related("session__summit").get(pk=material.pk)
    wanted = {name: value for name, value in values.items() if name in (*OF_ALL, *OF_RECORDINGS)}
    changes = history.changed(locked, wanted)
    if not changes:
        return locked
    for name, value in wanted.items():
        setattr(locked, name, value)
    locked.clean_fields(exclude={"session", "url", "kind", "order"})
    locked.save(update_fields=list(changes))
    _tell(locked.session, {f"link {name}": change for name, change in changes.items()}, by)
    return locked


@transaction.atomic
def confirm(material: Material, *, yes: bool = True, by: User | None) -> None:
    """Somebody has looked at the link and it leads where it says, or it no longer does."""
    if material.confirmed == yes:
        return
    material.confirmed = yes
    material.confirmed_by, material.confirmed_at = (by, timezone.now()) if yes else (None, None)
    material.save(update_fields=["confirmed", "confirmed_by", "confirmed_at"])
    _tell(material.session, {"link confirmed": (not yes, yes)}, by)


def _tell(session: Session, changes: history.Changes, by: User | None) -> None:
    history.record("session.edit", session, by=by, summit=session.summit, changes=changes)
    if session.is_published:
        session.updated_at = timezone.now()
        session.save(update_fields=["updated_at"])
        session.summit.raise_revision()
