"""Accreditation of two registrations of one person that become one."""

from registration.accrediting import vetting
from registration.models import Registration, ZoneException
from registration.models.accreditation import Photo
from registration.models.vetting import BARRED
from summit.models import User


def join(kept: Registration, other: Registration, *, by: User) -> None:
    """What only the other has goes along, both rows held: a photo, steps of the vetting, zones of its own. Whoever may not
    come in under one of the two may not under the other."""
    if not Photo.objects.filter(registration=kept).exists():
        Photo.objects.filter(registration=other).update(registration=kept)
    own = kept.zone_exceptions.values("zone")
    more = ZoneException.objects.filter(registration=other).exclude(zone__in=list(own.values_list("zone", flat=True)))
    more.update(registration=kept)
    other.vetting_steps.update(registration=kept)
    if other.vetting in BARRED and kept.vetting not in BARRED:
        vetting.carry_over(kept, other, by=by)
