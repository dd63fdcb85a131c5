"""Words of the team about registrations: VIP, needs a visa letter, comes with the minister."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.lib.finding import fold
from summit.models import Summit

LONGEST_TAG = 40
# What is kept to compare by; a letter may fold to several.
LONGEST_KEY = 200


class Tone(models.TextChoices):
    GREY = "grey", _("Grey")
    BLUE = "blue", _("Blue")
    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")
    PURPLE = "purple", _("Purple")


def tag_key(name: str) -> str:
    """What two names of the same tag have in common: as everything is searched; what holds no letters is its own."""
    return (fold(name) or name)[:LONGEST_KEY]


class Tag(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(_("name"), max_length=LONGEST_TAG)
    key = models.CharField(max_length=LONGEST_KEY, editable=False)
    tone = models.CharField(_("colour"), max_length=6, choices=Tone, default=Tone.GREY)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=["summit", "key"], name="tag_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def chip(self) -> str:
        """The classes that show it in its colour."""
        return f"track tag-{self.tone}"


def names_of(tags: Iterable[Tag]) -> list[str]:
    return [tag.name for tag in tags]
