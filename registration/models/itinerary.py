"""When and how somebody arrives and leaves, for who meets them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.models.registration import Registration


class Itinerary(models.Model):
    """The moments have a zone, and are told in the summit's. Erased thirty days after it, with the needs."""

    class Means(models.TextChoices):
        AIR = "air", _("By air")
        TRAIN = "train", _("By train")
        ROAD = "road", _("By road")

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="itinerary")
    arrives_at = models.DateTimeField(_("arrives"), null=True, blank=True)
    arrives_by = models.CharField(_("arrives by"), max_length=6, choices=Means, blank=True)
    arrives_on = models.CharField(_("flight or train of arrival"), max_length=40, blank=True)
    arrives_in = models.CharField(_("place of arrival"), max_length=120, blank=True)
    departs_at = models.DateTimeField(_("departs"), null=True, blank=True)
    departs_by = models.CharField(_("departs by"), max_length=6, choices=Means, blank=True)
    departs_on = models.CharField(_("flight or train of departure"), max_length=40, blank=True)
    departs_in = models.CharField(_("place of departure"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("itinerary")
        verbose_name_plural = _("itineraries")

    def __str__(self) -> str:
        return str(self.registration)


ITINERARY = ("arrives_at", "arrives_by", "arrives_on", "arrives_in", "departs_at", "departs_by", "departs_on", "departs_in")  # fmt: skip
