"""How a summit looks: its logo, its two colours, and the picture beside shared links."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from summit.editing import pictures
from summit.editing.inline_edits import NO_VERSIONS
from summit.editing.summit_settings import set_facts
from summit.models import Summit, User

COLOURS = ("brand_colour", "accent_colour")
PICTURES = {"logo": pictures.LOGO, "social_picture": pictures.SOCIAL}
VERSIONED = (*COLOURS, *PICTURES)


@transaction.atomic
def set_look(
    summit: Summit,
    colours: Mapping[str, str],
    sent: Mapping[str, bytes | None],
    *,
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User | None,
) -> Summit:
    """Set what differs. ``sent`` holds, by the names of :data:`PICTURES`, a new file, ``b""`` to take it away, None to keep it.

    Raises :class:`summit.editing.pictures.NotAPicture` and :class:`summit.editing.revising.Overtaken`.
    """
    wanted: dict[str, Any] = {name: value for name, value in colours.items() if name in COLOURS}
    for name, kind in PICTURES.items():
        content = sent.get(name)
        if content is not None:
            wanted[name] = pictures.store(content, kind) if content else ""
    before = {name: getattr(Summit.objects.get(pk=summit.pk), name).name for name in PICTURES if name in wanted}
    found = set_facts(summit, wanted, form_versions=form_versions, by=by)
    for name in before.values():
        pictures.forget(name)
    return found
