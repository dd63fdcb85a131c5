"""The row of a registration while something about its accreditation changes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from registration.models import Registration
from summit.errors import Refusal


class NothingToAccredit(Refusal):
    code = "nothing_to_accredit"
    message: Any = _("This registration has ended. There is nothing to accredit.")


def held(registration: Registration) -> Registration:
    """The registration brought to what it is now, its row held until the transaction ends. Raises
    :class:`NothingToAccredit` where it has ended or its person was erased."""
    rows = Registration.objects.select_for_update(of=("self",)).select_related("summit", "category", "delegation")
    now = rows.get(pk=registration.pk)
    for field in registration._meta.concrete_fields:
        setattr(registration, field.attname, getattr(now, field.attname))
    for name in ("summit", "category", "delegation"):
        setattr(registration, name, getattr(now, name))
    if not registration.is_active:
        raise NothingToAccredit
    return registration
