"""What the audience asks the people on stage: one queue per session for hall and stream."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session
from summit.lib.translated import TranslatedField

# States: what everybody may read, and what the moderator has to do with.
SHOWN, OPEN = ("shown", "in_answer", "answered"), ("new", "shown", "in_answer")


class AudienceQuestionQuerySet(models.QuerySet["AudienceQuestion"]):
    def public(self) -> "AudienceQuestionQuerySet":
        """What everybody may read: neither what nobody has looked at yet, nor what was put aside or merged."""
        return self.filter(state__in=SHOWN, merged_into=None)

    def open(self) -> "AudienceQuestionQuerySet":
        """What the moderator has to do with."""
        return self.filter(state__in=OPEN, merged_into=None)

    def in_order(self) -> "AudienceQuestionQuerySet":
        """Pinned first, then what most people support, then what was asked first."""
        return self.order_by(models.F("pinned_at").asc(nulls_last=True), "-votes", "asked_at", "pk")


class AudienceQuestion(models.Model):
    class State(models.TextChoices):
        NEW = "new", _("New")
        SHOWN = "shown", _("Shown")
        IN_ANSWER = "in_answer", _("Being answered")
        ANSWERED = "answered", _("Answered")
        PUT_ASIDE = "put_aside", _("Put aside")

    class Place(models.TextChoices):
        HALL = "hall", _("In the hall")
        ONLINE = "online", _("Online")
        MICROPHONE = "microphone", _("At the microphone")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="audience_questions")
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    # A keyed digest of whoever asked (sessions.live.participants), "" once it is forgotten; the moderator's own have none.
    asker = models.CharField(max_length=64, blank=True, editable=False)
    # As shown to everybody: "" for whoever wished to stay unnamed.
    name = models.CharField(_("name"), max_length=200, blank=True)
    place = models.CharField(_("asked"), max_length=10, choices=Place, default=Place.ONLINE)
    text = models.TextField(_("question"), max_length=500)
    # "" where nobody has said it.
    language = models.CharField(_("language"), max_length=10, blank=True)
    # Beside the original, by a person.
    translation = TranslatedField(_("translation"), max_length=500, long=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    answer = TranslatedField(_("answer"), max_length=2000, long=True, blank=True)
    pinned_at = models.DateTimeField(_("pinned"), null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="merged")
    # Written with the votes alone; those of merged questions are counted by the one they went into.
    votes = models.PositiveIntegerField(_("votes"), default=0, db_default=0, editable=False)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AudienceQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question of the audience")
        verbose_name_plural = _("questions of the audience")
        ordering = ("asked_at", "pk")
        indexes = (
            models.Index(fields=["session", "state"], name="audience_question_state"),
            models.Index(fields=["asker"], name="audience_question_asker", condition=~Q(asker="")),
        )

    def __str__(self) -> str:
        return self.text[:80]


class QuestionVote(models.Model):
    """That somebody supports a question; one each."""

    question = models.ForeignKey(AudienceQuestion, on_delete=models.CASCADE, related_name="supporters")
    # As AudienceQuestion.asker.
    voter = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = (models.UniqueConstraint(fields=["question", "voter"], name="question_vote_once"),)

    def __str__(self) -> str:
        return str(self.question_id)
