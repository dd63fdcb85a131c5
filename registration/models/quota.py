"""How many may come: in one way, of some categories, countries and delegations, with some answers or on some days, from
and until a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registration.models.attendance import Attendance
from registration.models.category import Category
from registration.models.delegation import Delegation
from registration.models.question import Choice, Question
from registration.models.registration import Registration, RegistrationQuerySet
from registration.models.window import window
from summit.lib.translated import TranslatedField
from summit.models import Summit


@dataclass(frozen=True, slots=True)
class Wish:
    """What decides which quotas somebody is counted against: how they come, as what (a key), from where (ISO 3166-1),
    with which delegation (a key), and which quotas' conditions on answers (keys) their answers meet."""

    attendance: str
    category: int | None = None
    country: str = ""
    delegation: int | None = None
    meets: frozenset[int] = frozenset()

    @classmethod
    def of(cls, person: Any, meets: frozenset[int] = frozenset()) -> Self:
        """That of a registration, or of what somebody fills in; what they answered is asked by
        :func:`registration.places.capacity.wish`."""
        return cls(person.attendance, person.category.pk, person.country, person.delegation_id, meets)


class Quota(models.Model):
    """A limit on the registrations that meet all its conditions; an empty one is met by everybody. Somebody may be
    counted against several, and the tightest decides. ``taken`` is written by ``registration.places.capacity`` alone.

    The *basic* one of each attendance is how many may come in that way at all.
    """

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="quotas")
    name = TranslatedField(_("name"), max_length=80, blank=True, db_default={})
    is_basic = models.BooleanField(default=True, db_default=True, editable=False)
    attendance = models.CharField(_("attendance"), max_length=12, choices=Attendance, blank=True)
    categories: models.ManyToManyField[Category, models.Model] = models.ManyToManyField(
        Category, related_name="quotas", blank=True, verbose_name=_("categories")
    )
    countries = models.JSONField(_("countries"), default=list, blank=True, db_default=[])
    delegations: models.ManyToManyField[Delegation, models.Model] = models.ManyToManyField(
        Delegation, related_name="quotas", blank=True, verbose_name=_("delegations")
    )
    choices: models.ManyToManyField[Choice, models.Model] = models.ManyToManyField(
        Choice, related_name="quotas", blank=True, verbose_name=_("answers")
    )
    # Which question says when somebody comes, and on which of these days (ISO 8601) they then count.
    day_question = models.ForeignKey(
        Question,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="day_quotas",
        verbose_name=_("days are said in"),
    )
    days = models.JSONField(_("days"), default=list, blank=True, db_default=[])
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True, help_text=_("Empty: no limit."))
    # How many more hold a place than there are, since the limit was lowered below them.
    excess = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)
    opens_at = models.DateTimeField(_("places from"), null=True, blank=True)
    closes_at = models.DateTimeField(_("places until"), null=True, blank=True)
    has_waitlist = models.BooleanField(_("with a waitlist"), default=False, db_default=False)
    offer_hours = models.PositiveSmallIntegerField(_("hours an offer lasts"), default=48, db_default=48)
    one_by_one = models.BooleanField(_("one offer at a time"), default=False, db_default=False)
    is_paused = models.BooleanField(_("no offers for now"), default=False, db_default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_default=0)

    class Meta:
        # Its name when it knew of attendance alone, which an earlier release beside this one still uses.
        db_table = "registration_places"
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ("-is_basic", "order", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["summit", "attendance"], condition=Q(is_basic=True), name="quota_basic_once"
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(taken__lte=F("capacity") + F("excess")),
                name="quota_never_oversold",
            ),
        )

    def __str__(self) -> str:
        return str(self.name) or self.get_attendance_display()

    @property
    def left(self) -> int | None:
        """Places still free; None where there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    def is_open(self, now: datetime | None = None) -> bool:
        """Whether its places can be taken at this moment."""
        return window(self.opens_at, self.closes_at, now) == "open"

    def is_over(self, now: datetime | None = None) -> bool:
        """Whether its places can no longer be taken."""
        return window(self.opens_at, self.closes_at, now) == "closed"

    def has_place(self, now: datetime | None = None) -> bool:
        """Whether one of its places can be taken at this moment, as far as this row says."""
        return self.left != 0 and self.is_open(now)

    def counts(self, wish: Wish, categories: Iterable[int], delegations: Iterable[int] = ()) -> bool:
        """Whether somebody with this wish is counted against it, whatever they answered; ``categories`` and ``delegations``
        are the keys of its own."""
        of, sent_by = set(categories), set(delegations)
        return (
            self.attendance in {"", wish.attendance}
            and (not of or wish.category in of)
            and (not sent_by or wish.delegation in sent_by)
            and (not self.countries or wish.country in self.countries)
        )

    def of_it(self, categories: Iterable[int], delegations: Iterable[int] = ()) -> RegistrationQuerySet:
        """The registrations that meet its conditions but those on answers, in whatever state."""
        rows = Registration.objects.filter(summit=self.summit_id)
        if self.attendance:
            rows = rows.filter(attendance=self.attendance)
        if of := list(categories):
            rows = rows.filter(category__in=of)
        if sent_by := list(delegations):
            rows = rows.filter(delegation__in=sent_by)
        return rows.filter(country__in=self.countries) if self.countries else rows
