"""Where a session can be joined from elsewhere: of one session, or of a room for as long as it says."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session
from summit.lib.translated import own_name
from summit.lib.weblinks import Player, live_player, validate_web_link
from summit.models import Room, Summit

# Kinds that play on our own watch page, where their address is of something a player knows.
WATCHED = ("broadcast", "audio", "sign_language")


class Stream(models.Model):
    """Never public: who may join learns it at the door (:mod:`registration.personal.joining`)."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("Meeting")
        BROADCAST = "broadcast", _("Broadcast")
        AUDIO = "audio", _("Audio only")
        SIGN_LANGUAGE = "sign_language", _("Sign language")
        TELEPHONE = "telephone", _("Telephone")

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="streams")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="streams")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, blank=True, related_name="streams")
    kind = models.CharField(_("kind"), max_length=13, choices=Kind, default=Kind.MEETING)
    address = models.CharField(_("address"), max_length=1000, blank=True, validators=[validate_web_link])
    # Joined instead while ``on_backup``.
    backup_address = models.CharField(_("address to fall back on"), max_length=1000, blank=True,
                                      validators=[validate_web_link])  # fmt: skip
    on_backup = models.BooleanField(_("on the address to fall back on"), default=False, db_default=False)
    dial_in = models.CharField(_("number to dial, and code"), max_length=200, blank=True)
    # "": what is spoken in the room.
    language = models.CharField(_("language"), max_length=10, blank=True)
    for_stage = models.BooleanField(
        _("for those on stage"),
        default=False,
        db_default=False,
        help_text=_("Only who appears in the session joins by it."),
    )
    rehearses_at = models.DateTimeField(_("rehearsal"), null=True, blank=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        ordering = ("for_stage", "language", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(session__isnull=True, room__isnull=False) | Q(session__isnull=False, room__isnull=True),
                name="stream_of_session_or_room",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="stream_ends_after_start",
            ),
            models.CheckConstraint(condition=~Q(address="", dial_in=""), name="stream_leads_somewhere"),
        )

    def __str__(self) -> str:
        return str(self.Kind(self.kind).label)

    @property
    def leads_to(self) -> str:
        """The address to join at now; "" where somebody dials in."""
        return self.backup_address if self.on_backup and self.backup_address else self.address

    @property
    def player(self) -> Player | None:
        """By what it plays on our own page; None where it leads to another site."""
        return self._player(self.leads_to)

    @property
    def backup_player(self) -> Player | None:
        return self._player(self.backup_address)

    def _player(self, address: str) -> Player | None:
        known = self.kind in WATCHED and address
        return live_player(address, peertube_hosts=settings.PEERTUBE_HOSTS) if known else None

    @property
    def spoken(self) -> str:
        """The name of its language in that language, or that it is whatever is spoken in the room."""
        return own_name(self.language) if self.language else gettext("As spoken in the room")

    def clean(self) -> None:
        wrong: dict[str, Any] = {}
        if self.kind == self.Kind.TELEPHONE and not self.dial_in:
            wrong["dial_in"] = _("Say which number is dialled.")
        if self.kind != self.Kind.TELEPHONE and not self.address:
            wrong["address"] = _("Say where it is joined.")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            wrong["ends_at"] = _("The end lies before the beginning.")
        if wrong:
            raise ValidationError(wrong)
