"""Mail that must not get lost: written in the transaction, claimed and sent by the worker, kept with what became of it."""

from datetime import timedelta
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from summit.models.leases import Claimed, ClaimedQuerySet
from summit.models.summit import Summit

# Waits before the second to the last attempt; after that a person must look.
RETRY_AFTER = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=12),
]


class MessageQuerySet(ClaimedQuerySet):
    def over(self) -> Self:
        """Delivered, failed for good, or not to be sent."""
        return self.filter(state__in=[Message.State.SENT, Message.State.FAILED, Message.State.DISCARDED])


class Message(Claimed):
    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        DISCARDED = "dropped", _("Not to be sent")

    class Failure(models.TextChoices):
        """Why it failed for good, in words for organisers; what the mail server said stands in ``error``."""

        ADDRESS = "address", _("There is no such address. Check how it is spelled.")
        FULL = "full", _("The mailbox is full.")
        REFUSED = "refused", _("The mail server refused it.")
        GAVE_UP = "gave_up", _("No mail server took it, though it was tried for hours.")

    WAITING, CLAIMED = State.QUEUED, State.SENDING

    guid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="messages", null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=40)
    to = models.EmailField(_("to"), max_length=254)
    language = models.CharField(_("language"), max_length=10, default="ko")
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    # Holds a code or a link that opens something without a password: its text goes when it has arrived. True unless
    # whoever writes it knows better.
    is_secret = models.BooleanField(_("erased when delivered"), default=True, db_default=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    failure = models.CharField(_("why it failed"), max_length=8, choices=Failure, blank=True, db_default="")
    error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    erased_at = models.DateTimeField(_("text erased"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=["state", "created_at"], name="message_state"),
            models.Index(Lower("to"), name="message_address"),
        )

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

    @property
    def message_id(self) -> str:
        """The same at every attempt, so that a mail that came twice is recognised (RFC 5322 3.6.4)."""
        return f"<{self.guid}@{(self.summit.own_host if self.summit else '') or settings.SITE_HOST}>"


class MessageFile(models.Model):
    """A file that goes with a message, at most a few kilobytes (calendar entries)."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=120)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class MailHold(models.Model):
    """While there is such a row no mail leaves. One at most; ``summit/mailing/holding.py`` keeps it."""

    class Reason(models.TextChoices):
        RESTORED = "restored", _("Restored from a backup")

    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    since = models.DateTimeField(_("since"), default=timezone.now)
    # When the backup was made: what was waiting then, the original has sent meanwhile.
    copied_at = models.DateTimeField(_("backup of"), null=True, blank=True)

    class Meta:
        verbose_name = _("hold of mail")
        verbose_name_plural = _("holds of mail")

    def __str__(self) -> str:
        return self.get_reason_display()
