"""People on stage, as the public sees them."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from summit.lib import romanising
from summit.lib.codes import session_code
from summit.lib.translated import TranslatedField
from summit.models import Invited, Summit, User

validate_speaker_code = RegexValidator(r"\A[0-9A-Za-z]{4,12}\Z", _("Four to twelve letters or digits."))


def small_portrait(name: str) -> str:
    """Address of the small twin of a portrait by the name of its file; "" where there is none."""
    return f"{settings.MEDIA_URL}{name.removesuffix('.webp')}-160.webp" if name else ""


class Gender(models.TextChoices):
    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    OTHER = "other", _("Another gender")


class Region(models.TextChoices):
    AFRICA = "africa", _("Africa")
    AMERICAS = "americas", _("Americas")
    ASIA_PACIFIC = "asia_pacific", _("Asia and the Pacific")
    EUROPE = "europe", _("Europe")
    MIDDLE_EAST = "middle_east", _("Middle East")


class Sector(models.TextChoices):
    GOVERNMENT = "government", _("Government")
    CIVIL_SOCIETY = "civil_society", _("Civil society")
    ACADEMIA = "academia", _("University or research")
    BUSINESS = "business", _("Business")
    INTERNATIONAL = "international", _("International organisation")


# Of whoever is at risk the row says an alias and nothing else of these. What seals and unseals a profile alone writes them
# (``registration.registering.sealed_speakers``); whoever writes others asks :meth:`Speaker.open_to_change` first.
SEALED = ("name", "name_romanised", "country", "biography", "email", "portrait", "gender", "region", "sector")


class SpeakerQuerySet(models.QuerySet["Speaker"]):
    def of(self, user: User) -> "SpeakerQuerySet":
        """The profiles of a signed-in person: claimed by the account, or under its (proven) e-mail address."""
        return self.filter(Q(user=user) | Q(email__address=user.email, email__gt=""))

    def of_code(self, code: str) -> "SpeakerQuerySet":
        """Whoever has this public code, else whoever took over the profile that had it; of one summit at most one."""
        former = FormerCode.objects.filter(code=code).exclude(summit__speakers__code=code)
        return self.filter(Q(code=code) | Q(pk__in=former.values("speaker")))

    def by_code(self) -> dict[str, "Speaker"]:
        """People of one summit, each under their code in the order of the rows, then under codes as in :meth:`of_code`."""
        found = {row.code: row for row in self.prefetch_related("former_codes")}
        former = {gone.code: row for row in found.values() for gone in row.former_codes.all()}
        return {**found, **{code: row for code, row in former.items() if code not in found}}

    def in_the_open(self) -> "SpeakerQuerySet":
        """Those whom a search may find: of whoever is at risk not even the alias."""
        return self.filter(at_risk=False)

    def in_hangul_alone(self) -> "SpeakerQuerySet":
        """Those whose name no page can show in Latin letters as they write it themselves."""
        return self.filter(name_romanised="", name__regex=romanising.HANGUL)

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
    biography = TranslatedField(_("biography"), max_length=10_000, long=True, blank=True)
    email = models.EmailField(_("e-mail address (private)"), max_length=254, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="speakers"
    )
    portrait = models.FileField(_("portrait"), upload_to="portraits/", blank=True)
    # Declared by the person and by nobody else: empty means that they said nothing, and is never guessed.
    gender = models.CharField(_("gender (own words)"), max_length=8, choices=Gender, blank=True)
    region = models.CharField(_("region"), max_length=16, choices=Region, blank=True)
    sector = models.CharField(_("sector"), max_length=16, choices=Sector, blank=True)
    # When the person last looked at their sessions: what has changed since is pointed out.
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)
    notes = models.TextField(_("internal notes"), max_length=4000, blank=True)
    # What is true of the person is sealed, and this row carries an alias.
    at_risk = models.BooleanField(_("protected"), default=False, db_default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    calendar_token = models.CharField(max_length=64, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SpeakerQuerySet.as_manager()

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ("name", "code")
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="speaker_code_once"),)
        indexes = (models.Index(Lower("email"), name="speaker_address"),)

    def __str__(self) -> str:
        return self.name_in(get_language() or settings.LANGUAGE_CODE)

    def get_absolute_url(self) -> str:
        return reverse("speakers:speaker", args=[self.summit.code, self.code])

    def open_to_change(self, values: dict[str, Any]) -> dict[str, Any]:
        """Of new values those that may be written."""
        return {name: value for name, value in values.items() if not (self.at_risk and name in SEALED)}

    def lacking(self, values: dict[str, Any]) -> dict[str, Any]:
        """Of a row about a profile that was merged into this one: what was chosen then stays, the rest comes along."""
        return {name: value for name, value in values.items() if value and not getattr(self, name)}

    @property
    def portrait_large(self) -> str:
        """Address of the portrait; "" where there is none."""
        return f"{settings.MEDIA_URL}{self.portrait.name}" if self.portrait.name else ""

    @property
    def portrait_small(self) -> str:
        """Address of the small portrait; "" where there is none. It lies beside the large one (see portraits.py)."""
        return small_portrait(self.portrait.name or "")

    def name_in(self, language: str) -> str:
        """Names exist in two scripts: Korean readers see the one as written, others the Latin one where it is known."""
        return self.name if language.startswith("ko") else self.name_romanised or self.name

    def other_name_in(self, language: str) -> str:
        """The name in the script that :meth:`name_in` did not choose; "" where there is none."""
        shown = self.name_in(language)
        return next((n for n in (self.name, self.name_romanised) if n and n != shown), "")


class ProfileClaim(Invited):
    """A mailed link by which a person takes over the profile organisers made for them."""

    speaker = models.OneToOneField(Speaker, on_delete=models.CASCADE, related_name="claim")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile_claims")

    class Meta:
        verbose_name = _("profile claim")
        verbose_name_plural = _("profile claims")
        constraints = (Invited.token_once("profile_claim_token_once"),)

    def __str__(self) -> str:
        return f"{self.user} · {self.speaker}"


class Availability(models.Model):
    """A time in which a person can take part. Somebody without any is taken to be free throughout."""

    speaker = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="availabilities")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("availability")
        verbose_name_plural = _("availabilities")
        ordering = ("starts_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="availability_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.speaker.code}: {self.starts_at:%Y-%m-%d %H:%M}–{self.ends_at:%H:%M}"


class FormerCode(models.Model):
    """The public code of a profile that was merged into another: its address still leads there.

    Its GUID is kept as well: a schedule file from before the merge means the profile there is now.
    """

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="former_speaker_codes")
    code = models.CharField(_("code"), max_length=12)
    guid = models.UUIDField(null=True, unique=True, editable=False)
    speaker = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="former_codes")

    class Meta:
        verbose_name = _("former code")
        verbose_name_plural = _("former codes")
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="former_code_once"),)

    def __str__(self) -> str:
        return f"{self.code} → {self.speaker.code}"
