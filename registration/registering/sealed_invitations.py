"""Whoever is protected stands under the alias also in the invitation that was sent to them."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from registration.models import Invitation, Registration
from registration.registering import sealed_texts
from summit.models import HistoryEntry

# What of an invitation is written anew.
WRITTEN = ("name", "email", "country", "prefill", "found_as")


def hide(locked: Registration, addresses: list[str], scrub: Callable[[Any], Any]) -> None:
    """``locked`` has its alias and its stand-in already. The invitation it followed, and those to its addresses."""
    theirs = Q(registration=locked)
    for address in addresses:
        theirs |= Q(registration=None, email__iexact=address)
    for row in Invitation.objects.select_for_update().filter(theirs, summit=locked.summit_id).order_by("pk"):
        row.name, row.email, row.country, row.prefill = locked.name, locked.email, "", {}
        row.save(update_fields=WRITTEN)
        lines = HistoryEntry.objects.filter(subject_kind=row._meta.label_lower, subject_key=str(row.pk))
        for entry in lines.filter(masked_at=None).select_related("by"):
            entry.subject_name = str(row)
            sealed_texts.mask(locked, entry, scrub)


def show(registration: Registration, stand_in: str) -> None:
    """``registration`` has its name and its address again."""
    for row in Invitation.objects.filter(summit=registration.summit_id, email=stand_in):
        row.name, row.email, row.country = registration.name, registration.email, registration.country
        row.save(update_fields=WRITTEN)
