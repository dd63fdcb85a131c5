"""Whether somebody may enter the venue, as whoever looks into it says."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Vetting(models.TextChoices):
    NOT_NEEDED = "not_needed", pgettext_lazy("vetting", "Not needed")
    WAITING = "waiting", pgettext_lazy("vetting", "Waiting")
    IN_REVIEW = "in_review", pgettext_lazy("vetting", "In review")
    CLEARED = "cleared", pgettext_lazy("vetting", "Cleared")
    REFUSED = "refused", pgettext_lazy("vetting", "Refused")
    REVOKED = "revoked", pgettext_lazy("vetting", "Revoked")


# Who may come in, who is looked into, and who may not.
PASSED = (Vetting.NOT_NEEDED, Vetting.CLEARED)
OPEN = (Vetting.WAITING, Vetting.IN_REVIEW)
BARRED = (Vetting.REFUSED, Vetting.REVOKED)


class PhotoWanted(models.TextChoices):
    """What a category asks of the photos of its people."""

    NO = "", _("No photo")
    LOOKED_AT = "looked_at", _("A photo, for the desk")
    PRINTED = "printed", _("A photo, for the desk and on the badge")


def vetted_as(said: str, *, vetted: bool) -> Vetting:
    """Where a vetting stands of which ``said`` is kept; "": as the category, where it is ``vetted`` or not, has it."""
    if said:
        return Vetting(said)
    return Vetting.WAITING if vetted else Vetting.NOT_NEEDED
