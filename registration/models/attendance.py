"""How a person comes."""

from django.db import models
from django.utils.translation import pgettext_lazy

from summit.models.summit import Mode


class Attendance(models.TextChoices):
    IN_PERSON = "in_person", pgettext_lazy("attendance", "In person")
    ONLINE = "online", pgettext_lazy("attendance", "Online")


def offered(mode: str) -> tuple[Attendance, ...]:
    """The ways one can come to a summit of this mode."""
    return tuple(way for way in Attendance if mode in {Mode.HYBRID, way.value})
