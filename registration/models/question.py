"""What a summit asks everybody who registers, beside name, country and needs, and what they answer."""

import math
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registration.models.attendance import Attendance
from registration.models.registration import Registration, needs_are_gone
from summit.lib.translated import TranslatedField
from summit.models import Summit

YES, NO = "yes", "no"
# What a line and a text hold, in characters.
LONGEST_LINE, LONGEST_TEXT = 200, 2000


class QuestionQuerySet(models.QuerySet["Question"]):
    def asked(self) -> "QuestionQuerySet":
        return self.filter(is_asked=True)

    def asked_or_answered(self) -> "QuestionQuerySet":
        """Those of the form, and those no longer in it that somebody has answered."""
        answered = models.Exists(Answer.objects.filter(question=models.OuterRef("pk")))
        return self.filter(Q(is_asked=True) | answered)

    def of(self, attendance: str) -> "QuestionQuerySet":
        """Those put to people who come this way."""
        return self.filter(Q(asked_of="") | Q(asked_of=attendance))

    def required_of(self, registration: Registration) -> "QuestionQuerySet":
        """Those somebody registered must answer: of what is erased with the needs nothing, once they are gone."""
        rows = self.asked().of(registration.attendance).filter(required=True)
        return rows.filter(sensitive=False) if needs_are_gone(registration.summit) else rows


class Question(models.Model):
    class Kind(models.TextChoices):
        LINE = "line", _("One line")
        TEXT = "text", _("Several lines")
        YES = "yes", _("Yes or no")
        ONE = "one", _("One of several")
        SEVERAL = "several", _("Any of several")

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="questions")
    words = TranslatedField(_("question"), max_length=200)
    hint = TranslatedField(_("hint"), max_length=300, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=7, choices=Kind, default=Kind.LINE)
    # "": of everybody.
    asked_of = models.CharField(_("asked of"), max_length=12, choices=Attendance, blank=True)
    required = models.BooleanField(_("must be answered"), default=False)
    sensitive = models.BooleanField(_("erased together with the needs"), default=False)
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
        return self.kind in {self.Kind.ONE, self.Kind.SEVERAL}

    @property
    def most_choices(self) -> float:
        return {self.Kind.ONE: 1, self.Kind.SEVERAL: math.inf}.get(self.Kind(self.kind), 0)

    def takes(self, words: str) -> bool:
        """Whether these words are an answer of its kind."""
        match self.kind:
            case self.Kind.YES:
                return words in {YES, NO}
            case self.Kind.LINE:
                return "\n" not in words and len(words) <= LONGEST_LINE
            case self.Kind.TEXT:
                return len(words) <= LONGEST_TEXT
        return False

    def concerns(self, attendance: str) -> bool:
        """Whether it is put to people who come this way."""
        return self.asked_of in {"", attendance}

    @property
    def offered(self) -> list[list[Any]]:
        """Keys and words of its choices, in order: what a form of the whole question also stands on."""
        return [[choice.pk, choice.words.public()] for choice in self.choices.all()]


class Choice(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    words = TranslatedField(_("answer"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("answer to choose")
        verbose_name_plural = _("answers to choose")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return str(self.words)


class Answer(models.Model):
    """``words`` for lines and texts ("yes" or "no" for those), ``choices`` for what was chosen. No row: not answered."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.RESTRICT, related_name="answers")
    words = models.TextField(_("words"), max_length=LONGEST_TEXT, blank=True)
    choices: models.ManyToManyField[Choice, "Pick"] = models.ManyToManyField(
        Choice, through="Pick", related_name="answers", blank=True
    )

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ("question__order", "question_id")
        constraints = (models.UniqueConstraint(fields=["registration", "question"], name="answer_once"),)

    def __str__(self) -> str:
        return self.words or ", ".join(str(choice) for choice in self.choices.all())


class Pick(models.Model):
    """That a choice was made. What somebody chose cannot be taken away from under the answer."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="picks")
    choice = models.ForeignKey(Choice, on_delete=models.RESTRICT, related_name="picks")

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = (models.UniqueConstraint(fields=["answer", "choice"], name="pick_once"),)

    def __str__(self) -> str:
        return str(self.choice)
