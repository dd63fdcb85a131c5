"""Taking a whole summit away, with everything in it. What was never public its owner may take; else an operator."""

from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.editing.opening import OtherThanAsked
from summit.errors import Refusal
from summit.models import HistoryEntry, Role, Summit, User


class WasPublic(Refusal):
    code = "was_public"
    message: Any = _("This summit was public once: people have links to it. Only an operator of the installation deletes it.")  # fmt: skip


class NotOwner(Refusal):
    code = "not_owner"
    status = 403
    message: Any = _("Only an owner of the summit deletes it.")


class OtherCode(Refusal):
    code = "other_code"
    status = 422
    message: Any = _("This is not the address of the summit. Write it as it stands above.")


# The apps above keep files beside their rows; they are known by name only.
FORGET_MATERIAL, FORGET_PORTRAIT = "sessions.editing.files.forget", "speakers.editing.portraits.forget"


@dataclass(frozen=True, slots=True)
class Losses:
    """How much goes with a summit."""

    sessions: int
    speakers: int
    organisations: int
    pages: int
    registrations: int
    members: int

    @property
    def fingerprint(self) -> str:
        """What a form carries, so that nobody agrees to more than they were told."""
        return "-".join(str(getattr(self, field.name)) for field in fields(self))


def losses(summit: Summit) -> Losses:
    """Six queries. What the apps above keep is known by nothing but its relation."""
    found: Any = summit
    return Losses(
        sessions=found.sessions.count(),
        speakers=found.speakers.count(),
        organisations=found.organisations.count(),
        pages=summit.pages.count(),
        registrations=found.registrations.count(),
        members=summit.memberships.accepted().count(),
    )


def was_public(summit: Summit) -> bool:
    """Whether anybody outside the team could ever read it, as far as is known."""
    if summit.is_public or summit.agenda_is_published:
        return True
    lines = HistoryEntry.objects.filter(summit=summit)
    told = models.Q(action__in=("summit.open", "summit.close")) | models.Q(
        action="summit.edit", changes__has_key="is_public"
    )
    return lines.filter(told).exists()


def allow(summit: Summit, user: User) -> None:
    """Whether somebody deletes a summit who is no operator. Raises :class:`NotOwner` and :class:`WasPublic`."""
    if not summit.memberships.accepted().filter(user=user, role=Role.OWNER).exists():
        raise NotOwner
    if was_public(summit):
        raise WasPublic


@transaction.atomic
def delete_summit(
    summit: Summit, *, typed: str, seen: str | None = None, as_operator: bool = False, by: User
) -> Summit:
    """Everything of it goes, its files and its own history too; the installation's history keeps one line of it.

    ``typed`` is its code, written by hand; ``seen`` the fingerprint of the :class:`Losses` that were told, None: nothing was
    asked. Raises what :func:`allow` raises, :class:`OtherCode` and :class:`summit.editing.opening.OtherThanAsked`.
    """
    locked: Any = Summit.objects.select_for_update().get(pk=summit.pk)
    if not as_operator:
        allow(locked, by)
    if typed.strip() != locked.code:
        raise OtherCode
    gone = losses(locked)
    if seen is not None and seen != gone.fingerprint:
        raise OtherThanAsked
    changes: history.Changes = {"code": (locked.code, None), "name": (history.plain(locked.name), None)}
    changes |= {field.name: (getattr(gone, field.name), 0) for field in fields(gone)}
    history.record("summit.delete", locked, by=by, summit=None, changes=changes)
    files = _files(locked)
    _forget_files_above(locked)
    # What holds on to rooms, people and categories goes before them.
    for name in ("registrations", "sessions", "rooms"):
        getattr(locked, name).all().delete()
    locked.delete()
    for storage, name in files:
        transaction.on_commit(partial(storage.delete, name), robust=True)
    return summit


def _forget_files_above(locked: Any) -> None:
    for session in locked.sessions.prefetch_related("materials"):
        for material in session.materials.all():
            import_string(FORGET_MATERIAL)(material)
    for name in locked.speakers.exclude(portrait="").values_list("portrait", flat=True):
        import_string(FORGET_PORTRAIT)(name)


def _files(summit: Summit) -> list[tuple[Any, str]]:
    """(storage, name) of every file that belongs to the summit."""
    found: list[tuple[Any, str]] = []
    for model in apps.get_models():
        columns = [field for field in model._meta.fields if isinstance(field, models.FileField)]
        if not columns or not (model is Summit or any(field.name == "summit" for field in model._meta.fields)):
            continue
        for row in model._default_manager.filter(**{"pk" if model is Summit else "summit": summit.pk}):
            found += [(field.storage, file.name) for field in columns if (file := getattr(row, field.name))]
    return found
