"""People at risk: what is sealed of them, who may open it, and who has looked at what is sensitive of anybody."""

import json
from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.registration import Registration
from speakers.models import Speaker
from summit.lib.sealed import Unreadable, seal, unseal
from summit.models import Membership, Role, Summit, User

# Of a registration at risk these are sealed, and its row carries what says nothing instead.
SEALED = (
    "name",
    "name_romanised",
    "title",
    "family_name",
    "badge_script",
    "organisation",
    "job_title",
    "country",
    "time_zone",
    "registered_by",
)
# Instead of words that are sealed.
HIDDEN = "…"


class KeptQuerySet(models.QuerySet[Any]):
    def rotate(self) -> tuple[int, list[str]]:
        """Encrypt all anew with the newest key: how many, and what those are known by that no key opens."""
        done, unreadable = 0, []
        for row in self.order_by("pk").iterator(chunk_size=500):
            with transaction.atomic():
                try:
                    self.filter(pk=row.pk).update(kept=seal(unseal(row.kept)))
                    done += 1
                except Unreadable:
                    unreadable.append(row.known_by)
        return done, unreadable


class Kept(models.Model):
    """What is true of somebody, encrypted; ``known_by`` is what they are known by to whoever keeps the keys."""

    # JSON under :func:`summit.lib.sealed.seal`.
    kept = models.TextField()
    since = models.DateTimeField(_("protected since"), default=timezone.now)

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def keep(self, truth: dict[str, Any]) -> None:
        self.kept = seal(json.dumps(truth, ensure_ascii=False))

    def truth(self) -> dict[str, Any]:
        """What was sealed. Raises :class:`summit.lib.sealed.Unreadable`."""
        opened: dict[str, Any] = json.loads(unseal(self.kept))
        return opened


class Sealed(Kept):
    """What is true of somebody at risk, encrypted. Opened by :mod:`registration.registering.sealing` alone."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="sealed")
    # Kept are a value for each name of ``SEALED``, and "answers" by their question's key. Asked
    # for on the own page; else somebody of the circle decided.
    by_person = models.BooleanField(_("asked for by the person"), default=False)

    class Meta:
        verbose_name = _("sealed details")
        verbose_name_plural = _("sealed details")

    def __str__(self) -> str:
        return str(self.registration)

    @classmethod
    def of(cls, registration: Registration, truth: dict[str, Any], *, by_person: bool) -> Self:
        made = cls(registration=registration, by_person=by_person)
        made.keep(truth)
        return made

    @property
    def known_by(self) -> str:
        return self.registration.reference


class SealedSpeaker(Kept):
    """What is true of a speaker at risk. Kept are a value for each name of ``speakers.models.speaker.SEALED``, "guid", "code",
    "former" (codes), "portrait" as [name, content, small content] or [], "bills" by the appearance's key."""

    speaker = models.OneToOneField(Speaker, on_delete=models.CASCADE, related_name="sealed")

    class Meta:
        verbose_name = _("sealed profile")
        verbose_name_plural = _("sealed profiles")

    def __str__(self) -> str:
        return str(self.speaker)

    @property
    def known_by(self) -> str:
        return self.speaker.code


def rotate() -> tuple[int, list[str]]:
    """See :meth:`KeptQuerySet.rotate`."""
    done, shut = Sealed.objects.rotate()
    more, others = SealedSpeaker.objects.rotate()
    return done + more, [*shut, *others]


class SealKeeper(models.Model):
    """A member of the circle that may see who somebody at risk is. Named by an owner."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="seal_keepers")
    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="seal_keeper")
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("member of the circle")
        verbose_name_plural = _("circle")

    def __str__(self) -> str:
        return str(self.membership)


class LookQuerySet(models.QuerySet["Look"]):
    def told(self) -> "LookQuerySet":
        """As its person reads them: the newest first, without who it was."""
        return self.defer("by").order_by("-at", "-pk")


class Look(models.Model):
    """Somebody of the team has looked at what is sensitive of a person: when, in which role, at what."""

    class What(models.TextChoices):
        NEEDS = "needs", _("access and dietary needs, sensitive answers")
        EXPORT = "export", _("the same, in a file taken along")
        TRUTH = "truth", _("the sealed details")

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="looks")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    role = models.CharField(_("role"), max_length=13, choices=Role, blank=True)
    what = models.CharField(_("what was looked at"), max_length=8, choices=What)
    # Of whoever opened a seal.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    objects = LookQuerySet.as_manager()

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=["registration", "-at"], name="look_of_somebody"),
            models.Index(fields=["by", "what", "at"], name="look_by_somebody"),
            models.Index(fields=["at"], name="look_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.at:%Y-%m-%d %H:%M}"
