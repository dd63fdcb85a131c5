"""Whoever is protected and looks after a delegation, or is whom the team writes to, does so under the alias."""

from collections.abc import Callable
from typing import Any

from registration.models import Delegation, DelegationHead, Registration
from registration.registering import sealed_texts
from summit.models import HistoryEntry


def hide(locked: Registration, address: str, scrub: Callable[[Any], Any]) -> None:
    """``locked`` has its alias and its stand-in already; ``scrub`` hides the name and the address in texts."""
    heads = DelegationHead.objects.filter(delegation__summit=locked.summit_id)
    heads.filter(email__address=address).update(name=locked.name, email=locked.email)
    ours = Delegation.objects.filter(summit=locked.summit_id)
    ours.filter(contact_email__iexact=address).update(contact_name=locked.name, contact_email=locked.email)
    for pk, notes in ours.exclude(notes="").values_list("pk", "notes"):
        if (hidden := scrub(notes)) != notes:
            ours.filter(pk=pk).update(notes=hidden[:2000])
    lines = HistoryEntry.objects.filter(summit=locked.summit_id, subject_kind=Delegation._meta.label_lower)
    for entry in lines.filter(masked_at=None).exclude(changes={}).select_related("by"):
        if scrub(entry.changes) != entry.changes:
            sealed_texts.mask(locked, entry, scrub)


def show(registration: Registration, stand_in: str) -> None:
    """``registration`` has its name and its address again."""
    told = {"name": registration.name, "email": registration.email}
    DelegationHead.objects.filter(email=stand_in).update(**told)
    ours = Delegation.objects.filter(summit=registration.summit_id, contact_email=stand_in)
    ours.update(contact_name=told["name"], contact_email=told["email"])
