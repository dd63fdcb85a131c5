"""What the audience is asked: a poll, who has voted, and what was voted, of which nobody can tell whose it is."""

from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session
from summit.lib.translated import TranslatedField


class Poll(models.Model):
    class Kind(models.TextChoices):
        ONE = "one", _("One of several")
        MANY = "many", _("Several of several")
        SCALE = "scale", _("From 1 to 5")
        WORDS = "words", _("Words of one's own")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="polls")
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.ONE)
    question = TranslatedField(_("question"), max_length=300)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DRAFT)
    # Whether everybody sees how it stands; the moderator always does.
    results_shown = models.BooleanField(_("results shown"), default=False, db_default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    # How many have voted, with or without a choice; written with the ballots alone.
    voted = models.PositiveIntegerField(_("voted"), default=0, db_default=0, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return str(self.question)

    def clean(self) -> None:
        if not self.question:
            raise ValidationError({"question": _("Say what is asked.")})


class PollChoice(models.Model):
    """One of what can be chosen; of a poll in words, one of what was written. Its votes are a number and nothing else."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="choices")
    label = TranslatedField(_("choice"), max_length=200, blank=True)
    # Of a poll in words: as compared (small letters, collapsed spaces), "" otherwise.
    word = models.CharField(max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    votes = models.PositiveIntegerField(_("votes"), default=0, db_default=0, editable=False)
    # Words that a moderator took off the screens.
    hidden = models.BooleanField(_("hidden"), default=False, db_default=False)

    class Meta:
        verbose_name = _("choice of a poll")
        verbose_name_plural = _("choices of a poll")
        ordering = ("order", "pk")
        constraints = (
            models.UniqueConstraint(fields=["poll", "word"], condition=~models.Q(word=""), name="poll_word_once"),
        )

    def __str__(self) -> str:
        return self.word or str(self.label)


class PollBallot(models.Model):
    """That somebody has voted. It holds no choice and no moment: the two cannot be brought together again."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    # As AudienceQuestion.asker.
    voter = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = (models.UniqueConstraint(fields=["poll", "voter"], name="poll_ballot_once"),)

    def __str__(self) -> str:
        return str(self.poll_id)
