"""The event itself. One installation runs many; each lives for ever under its own address."""

import json
from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from summit.lib import hosts, raised, times
from summit.lib.translated import Text, TranslatedField, active_language
from summit.lib.weblinks import encoded

# Addresses of the installation itself; a summit's code lies beside them.
RESERVED_CODES = {"account", "accounts", "admin", "healthz", "media", "static", "styleguide", "sitemap", "robots"}

# The schedule formats demand this of an acronym (frab schedule.json, c3voc schema).
validate_code = RegexValidator(r"\A[a-z0-9_]{4,32}\Z", _("Four to 32 small letters, digits or underscores."))


def validate_free_code(value: str) -> None:
    if value in RESERVED_CODES:
        raise ValidationError(
            _("“%(code)s” is an address of the installation; choose another."), params={"code": value}
        )


validate_colour = RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write a colour as #rrggbb."))


def validate_zone(value: str) -> None:
    if times.zone(value) is None:
        raise ValidationError(_("“%(zone)s” is no IANA time zone; write one like Asia/Seoul."), params={"zone": value})


def default_languages() -> list[str]:
    return ["ko", "en"]


class Mode(models.TextChoices):
    IN_PERSON = "in_person", _("In person")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("In person and online")


class SummitQuerySet(models.QuerySet["Summit"]):
    def current(self) -> "Summit | None":
        """The summit that ``/`` leads to: the one marked so, else the latest public one. One query."""
        return self.filter(is_public=True).order_by("-is_current", "-starts_on", "pk").first()

    def public(self) -> "SummitQuerySet":
        return self.filter(is_public=True)

    def without_own_host(self) -> "SummitQuerySet":
        """Those served at the installation alone; see :attr:`Summit.own_host`."""
        return self.filter(domain__in=["", settings.SITE_HOST, *settings.ALLOWED_HOSTS])


class Summit(models.Model):
    code = models.CharField(_("code"), max_length=32, unique=True, validators=[validate_code, validate_free_code])
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = TranslatedField(_("name"))
    short_name = TranslatedField(_("short name"), max_length=60, blank=True)
    slogan = TranslatedField(_("slogan"), blank=True)
    summary = TranslatedField(_("summary"), long=True, max_length=2000, blank=True)
    organisers = TranslatedField(_("hosts of the summit"), blank=True)
    audience = TranslatedField(_("audience"), blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Seoul", validators=[validate_zone])
    languages = models.JSONField(_("languages"), default=default_languages)
    mode = models.CharField(_("mode"), max_length=12, choices=Mode, default=Mode.HYBRID)
    texts_note = TranslatedField(_("note on the texts of sessions"), max_length=600, long=True, blank=True)
    timetable_note = TranslatedField(_("note on the timetable"), max_length=600, long=True, blank=True)
    contact_email = models.EmailField(_("contact address"), blank=True)
    reply_to = models.EmailField(_("reply address"), blank=True)
    logo = models.FileField(_("logo"), upload_to="pictures/", blank=True)
    social_picture = models.FileField(_("picture beside shared links"), upload_to="pictures/", blank=True)
    # Empty: the colours of the installation.
    brand_colour = models.CharField(_("colour of the head"), max_length=7, blank=True, validators=[validate_colour])
    accent_colour = models.CharField(
        _("colour of links and buttons"), max_length=7, blank=True, validators=[validate_colour]
    )
    # As DNS knows it; "" where the summit has none of its own. summit.middleware.OwnHosts answers its requests.
    domain = models.CharField(_("own domain"), max_length=253, blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    is_current = models.BooleanField(_("the summit “/” leads to"), default=False)
    registration_opens_at = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(
        _("registration closes"), null=True, blank=True, help_text=_("Empty: after the last day.")
    )
    registers_groups = models.BooleanField(
        _("registration of groups"),
        default=False,
        db_default=False,
        help_text=_("One person registers several; each is mailed and confirms for themselves."),
    )
    changes_until = models.DateTimeField(
        _("attendees may change until"),
        null=True,
        blank=True,
        help_text=_("Cut-off for changing attendance, correcting data and cancelling. Empty: no cut-off."),
    )
    # Everybody registered is at risk: their details are sealed as they come.
    at_risk = models.BooleanField(_("everybody is protected"), default=False, db_default=False, editable=False)
    # Those taking part read who of the others wants to be found, as long as this day is not over.
    participants_until = models.DateField(
        _("list of participants until"),
        null=True,
        blank=True,
        help_text=_(
            "Whoever is confirmed can then read, on their own page, who of the others wants to be found. Empty: there is no list."
        ),
    )
    refuse_overlaps = models.BooleanField(
        _("refuse overlapping bookings"),
        default=True,
        help_text=_("Nobody may book seats in two sessions that take place at the same time."),
    )
    numbers_are_public = models.BooleanField(
        _("numbers of registrations for everybody"),
        default=False,
        db_default=False,
        help_text=_("A public page, and a table in the open data. No group of fewer than five is shown."),
    )
    open_online = models.BooleanField(
        _("all sessions open to everybody online"),
        default=False,
        db_default=False,
        help_text=_("Whoever wants to can follow every session online, without a registration."),
    )
    joins_open_before = models.PositiveSmallIntegerField(
        _("sessions are joined before they begin (minutes)"),
        default=15,
        db_default=15,
        validators=[MinValueValidator(0), MaxValueValidator(240)],
        help_text=_("So long before the beginning the links for those online open."),
    )
    # Which roles need a second factor here, beside what the installation asks of all staff.
    two_factor_roles = models.JSONField(_("roles that need a second factor"), default=list, blank=True)
    editing_frozen_at = models.DateTimeField(_("editing frozen for hosts and speakers"), null=True, blank=True)
    shortest_break = models.PositiveSmallIntegerField(
        _("shortest break between sessions (minutes)"),
        default=10,
        validators=[MaxValueValidator(240)],
        help_text=_("In one room, and for one person. The agenda editor points out where it is shorter."),
    )
    agenda_published_at = models.DateTimeField(_("agenda published"), null=True, blank=True)
    # Every cache key and ETag of the public side holds this number; see raise_revision().
    agenda_revision = models.PositiveBigIntegerField(default=1, editable=False)
    revised_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SummitQuerySet.as_manager()

    class Meta:
        verbose_name = _("summit")
        verbose_name_plural = _("summits")
        ordering = ("-starts_on", "code")
        constraints = (
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="summit_ends_after_start"),
            models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="summit_one_current"),
            models.UniqueConstraint(fields=["domain"], condition=Q(domain__gt=""), name="summit_domain_once"),
        )

    def __str__(self) -> str:
        return str(self.brand)

    def get_absolute_url(self) -> str:
        return reverse("summit:home", args=[self.code])

    @property
    def own_host(self) -> str:
        """See :func:`summit.lib.hosts.own_host`."""
        return hosts.own_host(self.domain, self.code)

    @property
    def origin(self) -> str:
        """Scheme and host of the summit's pages, without a slash."""
        return hosts.origin(self.own_host) if self.own_host else settings.SITE_URL

    def address(self, path: str) -> str:
        """The absolute address of a path that ``reverse`` made, the same wherever it was made.

        At the summit's own host where it has one; the workspace and accounts are at the installation. The ``Host``
        header has no part in it. An address of another site stays, as software can take it.
        """
        if not path.startswith("/"):
            return encoded(path)
        if hosts.served() == self.code:
            path = hosts.at_installation(path, self.code)
        if not self.own_host or hosts.is_apart(path, self.code):
            return settings.SITE_URL + path
        return self.origin + hosts.at_own_host(path, self.code)

    def clean(self) -> None:
        known = [code for code, _name in settings.LANGUAGES]
        if not isinstance(self.languages, list) or not self.languages or any(c not in known for c in self.languages):
            raise ValidationError(
                {"languages": _("Write a list of languages, such as %(known)s.") % {"known": json.dumps(known)}}
            )
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day lies before the first.")})

    @property
    def brand(self) -> Text:
        """What stands in the corner of every page: the short name where there is one."""
        return self.short_name or self.name

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def days(self) -> list[date]:
        return [self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days + 1)]

    @property
    def dates(self) -> str:
        return times.range_label(self.starts_on, self.ends_on, active_language())

    @property
    def participants_end(self) -> str:
        """The last day of the list of participants in words, "" where there is none."""
        return times.date_label(self.participants_until, active_language()) if self.participants_until else ""

    @property
    def agenda_is_published(self) -> bool:
        return self.agenda_published_at is not None

    def registration_state(self, now: datetime | None = None) -> str:
        """``unscheduled``, ``not_yet``, ``open`` or ``closed``."""
        now = now or timezone.now()
        if self.registration_opens_at is None:
            return "unscheduled"
        if now < self.registration_opens_at:
            return "not_yet"
        return "closed" if now >= self.registration_ends_at else "open"

    @property
    def registration_ends_at(self) -> datetime:
        """When registration closes: as the organisers say, or with the last day."""
        return self.registration_closes_at or self.over_at

    @property
    def over_at(self) -> datetime:
        """The midnight after the last day, on the summit's clock."""
        return datetime.combine(self.ends_on + timedelta(days=1), time.min, tzinfo=self.tz)

    def phase(self, now: datetime | None = None) -> str:
        """``before``, ``during`` or ``after`` the days of the summit, on its clock; a day ends at four in the morning."""
        now = now or timezone.now()
        if now < times.day_bounds(self.starts_on, self.tz)[0]:
            return "before"
        return "during" if now < times.day_bounds(self.ends_on, self.tz)[1] else "after"

    def accepts_changes(self, now: datetime | None = None) -> bool:
        return self.changes_until is None or (now or timezone.now()) < self.changes_until

    def lists_participants(self, now: datetime | None = None) -> bool:
        """Whether those taking part may read who else does; the day is one in the summit's zone."""
        until = self.participants_until
        return not self.at_risk and until is not None and (now or timezone.now()).astimezone(self.tz).date() <= until

    def raise_revision(self) -> None:
        """Make every cached public answer stale. One UPDATE; call it in the transaction of the change."""
        now = timezone.now()
        Summit.objects.filter(pk=self.pk).update(agenda_revision=F("agenda_revision") + 1, revised_at=now)
        self.refresh_from_db(fields=["agenda_revision", "revised_at"])
        raised.note(self.code, self.agenda_revision)
