"""The open-government register: figures, members, chairs, the Korean committee, action plans."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.lib.translated import TranslatedField
from summit.lib.weblinks import validate_web_link
from summit.models.place import validate_slug
from summit.models.summit import Summit


class MembershipFigure(models.Model):
    """How many governments belonged to the partnership in a year."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="membership_figures")
    year = models.PositiveSmallIntegerField(_("year"))
    national = models.PositiveIntegerField(_("national governments"))
    local = models.PositiveIntegerField(_("local governments"))
    note = TranslatedField(_("note"), blank=True)

    class Meta:
        verbose_name = _("membership figure")
        verbose_name_plural = _("membership figures")
        ordering = ("year",)
        constraints = (models.UniqueConstraint(fields=["summit", "year"], name="figure_year_once"),)

    def __str__(self) -> str:
        return str(self.year)


class MemberGovernment(models.Model):
    """A government that belongs to the partnership: of a country, or (with a code of its own) a local one there."""

    class Standing(models.TextChoices):
        ACTIVE = "active", _("Active")
        INACTIVE = "inactive", _("Inactive")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="member_governments")
    country = models.CharField(_("country"), max_length=2)
    local_code = models.CharField(
        _("code of the local government"), max_length=40, blank=True, validators=[validate_slug]
    )
    name = TranslatedField(_("name"), max_length=120)
    founding = models.BooleanField(_("founding member"), default=False)
    joined = models.PositiveSmallIntegerField(_("joined in"), null=True, blank=True)
    left = models.PositiveSmallIntegerField(_("left in"), null=True, blank=True)
    # Empty: nobody has told how it stands.
    standing = models.CharField(_("standing"), max_length=10, choices=Standing, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ("order", "country", "local_code")
        constraints = (
            models.UniqueConstraint(fields=["summit", "country", "local_code"], name="member_government_once"),
            models.CheckConstraint(
                condition=models.Q(left__isnull=True)
                | models.Q(joined__isnull=True)
                | models.Q(left__gte=models.F("joined")),
                name="member_left_after_joining",
            ),
        )

    def __str__(self) -> str:
        return str(self.name)

    @property
    def is_local(self) -> bool:
        return bool(self.local_code)

    @property
    def level(self) -> str:
        """``national`` or ``local``, as the open data says it."""
        return "local" if self.is_local else "national"


class Chair(models.Model):
    """A government that chaired the partnership, in order of its term."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="chairs")
    order = models.PositiveSmallIntegerField(_("order"))
    country = models.CharField(_("country"), max_length=2)
    name = TranslatedField(_("name"), max_length=120)
    note = TranslatedField(_("note"), blank=True)

    class Meta:
        verbose_name = _("chair")
        verbose_name_plural = _("chairs")
        ordering = ("order",)
        constraints = (models.UniqueConstraint(fields=["summit", "order"], name="chair_order_once"),)

    def __str__(self) -> str:
        return str(self.name)


def no_terms() -> list[Any]:
    return []


class CommitteeMember(models.Model):
    """A civil-society member of the national committee in one term."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="committee_members")
    term = models.PositiveSmallIntegerField(_("term"))
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=120)
    name_romanised = models.CharField(_("name in Latin letters"), max_length=120, blank=True)
    job_title = TranslatedField(_("job title"), blank=True)
    affiliation = TranslatedField(_("affiliation"), blank=True)
    past_terms = models.JSONField(_("earlier terms"), default=no_terms, blank=True)
    note = TranslatedField(_("note"), max_length=600, blank=True)

    class Meta:
        verbose_name = _("committee member")
        verbose_name_plural = _("committee members")
        ordering = ("term", "order")
        constraints = (models.UniqueConstraint(fields=["summit", "term", "order"], name="committee_order_once"),)

    def __str__(self) -> str:
        return self.name


class ActionPlan(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="action_plans")
    number = models.PositiveSmallIntegerField(_("number"))
    name = TranslatedField(_("name"))
    document = models.URLField(_("address of the document"), max_length=500, blank=True, validators=[validate_web_link])

    class Meta:
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["summit", "number"], name="plan_number_once"),)

    def __str__(self) -> str:
        return str(self.name)


class PlanStep(models.Model):
    """One step on the way to an action plan."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField(_("order"))
    period = TranslatedField(_("period"), max_length=120)
    title = TranslatedField(_("title"))
    detail = TranslatedField(_("detail"), max_length=1000, long=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ("order",)
        constraints = (models.UniqueConstraint(fields=["plan", "order"], name="step_order_once"),)

    def __str__(self) -> str:
        return str(self.title)

    @property
    def summit(self) -> Summit:
        return self.plan.summit


class Commitment(models.Model):
    """A promise of an action plan, under its vision, with the ministries that answer for it."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="commitments")
    number = models.PositiveSmallIntegerField(_("number"))
    vision = TranslatedField(_("vision"))
    title = TranslatedField(_("title"))
    ministries = models.JSONField(_("ministries"), default=no_terms)
    note = TranslatedField(_("note"), max_length=600, blank=True)

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["plan", "number"], name="commitment_number_once"),)

    def __str__(self) -> str:
        return str(self.title)

    @property
    def summit(self) -> Summit:
        return self.plan.summit
