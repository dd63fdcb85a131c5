"""What of somebody others read: on the badge, and in the list of participants."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Script(models.TextChoices):
    NATIVE = "native", _("Name as written")
    ROMANISED = "romanised", _("Name in Latin letters")


class Listed(models.TextChoices):
    """What of somebody those taking part read in the list of participants."""

    NOTHING = "", _("Nothing: I am not in the list")
    NAME = "name", _("My name")
    BODY = "body", _("My name and organisation")
