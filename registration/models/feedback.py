"""What those who were there say of a session, or of the summit, afterwards: without a name."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models import Session
from summit.models import Summit

LONGEST = 2000


class Feedback(models.Model):
    """One person's, once for each session and once for the summit. ``author`` is the keyed digest of
    :func:`sessions.live.participants.of_registration`: it tells that somebody has written already, and to nobody who; "" once the days
    are over for which that is known."""

    class Rating(models.IntegerChoices):
        VERY_GOOD = 5, _("Very good")
        GOOD = 4, _("Good")
        FAIR = 3, _("Fair")
        POOR = 2, _("Poor")
        VERY_POOR = 1, _("Very poor")

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="feedback")
    # None: of the summit as a whole.
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="feedback")
    author = models.CharField(max_length=64, editable=False)
    rating = models.PositiveSmallIntegerField(
        _("rating"), choices=Rating, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    good = models.TextField(_("what was good"), max_length=LONGEST, blank=True)
    better = models.TextField(_("what could be better"), max_length=LONGEST, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = (
            models.UniqueConstraint(
                fields=["summit", "author"],
                condition=models.Q(session=None) & ~models.Q(author=""),
                name="feedback_once",
            ),
            models.UniqueConstraint(
                fields=["session", "author"], condition=~models.Q(author=""), name="feedback_of_session_once"
            ),
            models.CheckConstraint(condition=models.Q(rating__range=(1, 5)), name="feedback_rating"),
        )

    def __str__(self) -> str:
        return f"{self.session or self.summit}: {self.rating}"


class FeedbackAsked(models.Model):
    """That everybody who was at a summit is being asked, or was: once."""

    summit = models.OneToOneField(Summit, on_delete=models.CASCADE, primary_key=True, related_name="feedback_asked")
    at = models.DateTimeField(_("asked"), default=timezone.now)

    class Meta:
        verbose_name = _("question for feedback")
        verbose_name_plural = _("questions for feedback")

    def __str__(self) -> str:
        return str(self.summit)
