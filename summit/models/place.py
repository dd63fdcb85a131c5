"""Buildings and the places in them."""

import json
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.lib.times import intervals
from summit.lib.translated import TranslatedField
from summit.lib.weblinks import validate_web_link
from summit.models.summit import Summit

validate_slug = RegexValidator(
    r"\A[a-z][a-z0-9-]{1,49}\Z", _("Small letters, digits and hyphens, beginning with a letter.")
)


class RoomAccess(models.TextChoices):
    """What a room offers so that everybody can be in it and follow."""

    STEP_FREE = "step_free", _("Step-free access")
    HEARING_LOOP = "hearing_loop", _("Hearing loop")


def check_choices(name: str, values: Any, choices: type[models.TextChoices]) -> None:
    """Raises ``ValidationError`` where a JSON list holds anything but these choices."""
    known = [str(value) for value in choices.values]
    if not isinstance(values, list) or any(value not in known for value in values):
        message = _("Write a list of some of: %(known)s.") % {"known": json.dumps(known)}
        raise ValidationError({name: message})


class Venue(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="venues")
    code = models.CharField(_("code"), max_length=50, validators=[validate_slug])
    name = TranslatedField(_("name"))
    address = TranslatedField(_("address"), blank=True)
    city = TranslatedField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    map_url = models.URLField(_("map"), max_length=500, blank=True, validators=[validate_web_link])
    map_picture = models.FileField(_("picture of the map"), upload_to="pictures/", blank=True)
    map_alt = TranslatedField(_("what the picture shows"), max_length=500, blank=True, db_default={})
    transport = TranslatedField(_("public transport"), max_length=2000, long=True, blank=True, db_default={})
    hours = TranslatedField(_("opening hours"), max_length=1000, long=True, blank=True, db_default={})
    entrances = TranslatedField(_("entrances"), max_length=2000, long=True, blank=True, db_default={})
    wifi = TranslatedField(_("Wi-Fi"), max_length=500, long=True, blank=True, db_default={})
    help = TranslatedField(_("help on the spot"), max_length=1000, long=True, blank=True, db_default={})
    lost_property = TranslatedField(_("lost property"), max_length=1000, long=True, blank=True, db_default={})
    access = TranslatedField(_("access"), max_length=3000, long=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    # What somebody who comes wants to know, in the order in which they ask.
    ON_THE_DAY: ClassVar = ("transport", "hours", "entrances", "wifi", "help", "lost_property")

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ("order", "code")
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="venue_code_once"),)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def on_the_day(self) -> list[tuple[str, Any, Any]]:
        """What is known of it, as (field, label, words)."""
        fields: Any = {field.name: field for field in self._meta.concrete_fields}
        found = [(name, fields[name].verbose_name, getattr(self, name)) for name in self.ON_THE_DAY]
        return [(name, label, words) for name, label, words in found if words]


class Room(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="rooms")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("venue"))
    code = models.CharField(_("code"), max_length=50, validators=[validate_slug])
    name = TranslatedField(_("name"), max_length=120)
    capacity = models.PositiveIntegerField(
        _("capacity"), null=True, blank=True, validators=[MaxValueValidator(100_000)]
    )
    description = TranslatedField(_("description"), max_length=2000, long=True, blank=True)
    access = models.JSONField(_("accessibility"), default=list, blank=True)
    floor_plan = models.FileField(_("floor plan"), upload_to="pictures/", blank=True, db_default="")
    floor_plan_alt = TranslatedField(_("what the floor plan shows"), max_length=500, blank=True, db_default={})
    step_free_way = TranslatedField(_("way without steps"), max_length=1000, long=True, blank=True, db_default={})
    stream_url = models.URLField(_("stream"), max_length=500, blank=True, validators=[validate_web_link])
    booths = models.PositiveSmallIntegerField(
        _("interpretation booths"),
        null=True,
        blank=True,
        help_text=_("Empty: not known."),
        validators=[MaxValueValidator(50)],
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    # What lists hold, as words for people.
    LISTED: ClassVar = {"access": RoomAccess}

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("order", "code")
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="room_code_once"),)

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        check_choices("access", self.access, RoomAccess)

    @property
    def opening(self) -> list[str]:
        """The hours it is open, in words that can be compared."""
        hours: Any = self.hours
        return intervals(hours.order_by("starts_at").values_list("starts_at", "ends_at"))


class RoomHours(models.Model):
    """When a room may be used. A room without any is open throughout."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="hours")
    starts_at = models.DateTimeField(_("opens"))
    ends_at = models.DateTimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ("starts_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="room_closes_after_opening"
            ),
        )

    def __str__(self) -> str:
        return f"{self.room.code}: {self.starts_at:%Y-%m-%d %H:%M}–{self.ends_at:%H:%M}"
