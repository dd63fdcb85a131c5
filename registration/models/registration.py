"""One person's place at a summit."""

from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registration.models.attendance import Attendance
from registration.models.by_address import ByAddress
from registration.models.category import Category
from registration.models.consent import Consent
from registration.models.delegation import Delegation
from registration.models.shown import Listed, Script
from registration.models.state import ENDED, HOLDING, REPLACING, WAITING, State
from registration.models.tag import Tag, names_of
from registration.models.telephones import with_telephone, with_whole_number
from registration.models.vetting import Vetting, vetted_as
from summit.lib import columns, naming, times
from summit.lib.codes import normal_reference, reference, token
from summit.lib.finding import fold
from summit.models import Membership, Right, Summit, User
from summit.models.summit import validate_zone


def waited_longer(since: datetime | None, pk: int) -> Q:
    """Those who have waited longer than the registration ``pk``, which waits ``since`` then."""
    return Q(waits_since__lt=since) | Q(waits_since=since, pk__lt=pk)


class RegistrationQuerySet(ByAddress, models.QuerySet["Registration"]):
    def active(self) -> "RegistrationQuerySet":
        return self.exclude(state__in=ENDED)

    def holding(self) -> "RegistrationQuerySet":
        """Those that are counted against the places: confirmed, or with a place kept for them."""
        return self.filter(HOLDING)

    def awaiting_person(self) -> "RegistrationQuerySet":
        """Those that somebody else made and whose person has yet to say that they come."""
        others = Q(for_programme=True) | Q(registered_by__gt="")
        return self.active().filter(others, said_to_come_at=None)

    def in_the_open(self) -> "RegistrationQuerySet":
        """Those that searches, files and other software may hold: of whoever is at risk not even the alias."""
        return self.filter(at_risk=False)

    def listed_to_others(self) -> "RegistrationQuerySet":
        """Those whom others taking part may find: who is confirmed, wants it, and is not at risk."""
        return self.in_the_open().filter(state=State.CONFIRMED, listed__gt="")

    def first_with_address(self, address: str) -> "Registration | None":
        """Who stands and has this address, as :meth:`first_under` finds them; nobody whom somebody brings along under it."""
        found: Registration | None = self.active().filter(companion_of=None).first_under(address)
        return found

    def delegated(self) -> "RegistrationQuerySet":
        """Those that are counted against the places of their delegation."""
        return self.active().filter(delegation__isnull=False).exclude(REPLACING)

    def overdue(self, now: datetime | None = None) -> "RegistrationQuerySet":
        """Those that wait for a decision longer than their category says; two queries."""
        now = now or timezone.now()
        spans = Category.objects.order_by().values_list("decided_within", flat=True).distinct()
        late = [Q(category__decided_within=days, waits_since__lte=now - timedelta(days=days)) for days in spans]
        return self.filter(reduce(or_, late, Q(pk__in=[])), state=State.PENDING)

    def visible_to(self, user: User) -> "RegistrationQuerySet":
        """One's own (the account's address is proven at sign-in), and all of a summit for its organisers and desks."""
        own = Q(user=user) | Q(email__address=user.email) | Q(companion_of__user=user)
        team = Membership.objects.granting(Right.REGISTRATIONS, Right.DESK).filter(user=user)
        return self.filter(own | Q(summit__in=team.values("summit")))

    def search(self, words: str) -> "RegistrationQuerySet":
        """Every word somewhere in name, e-mail, organisation or reference, as :mod:`summit.lib.finding` reads words, or at
        the end of a telephone number, or all of a number as it is dialled at home or from abroad."""
        # Only what could be a reference is read as one: of "3팀" nothing but a 3 would be left.
        codes = {fold(word): fold(normal_reference(word)) for word in words.split() if word.isascii()}
        found = columns.has_words("found_as", words, codes, with_telephone)
        return self.filter(found | with_whole_number(words) if " " in words.strip() else found)

    def arrived(self, yes: bool) -> "RegistrationQuerySet":
        """Those who are checked in, or those who are not."""
        inside = Q(check_ins__isnull=False, check_ins__undone_at__isnull=True)
        return self.filter(inside) if yes else self.exclude(pk__in=Registration.objects.filter(inside).values("pk"))


class Registration(models.Model):
    """Three identifiers for three purposes: ``guid`` is in the ticket, ``reference`` is read aloud, ``token`` opens
    the person's own page. Knowing one does not give the others. Only ``lifecycle`` writes ``state``."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="registrations")
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=12, default=reference, editable=False)
    token = models.CharField(max_length=64, unique=True, default=token, editable=False)
    # Empty: no calendar link was asked for, or it was revoked.
    calendar_token = models.CharField(max_length=64, blank=True, editable=False)
    # Minutes before a session that calendars remind of it; empty: not at all.
    calendar_alarm = models.PositiveSmallIntegerField(_("reminder"), null=True, blank=True)
    # One per form shown: a double click or a resent form meets the registration it has already made.
    form_nonce = models.CharField(max_length=64, blank=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="registrations"
    )
    # Whom this person accompanies; their address is its own, or that of whoever brings them.
    companion_of = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="companions",
        editable=False,
        verbose_name=_("comes with"),
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("category")
    )
    delegation = models.ForeignKey(
        Delegation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("delegation"),
    )
    # Whose place it takes over once the organisers approve; kept afterwards as what happened.
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="replacements"
    )
    # The code it was registered with; that of an invitation stands on the invitation.
    access_code = models.ForeignKey(
        "registration.AccessCode", on_delete=models.SET_NULL, null=True, blank=True, related_name="registrations",
        verbose_name=_("access code"), editable=False,
    )  # fmt: skip
    # Whose place it has taken over, or shall once the organisers approve.
    substitute_for = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="substitutes"
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING, editable=False)
    attendance = models.CharField(_("attendance"), max_length=12, choices=Attendance)
    # "": nobody has looked into it, and the category says whether anybody must.
    vetting = models.CharField(_("vetting"), max_length=12, choices=Vetting, blank=True, default="", db_default="", editable=False)  # fmt: skip
    name = models.CharField(_("name as written"), max_length=200)
    name_romanised = models.CharField(_("name in Latin letters"), max_length=200, blank=True)
    # As it is written: 장관, H.E., Dr.
    title = models.CharField(
        pgettext_lazy("of a person", "title"), max_length=80, blank=True, default="", db_default=""
    )
    # Which part of the name it is: what lists for protocol go by.
    family_name = models.CharField(_("family name"), max_length=120, blank=True, default="", db_default="")
    badge_script = models.CharField(_("large name on the badge"), max_length=10, choices=Script, default=Script.NATIVE)
    email = models.EmailField(_("e-mail address"), max_length=254)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    found_as = columns.FoundText(of=("name", "name_romanised", "email", "organisation", "reference", "title"))
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2)
    access_needs = models.TextField(_("access needs"), max_length=1000, blank=True)
    dietary_needs = models.TextField(_("dietary needs"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=10, default="ko")
    # Times are told in it beside the summit's own; empty: in the summit's alone.
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])
    # What is true of the person is sealed (``Sealed``), and this row carries an alias and a stand-in for the address.
    at_risk = models.BooleanField(_("protected"), default=False, db_default=False, editable=False)
    no_photographs = models.BooleanField(_("no photographs"), default=False, db_default=False, editable=False)
    listed = models.CharField(
        _("in the list of participants"),
        max_length=4,
        choices=Listed,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    contactable = models.BooleanField(_("may be written to"), default=False, db_default=False, editable=False)
    # Rises when a ticket is reissued; tickets with a lower number no longer open the door.
    ticket_issue = models.PositiveSmallIntegerField(_("issue of the ticket"), default=1, editable=False)
    # SEQUENCE of the entry in mails (RFC 5545 3.8.7.4): rises when attendance or state change.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    # Until when a person whose category asks for it must have confirmed the address; the worker ends it then.
    proof_ends_at = models.DateTimeField(_("address to be confirmed by"), null=True, blank=True, editable=False)
    # The state it comes into once they have; kept where they never did.
    becomes = models.CharField(
        _("once the address is confirmed"), max_length=12, choices=State, blank=True, default="", db_default="",
        editable=False,
    )  # fmt: skip
    # Since when it waits: for its address to be confirmed, for a decision, or for a place.
    waits_since = models.DateTimeField(_("waits since"), null=True, blank=True, editable=False)
    # A place is kept for it though it is not confirmed: its address may be soon, it is looked at again, or a place is offered to it.
    keeps_place = models.BooleanField(default=False, db_default=False, editable=False)
    # Until when a place that is kept for whoever waited may be taken; the worker takes it back then.
    offer_ends_at = models.DateTimeField(_("offer ends"), null=True, blank=True, editable=False)
    # What the person was told why it was rejected or cancelled, in their language.
    reason = models.TextField(_("reason"), max_length=1000, blank=True, default="", db_default="", editable=False)
    # Made by the team for somebody of the programme or of the team itself, who then says that they come.
    for_programme = models.BooleanField(_("made for the programme"), default=False, db_default=False, editable=False)
    # Who registered a group this person is of, as the person reads it: name and address.
    registered_by = models.CharField(
        _("registered by"), max_length=400, blank=True, default="", db_default="", editable=False
    )
    said_to_come_at = models.DateTimeField(
        _("attendance confirmed by the person"), null=True, blank=True, editable=False
    )
    # That the team keeps it though the person has no part in the programme any more.
    kept_at = models.DateTimeField(_("kept without a part"), null=True, blank=True, editable=False)
    tags: models.ManyToManyField[Tag, models.Model] = models.ManyToManyField(
        Tag, related_name="registrations", blank=True, verbose_name=_("tags")
    )
    # The registration of the same person that stands in its place.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="merged_from",
        db_index=False, verbose_name=_("merged into"),
    )  # fmt: skip
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the own page was last opened by its link, to the minute.
    opened_at = models.DateTimeField(_("own page last opened"), null=True, blank=True, editable=False)
    # Of a registration whose person was erased nothing is left but what is counted.
    erased_at = models.DateTimeField(_("person erased"), null=True, blank=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["summit", "reference"], name="registration_reference_once"),
            models.UniqueConstraint(
                "summit",
                Lower("email"),
                condition=~Q(state__in=[s.value for s in ENDED]) & Q(companion_of=None),
                name="registration_email_once",
            ),
            models.UniqueConstraint(
                fields=["summit", "form_nonce"], condition=Q(form_nonce__gt=""), name="registration_nonce_once"
            ),
            models.UniqueConstraint(
                fields=["calendar_token"], condition=Q(calendar_token__gt=""), name="registration_calendar_once"
            ),
        )
        indexes = (
            # All that people are counted by; on PostgreSQL the table itself is not read for it.
            models.Index(fields=["summit", "state", "attendance", "category", "country"], name="registration_counted"),
            models.Index(Lower("email"), name="registration_address"),
            models.Index(fields=["summit", "-created_at", "-id"], name="registration_newest"),
            models.Index("summit", Lower("name"), name="registration_by_name"),
        )

    def __str__(self) -> str:
        return self.name or str(_("(erased)"))

    def get_absolute_url(self) -> str:
        """The person's own page; whoever knows this address is let in."""
        return reverse("registration:own", args=[self.summit.code, self.token])

    @property
    def is_active(self) -> bool:
        return self.state not in ENDED and not self.erased_at

    def is_offered_place(self, now: datetime | None = None) -> bool:
        """Whether a place is kept for whoever waited, and may still be taken."""
        return self.offer_ends_at is not None and self.offer_ends_at > (now or timezone.now())

    @property
    def holds_place(self) -> bool:
        """Whether it is counted against the places."""
        return self.is_confirmed or (self.state in WAITING and self.keeps_place)

    @property
    def never_proven(self) -> bool:
        """Whether it ended before anybody had confirmed its address."""
        return not self.is_active and self.becomes != ""

    @property
    def is_replacing(self) -> bool:
        """Whether it waits to take over the place of somebody."""
        return self.state == State.PENDING and self.replaces_id is not None

    @property
    def fills_delegation(self) -> bool:
        """Whether it is counted against the places of a delegation."""
        return self.is_active and self.delegation_id is not None and not self.is_replacing

    @property
    def handed_over(self) -> bool:
        """Whether a substitute has taken over its place."""
        return not self.is_active and self.substitutes.exclude(state=State.PENDING).exists()

    @property
    def is_confirmed(self) -> bool:
        return self.state == State.CONFIRMED

    @property
    def vetted_as(self) -> Vetting:
        """Where its vetting stands."""
        return vetted_as(self.vetting, vetted=self.category.vetted)

    @property
    def awaits_person(self) -> bool:
        """Whether somebody else made it and the person has yet to say that they come."""
        return (self.for_programme or bool(self.registered_by)) and self.said_to_come_at is None and self.is_active

    @property
    def shares_address(self) -> bool:
        """Whether its mails go to whoever brings this person along, under whose address it stands."""
        return self.companion_of is not None and self.companion_of.email.lower() == self.email.lower()

    @property
    def is_in_person(self) -> bool:
        return self.attendance == Attendance.IN_PERSON

    def has_agreed(self, kind: str) -> bool:
        """Whether the person has given a consent and not withdrawn it. One query, or none where they were prefetched."""
        return any(one.kind == kind and one.withdrawn_at is None for one in self.consents.all())

    @property
    def may_be_photographed(self) -> bool:
        return not self.no_photographs and self.has_agreed(Consent.Kind.PHOTOGRAPHY)

    @property
    def answered(self) -> list[list[Any]]:
        """Its answers as a form of the details stands on them: question, words, choices."""
        rows = self.answers.order_by("question_id").prefetch_related("choices")
        return [[row.question_id, row.words, sorted(choice.pk for choice in row.choices.all())] for row in rows]

    @property
    def tagged(self) -> list[str]:
        """The names of its tags, as a form of them stands on."""
        return names_of(self.tags.all())

    @property
    def zone(self) -> ZoneInfo | None:
        """The person's own zone, where they have chosen one."""
        return times.zone(self.time_zone)

    @property
    def names(self) -> tuple[str, str]:
        """(large, small): the name in the script of choice and the other one, "" where there is none."""
        both = (self.name, self.name_romanised)
        large, small = both[::-1] if self.badge_script == Script.ROMANISED and self.name_romanised else both
        return large, "" if small == large else small

    @property
    def titled_names(self) -> tuple[str, str]:
        """:attr:`names` with the title, as badges and papers show them."""
        return naming.titled_pair(self.names, self.title)

    @property
    def titled_name(self) -> str:
        """The name as written with the title, as the team's lists show it."""
        return naming.titled(self.name, self.title) if self.name else str(self)

    @property
    def addressed_as(self) -> str:
        """The name as a mail in the person's language addresses it: in Latin letters, where there are any, but for
        readers of Korean. A title stands there that the language can say."""
        korean = self.language.startswith("ko")
        name = self.name if korean else self.name_romanised or self.name
        fits = korean or not naming.is_korean(self.title) or naming.is_korean(name)
        return naming.titled(name, self.title if fits else "")


# What the person, or an organiser for them, may correct.
PERSONAL_FIELDS = (
    "name",
    "name_romanised",
    "title",
    "family_name",
    "badge_script",
    "organisation",
    "job_title",
    "country",
    "access_needs",
    "dietary_needs",
    "language",
    "time_zone",
)
# What a form of the details also stands on.
VERSIONED = (*PERSONAL_FIELDS, "answered")
