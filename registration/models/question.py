"""What a summit asks everybody who registers, beside name, country and needs, and what they answer."""

import math
from collections.abc import Collection
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q, StringAgg
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from registration.models.answer_kinds import LONGEST_LINE, LONGEST_TEXT, NO, READERS, YES, phone
from registration.models.attendance import Attendance
from registration.models.category import Category
from registration.models.consent import NEEDS_KEPT_FOR
from registration.models.registration import ENDED, Registration
from summit.lib.translated import TranslatedField
from summit.models import Summit
from summit.storage import private_files

__all__ = ["LONGEST_LINE", "LONGEST_TEXT", "NO", "YES", "Answer", "Audience", "Choice", "Pick", "Question", "Section"]

# Days after the summit for which an answer is kept, unless its question says less.
KEPT_FOR = 365
MOST_BYTES = 5_242_880


class Audience(models.TextChoices):
    """Which members of the team read the answers, beside the person."""

    OWNERS = "owners", _("Owners alone")
    ORGANISERS = "organisers", _("Organisers")
    REVIEWERS = "reviewers", _("Organisers and those who decide on registrations")
    DESK = "desk", _("Organisers and the desk")


class Section(models.Model):
    """A part of the form under a heading of its own; questions in none come last."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="sections")
    title = TranslatedField(_("heading"), max_length=120)
    text = TranslatedField(_("text"), max_length=1000, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return str(self.title)


class QuestionQuerySet(models.QuerySet["Question"]):
    def asked(self) -> "QuestionQuerySet":
        return self.filter(is_asked=True)

    def asked_or_answered(self) -> "QuestionQuerySet":
        """Those of the form, and those no longer in it that somebody has answered."""
        answered = models.Exists(Answer.objects.filter(question=models.OuterRef("pk")))
        return self.filter(Q(is_asked=True) | answered)

    def with_categories(self) -> "QuestionQuerySet":
        """With the keys of the categories of each, in the same query."""
        keys = StringAgg(Cast("categories__pk", models.CharField()), delimiter=models.Value(" "))
        return self.annotate(category_keys=keys)

    def in_order(self) -> "QuestionQuerySet":
        """As the form puts them: by section, those in none last."""
        return self.order_by(F("section__order").asc(nulls_last=True), "section_id", "order", "pk")


class Question(models.Model):
    class Kind(models.TextChoices):
        LINE = "line", _("One line")
        TEXT = "text", _("Several lines")
        NUMBER = "number", _("Number")
        YES = "yes", _("Yes or no")
        ONE = "one", _("One of several")
        SEVERAL = "several", _("Any of several")
        RANKED = "ranked", _("Several in an order")
        DATE = "date", _("Day")
        DATES = "dates", _("From one day to another")
        TIME = "time", _("Time of day")
        COUNTRY = "country", _("Country")
        ORGANISATION = "organisation", _("Organisation")
        PHONE = "phone", _("Telephone number")
        URL = "url", _("Address of the web")
        FILE = "file", _("File")
        PICTURE = "picture", _("Picture")
        CONSENT = "consent", _("Consent")

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="questions")
    section = models.ForeignKey(
        Section, on_delete=models.SET_NULL, null=True, blank=True, related_name="questions", verbose_name=_("section")
    )
    words = TranslatedField(_("question"), max_length=200)
    hint = TranslatedField(_("hint"), max_length=300, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=12, choices=Kind, default=Kind.LINE)
    # "": of everybody.
    asked_of = models.CharField(_("asked of"), max_length=12, choices=Attendance, blank=True)
    # None: of people of every category.
    categories: models.ManyToManyField[Category, models.Model] = models.ManyToManyField(
        Category, related_name="questions", blank=True, verbose_name=_("categories")
    )
    # Only of those who gave this other question one of these answers: YES, NO, or keys of its choices.
    depends_on = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("only after"),
    )
    depends_values = models.JSONField(_("answers that lead here"), default=list, blank=True, db_default=[])
    required = models.BooleanField(_("must be answered"), default=False)
    lowest = models.DecimalField(_("lowest number"), max_digits=16, decimal_places=4, null=True, blank=True)
    highest = models.DecimalField(_("highest number"), max_digits=16, decimal_places=4, null=True, blank=True)
    # Organisations that are proposed while somebody types, one a line.
    suggested = models.TextField(
        _("organisations to propose"), max_length=20_000, blank=True, default="", db_default=""
    )
    # Of a consent: rises with its words; whoever agreed to a lower one is asked again.
    version = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
    # What the law calls special: health, religion and the like. Its answers need a consent of their own.
    sensitive = models.BooleanField(_("erased together with the needs"), default=False)
    audience = models.CharField(
        _("who reads the answers"),
        max_length=10,
        choices=Audience,
        default=Audience.ORGANISERS,
        db_default=Audience.ORGANISERS,
    )
    purpose = TranslatedField(_("what for"), max_length=200, blank=True, db_default={})
    kept_for = models.PositiveSmallIntegerField(
        _("days kept after the summit"), default=KEPT_FOR, db_default=KEPT_FOR, validators=[MaxValueValidator(KEPT_FOR)]
    )
    is_asked = models.BooleanField(_("in the form"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return str(self.words)

    @property
    def has_choices(self) -> bool:
        return self.kind in WITH_CHOICES

    @property
    def has_file(self) -> bool:
        return self.kind in {self.Kind.FILE, self.Kind.PICTURE}

    @property
    def leads_on(self) -> bool:
        """Whether other questions may depend on its answer."""
        return self.kind in {self.Kind.YES, self.Kind.ONE, self.Kind.SEVERAL, self.Kind.CONSENT}

    @property
    def most_choices(self) -> float:
        return {self.Kind.ONE: 1}.get(self.Kind(self.kind), math.inf) if self.has_choices else 0

    @property
    def erased_after(self) -> int:
        """Days after the summit on which its answers are erased."""
        return min(self.kept_for, NEEDS_KEPT_FOR.days) if self.sensitive else self.kept_for

    def is_erased(self, now: Any = None) -> bool:
        """Whether its answers are gone by now, and nobody is asked for new ones. Those that are kept longest go with the
        registration itself."""
        return self.erased_after < KEPT_FOR and days_since(self.summit, now) > self.erased_after

    def read(self, typed: str, region: str = "") -> str:
        """What is kept of an answer that is a text. ``region``: the country a telephone number without one is of.

        Raises :class:`ValidationError`.
        """
        if self.kind == self.Kind.PHONE:
            return phone(typed, region)
        kept = READERS[self.kind](typed)
        if self.kind == self.Kind.NUMBER:
            self._within(Decimal(kept))
        return kept

    def takes(self, kept: str) -> bool:
        """Whether this is how an answer of its kind is kept."""
        if self.kind not in READERS:
            return False
        try:
            return self.read(kept) == kept
        except ValidationError:
            return False

    def _within(self, number: Decimal) -> None:
        if self.lowest is not None and number < self.lowest:
            raise ValidationError(
                _("Write a number that is at least %(number)s."), params={"number": plain(self.lowest)}
            )
        if self.highest is not None and number > self.highest:
            raise ValidationError(
                _("Write a number that is at most %(number)s."), params={"number": plain(self.highest)}
            )

    @cached_property
    def of_categories(self) -> frozenset[int]:
        """The keys of its categories; those read with it (:meth:`QuestionQuerySet.with_categories`) ask nothing."""
        if hasattr(self, "category_keys"):
            return frozenset(map(int, (self.category_keys or "").split()))
        return frozenset(each.pk for each in self.categories.all())

    def concerns(self, attendance: str, category: int | None = None) -> bool:
        """Whether it is put to people who come this way, as this category (a key; None: not known)."""
        if self.asked_of not in {"", attendance}:
            return False
        return category is None or not self.of_categories or category in self.of_categories

    def follows(self, given: Collection[str]) -> bool:
        """Whether these answers to the question it depends on lead to it."""
        return not set(given).isdisjoint(self.depends_values)

    @property
    def offered(self) -> list[list[Any]]:
        """Keys and words of its choices, in order: what a form of the whole question also stands on."""
        return [[choice.pk, choice.words.public()] for choice in self.choices.all()]


WITH_CHOICES = frozenset({Question.Kind.ONE, Question.Kind.SEVERAL, Question.Kind.RANKED})


def plain(number: Decimal) -> str:
    """Without zeros that say nothing: "12.5000" is "12.5"."""
    return f"{number.normalize():f}"


def days_since(summit: Summit, now: Any = None) -> int:
    """Days since the last one of the summit; less than nothing before it ends."""
    days: int = ((now or timezone.now()).date() - summit.ends_on).days
    return days


class Choice(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    words = TranslatedField(_("answer"), max_length=120)
    # None: as many as like. ``taken`` and ``excess`` as those of a quota, written by registration.places.picks alone.
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    has_waitlist = models.BooleanField(_("with a waitlist"), default=False, db_default=False)
    taken = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    excess = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("answer to choose")
        verbose_name_plural = _("answers to choose")
        ordering = ("order", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(taken__lte=F("capacity") + F("excess")),
                name="choice_never_oversold",
            ),
        )

    def __str__(self) -> str:
        return str(self.words)

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.taken >= self.capacity


class Answer(models.Model):
    """``words`` as :mod:`registration.models.answer_kinds` writes them, of a file its name; ``choices`` for what was
    chosen. No row: not answered."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.RESTRICT, related_name="answers")
    words = models.TextField(_("words"), max_length=LONGEST_TEXT, blank=True)
    choices: models.ManyToManyField[Choice, "Pick"] = models.ManyToManyField(
        Choice, through="Pick", related_name="answers", blank=True
    )
    file = models.FileField(_("file"), upload_to="answers/", storage=private_files, blank=True, db_default="")
    # Of a consent: which version was agreed to.
    version = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
    given_at = models.DateTimeField(_("given"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ("question__order", "question_id")
        constraints = (models.UniqueConstraint(fields=["registration", "question"], name="answer_once"),)

    def __str__(self) -> str:
        return self.words or ", ".join(str(choice) for choice in self.choices.all())


class PickQuerySet(models.QuerySet["Pick"]):
    def waiting(self) -> Self:
        """Those that wait for a place of their choice, with it and its question, the longest waiting first."""
        rows = self.filter(waits_since__isnull=False).exclude(answer__registration__state__in=ENDED)
        return rows.select_related("choice__question", "answer").order_by("waits_since", "pk")


class Pick(models.Model):
    """That a choice was made. What somebody chose cannot be taken away from under the answer."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="picks")
    choice = models.ForeignKey(Choice, on_delete=models.RESTRICT, related_name="picks")
    # Of several in an order: 1 for the first.
    rank = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # Whether it is counted against the places of its choice; since when it waits for one.
    holds = models.BooleanField(default=False, db_default=False, editable=False)
    waits_since = models.DateTimeField(_("waits since"), null=True, blank=True, editable=False)

    objects = PickQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = (models.UniqueConstraint(fields=["answer", "choice"], name="pick_once"),)

    def __str__(self) -> str:
        return str(self.choice)
