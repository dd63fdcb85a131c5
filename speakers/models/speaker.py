"""People on stage, as the public sees them."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from summit.lib.codes import session_code
from summit.lib.translated import TranslatedField
from summit.models import Summit, User

validate_speaker_code = RegexValidator(r"\A[0-9A-Za-z]{4,12}\Z", _("Four to twelve letters or digits."))


class SpeakerQuerySet(models.QuerySet["Speaker"]):
    def of(self, user: User) -> "SpeakerQuerySet":
        """The profiles of a signed-in person: claimed by the account, or under its (proven) e-mail address."""
        return self.filter(Q(user=user) | Q(email__iexact=user.email, email__gt=""))

    def on_stage(self) -> "SpeakerQuerySet":
        """Speakers with at least one published session in which they have not declined to appear."""
        return self.filter(
            appearances__session__published_at__isnull=False, appearances__state__in=("invited", "confirmed")
        ).distinct()


class Speaker(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="speakers")
    code = models.CharField(_("code"), max_length=12, default=session_code, validators=[validate_speaker_code])
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("name as written"), max_length=200)
    name_romanised = models.CharField(_("name in Latin letters"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    biography = TranslatedField(_("biography"), max_length=4000, long=True, blank=True)
    email = models.EmailField(_("e-mail address (private)"), max_length=254, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="speakers"
    )
    calendar_token = models.CharField(max_length=64, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SpeakerQuerySet.as_manager()

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ("name", "code")
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="speaker_code_once"),)

    def __str__(self) -> str:
        return self.name_in(get_language() or settings.LANGUAGE_CODE)

    def get_absolute_url(self) -> str:
        return reverse("speakers:speaker", args=[self.summit.code, self.code])

    def name_in(self, language: str) -> str:
        """Names exist in two scripts: Korean readers see the one as written, others the Latin one where it is known."""
        return self.name if language.startswith("ko") else self.name_romanised or self.name

    def other_name_in(self, language: str) -> str:
        """The name in the script that :meth:`name_in` did not choose; "" where there is none."""
        shown = self.name_in(language)
        return next((n for n in (self.name, self.name_romanised) if n and n != shown), "")
