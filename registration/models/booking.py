"""A seat in one session, or a place in the queue for one."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.registration import Registration, RegistrationQuerySet
from sessions.models import Bookmark, Session


class BookingQuerySet(models.QuerySet["Booking"]):
    def standing(self) -> "BookingQuerySet":
        """Those that hold a seat or wait for one."""
        return self.filter(state__in=STANDING)

    def seated(self) -> "BookingQuerySet":
        """Those that count: a seat that is offered is kept free for who may take it."""
        return self.filter(state__in=SEATED)

    def waiting(self) -> "BookingQuerySet":
        """The waitlist, first come first."""
        return self.filter(state=Booking.State.WAITLISTED).order_by("queued_at", "pk")

    def with_bookmarks(self, registrations: RegistrationQuerySet) -> RegistrationQuerySet:
        """Adds what changes with every bookmark and booking of the person: ``bookmarks_count``, ``bookmarked_at``,
        ``booked_at``."""
        here = Bookmark.objects.filter(user=models.OuterRef("user"), session__summit=models.OuterRef("summit"))
        total = here.order_by().values("user")
        bookings = self.filter(registration=models.OuterRef("pk"))
        return registrations.annotate(
            bookmarks_count=models.Subquery(total.annotate(n=models.Count("pk")).values("n")),
            bookmarked_at=models.Subquery(here.order_by("-created_at").values("created_at")[:1]),
            booked_at=models.Subquery(bookings.order_by("-updated_at").values("updated_at")[:1]),
        )


class Booking(models.Model):
    """Only ``registration.places.bookings`` writes ``state``."""

    class State(models.TextChoices):
        BOOKED = "booked", _("Seat booked")
        WAITLISTED = "waitlisted", _("On the waitlist")
        OFFERED = "offered", _("Seat offered")
        RELEASED = "released", _("Given back")
        EXPIRED = "expired", _("Offer expired")

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="bookings")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="bookings")
    state = models.CharField(_("state"), max_length=12, choices=State, editable=False)
    queued_at = models.DateTimeField(_("asked for"), default=timezone.now, editable=False)
    offer_ends_at = models.DateTimeField(_("offer ends"), null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ("queued_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["registration", "session"],
                condition=Q(state__in=["booked", "waitlisted", "offered"]),
                name="booking_once",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", offer_ends_at__isnull=False) | ~Q(state="offered"),
                name="booking_offer_ends",
            ),
        )
        indexes = (models.Index(fields=["session", "state", "queued_at"], name="booking_queue"),)

    def __str__(self) -> str:
        return f"{self.registration} · {self.session.code}: {self.get_state_display()}"


SEATED = (Booking.State.BOOKED, Booking.State.OFFERED)
STANDING = (*SEATED, Booking.State.WAITLISTED)
