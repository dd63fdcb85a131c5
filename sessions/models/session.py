"""One item of the agenda, with time and room."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models.track import Track
from speakers.models import Organisation, Speaker
from summit.lib import times
from summit.lib.codes import session_code
from summit.lib.translated import TranslatedField
from summit.models import Mode, Room, Summit
from summit.models.place import check_choices

# frab schedule.xml: attribute code is exactly [0-9A-Z]{6}.
validate_session_code = RegexValidator(r"\A[0-9A-Z]{6}\Z", _("Six capital letters or digits."))


# Time, room and state; a calendar follows their change only where SEQUENCE rises.
LONGEST = timedelta(hours=24)
WATCHED = ("starts_at", "ends_at", "room_id", "cancelled_at")


class Kind(models.TextChoices):
    PLENARY = "plenary", _("Plenary")
    BREAKOUT = "breakout", _("Breakout session")
    WORKSHOP = "workshop", _("Workshop")
    SIDE_EVENT = "side_event", _("Side event")
    BREAK = "break", _("Break")
    CEREMONY = "ceremony", _("Ceremony")


def fullness(seats: int, taken: int) -> str:
    """How full a session is, in steps that words can say."""
    if taken >= seats:
        return "full"
    return "filling" if taken * 4 >= seats * 3 else "free"


class SessionAccess(models.TextChoices):
    """What a session offers so that everybody can follow it."""

    CAPTIONS = "captions", _("Live captions")
    SIGN_LANGUAGE = "sign_language", _("Sign language")


def check_times(starts_at: datetime | None, ends_at: datetime | None) -> None:
    """Raises ``ValidationError`` where a session could not take place in that time."""
    if (starts_at is None) != (ends_at is None):
        raise ValidationError(_("Give both a beginning and an end, or neither."))
    if starts_at and ends_at and ends_at <= starts_at:
        raise ValidationError({"ends_at": _("The session ends before it begins.")})
    if starts_at and ends_at and ends_at - starts_at > LONGEST:
        raise ValidationError({"ends_at": _("A session lasts at most 24 hours.")})


def paths(summit: Summit, name: str = "sessions:session") -> Callable[[str], str]:
    """The path of any of a summit's sessions by its code, in the active language: the URLs are asked once for all."""
    before, _code, after = reverse(name, args=[summit.code, "000000"]).rpartition("000000")
    return lambda code: f"{before}{code}{after}"


# What has never been public and shall not be yet.
KEPT_BACK = Q(held_back=True, published_at=None)

# Days from the first one of a summit on which nothing of it takes place.
FAR = 36_500


class SessionQuerySet(models.QuerySet["Session"]):
    def published(self) -> "SessionQuerySet":
        return self.filter(published_at__isnull=False)

    def to_publish(self) -> "SessionQuerySet":
        """Those a version holds: all but what is kept back and has never been public."""
        return self.exclude(KEPT_BACK)

    def on_day(self, day: date, summit: Summit) -> "SessionQuerySet":
        """Sessions that belong to a day of the summit; after midnight is still the day before."""
        if abs((day - summit.starts_on).days) > FAR:  # at the ends of the calendar a day has no moments everywhere
            return self.none()
        first, past = times.day_bounds(day, summit.tz)
        return self.filter(starts_at__gte=first, starts_at__lt=past)

    def in_order(self) -> "SessionQuerySet":
        return self.order_by(F("starts_at").asc(nulls_last=True), "ends_at", "room__order", "number", "code")


class Session(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="sessions")
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=6, default=session_code, validators=[validate_session_code])
    number = models.PositiveIntegerField(_("number in the programme"), null=True, blank=True)
    track = models.ForeignKey(
        Track, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions", verbose_name=_("track")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.BREAKOUT)
    mode = models.CharField(_("mode"), max_length=12, choices=Mode, default=Mode.HYBRID)
    title = TranslatedField(_("title"), max_length=300)
    abstract = TranslatedField(_("abstract"), max_length=20_000, long=True, blank=True)
    # For everybody who reads slowly, or in a language that is not theirs.
    plain_summary = TranslatedField(_("summary in plain language"), max_length=1200, long=True, blank=True)
    language = models.CharField(_("language spoken"), max_length=10, default="ko")
    interpretation = models.JSONField(_("interpretation into"), default=list, blank=True)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    hosts: models.ManyToManyField[Organisation, Any] = models.ManyToManyField(
        Organisation, through="SessionHost", related_name="sessions", verbose_name=_("hosts")
    )
    speakers: models.ManyToManyField[Speaker, Any] = models.ManyToManyField(
        Speaker, through="Appearance", related_name="sessions", verbose_name=_("speakers")
    )
    access = models.JSONField(_("accessibility"), default=list, blank=True)
    # Shown before any time is known.
    featured = models.BooleanField(_("featured"), default=False)
    # Of what is not public yet: versions leave it out until it is let go.
    held_back = models.BooleanField(_("kept back"), default=False)
    # Seats in person that must be booked; empty: whoever comes first. Written by registration.places.bookings alone.
    seats = models.PositiveIntegerField(_("seats to be booked"), null=True, blank=True)
    seats_taken = models.PositiveIntegerField(_("seats taken"), default=0, editable=False)
    do_not_record = models.BooleanField(_("must not be recorded"), default=False)
    takes_questions = models.BooleanField(
        _("questions of the audience"),
        default=True,
        db_default=True,
        help_text=_("The audience may ask, in the hall and online."),
    )
    asks_first = models.BooleanField(
        _("questions are looked at first"),
        default=True,
        db_default=True,
        help_text=_("Nobody reads a question before the moderator has let it through."),
    )
    keeps_answers = models.BooleanField(
        _("questions and answers stay"),
        default=False,
        db_default=False,
        help_text=_("What was answered stays on the page of the session afterwards."),
    )
    open_online = models.BooleanField(
        _("open to everybody online"),
        default=False,
        db_default=False,
        help_text=_("Whoever wants to can follow it online, without a registration."),
    )
    # Whoever stands on its stage or takes a seat is known by an alias (``registration.registering.sealed_sessions``).
    at_risk = models.BooleanField(_("everybody in it is protected"), default=False, db_default=False, editable=False)
    # The working side, seen by the team, the hosts and the people of the session; never public.
    notes = models.TextField(_("internal notes"), max_length=4000, blank=True)
    technical_sheet = models.TextField(_("technical needs"), max_length=4000, blank=True)
    access_needs = models.TextField(_("needs for language and accessibility"), max_length=2000, blank=True)
    time_wishes = models.TextField(_("wishes for the time"), max_length=1000, blank=True)
    run_of_show = models.TextField(_("run of show"), max_length=6000, blank=True)
    # Rise with every edit of the texts and people, and of the plan: a form made on an older one overwrites nothing.
    version = models.PositiveIntegerField(default=1, editable=False)
    plan_version = models.PositiveIntegerField(default=1, editable=False)
    planned_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    # RFC 5545 3.8.7.4: rises when time, room or state change, so that calendars follow.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SessionQuerySet.as_manager()

    # What lists hold, as words for people.
    LISTED: ClassVar = {"access": SessionAccess}

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("starts_at", "number", "code")
        constraints = (
            models.UniqueConstraint(fields=["summit", "code"], name="session_code_once"),
            models.CheckConstraint(
                # Said in full: a comparison with NULL is neither true nor false, and a check lets that pass.
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
                name="session_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats_taken__lte=F("seats")), name="session_never_overbooked"
            ),
        )
        indexes = (
            models.Index(fields=["summit", "starts_at"], name="session_start"),
            # What another organiser has moved since: asked for every few seconds.
            models.Index(fields=["summit", "planned_at"], name="session_planned"),
        )

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("sessions:session", args=[self.summit.code, self.code])

    def clean(self) -> None:
        if not isinstance(self.interpretation, list) or not all(isinstance(code, str) for code in self.interpretation):
            raise ValidationError({"interpretation": _('Write a list of language codes, such as ["en"].')})
        for name in ("track", "room"):
            other = getattr(self, name)
            if other is not None and other.summit_id != self.summit_id:
                raise ValidationError({name: _("This belongs to another summit.")})
        check_choices("access", self.access, SessionAccess)
        if self.seats is not None and self.seats < self.seats_taken:
            message = _("%(count)d seats are taken already; there cannot be fewer.")
            raise ValidationError({"seats": message % {"count": self.seats_taken}})
        check_times(self.starts_at, self.ends_at)

    def moves_calendars(self, before: "Session") -> bool:
        """Whether what changed since ``before`` must reach calendars (RFC 5545 3.8.7.4)."""
        return any(getattr(self, name) != getattr(before, name) for name in WATCHED)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def fullness(self) -> str:
        """``""`` where no seat is booked, else ``free``, ``filling`` (three quarters taken) or ``full``."""
        if self.seats is None or self.is_cancelled:
            return ""
        return fullness(self.seats, self.seats_taken)

    @property
    def access_facts(self) -> list[str]:
        """Codes of what the room and the session offer, the room's first."""
        return [*(self.room.access if self.room else []), *self.access]

    @property
    def recordings(self) -> list[Any]:
        """Confirmed recordings, none where it must not be recorded; reads the materials (prefetched by ``with_details``)."""
        return [] if self.do_not_record else [each for each in self.materials.all() if each.is_recording]

    def day(self) -> date | None:
        return times.day_of(self.starts_at, self.summit.tz) if self.starts_at else None
