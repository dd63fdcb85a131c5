"""Sessions on somebody's own agenda."""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session
from summit.models import Summit


class Bookmark(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookmarks")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="bookmarks")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = (models.UniqueConstraint(fields=["user", "session"], name="bookmark_once"),)

    def __str__(self) -> str:
        # Not whose: lists of what hangs on a session show it, and its person may be at risk.
        return f"{self.session} · {self.pk}"


class PersonalAgendaQuerySet(models.QuerySet["PersonalAgenda"]):
    def with_bookmarks(self) -> "PersonalAgendaQuerySet":
        """Adds what changes with every bookmark: ``bookmarks_count`` and ``bookmarked_at``."""
        here = Q(user__bookmarks__session__summit=F("summit"))
        return self.annotate(
            bookmarks_count=Count("user__bookmarks", filter=here),
            bookmarked_at=Max("user__bookmarks__created_at", filter=here),
        )


class PersonalAgenda(models.Model):
    """Somebody's agenda of one summit as they share it. Empty token: not shared."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="agendas")
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="personal_agendas")
    share_token = models.CharField(max_length=64, blank=True, editable=False)

    objects = PersonalAgendaQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal agenda")
        verbose_name_plural = _("personal agendas")
        constraints = (
            models.UniqueConstraint(fields=["user", "summit"], name="personal_agenda_once"),
            models.UniqueConstraint(
                fields=["share_token"], condition=Q(share_token__gt=""), name="personal_agenda_share_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.summit.code} · {self.pk}"
