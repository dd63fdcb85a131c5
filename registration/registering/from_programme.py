"""Registrations for those who stand in the programme, look after its sessions or are of the team: made by the team in one
go, confirmed by each of them, and kept in step when somebody has no part any more."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models import Attendance, Category, Registration
from registration.models.attendance import offered
from registration.models.registration import RegistrationQuerySet
from registration.registering import lifecycle, refusals, states
from registration.registering.asking import Given
from registration.registering.entering import entrance
from registration.registering.making import Person
from sessions.models import Appearance
from speakers.models import OrganisationMember
from summit import history
from summit.errors import Refusal
from summit.imports.staging import Overtaken, Staging
from summit.imports.table_format import Refused
from summit.lib.text import language_of_name
from summit.models import Membership, SealedAddress, Summit, User

# How often it is tried anew where people register themselves at that moment.
TRIES = 3


class Part(models.TextChoices):
    """What somebody has to do with the programme; of several the first counts."""

    SPEAKER = "speaker", _("Speakers who have confirmed")
    HOST = "host", _("Contacts of hosts")
    TEAM = "team", _("Team")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the programme; ``address`` is "" where none is known, ``user`` the key of an account."""

    part: Part
    name: str
    address: str
    language: str
    user: int | None = None
    name_romanised: str = ""
    country: str = ""
    organisation: str = ""
    job_title: str = ""

    @property
    def keys(self) -> set[Any]:
        """What a person is known by: the account, and the address."""
        return {key for key in (self.user, self.address.lower()) if key}


@dataclass(slots=True)
class Survey:
    """The people of one part: ``new`` have no registration, ``registered`` have one, ``ended`` had one that was
    cancelled or rejected, ``unreachable`` have no address."""

    new: list[Candidate] = field(default_factory=list)
    registered: list[Candidate] = field(default_factory=list)
    ended: list[Candidate] = field(default_factory=list)
    unreachable: list[Candidate] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Done:
    """How many were registered, and who found no place, each with why."""

    registered: int
    left_out: list[tuple[str, str]]


class Busy(Refusal):
    code = "registered_meanwhile"
    message: Any = _("Some of them registered themselves at this moment. Look at the numbers and try again.")


class NobodyChosen(Refusal):
    code = "nobody_chosen"
    status = 422
    message: Any = _("Choose whom to register.")


def survey(summit: Summit, parts: Collection[str] = Part.values) -> dict[Part, Survey]:
    """Where the people of these parts stand; each of them once. A fixed number of queries."""
    active: set[Any] = set()
    ended: set[Any] = set()
    rows = summit.registrations.filter(companion_of=None)
    there = set(rows.active().values_list("pk", flat=True))
    sealed = SealedAddress.objects.behind(summit)
    for pk, user, address in rows.values_list("pk", "user", "email"):
        (active if pk in there else ended).update(filter(None, (user, sealed.get(address, address.lower()))))
    found = {part: Survey() for part in Part if part in parts}
    seen: set[Any] = set()
    for candidate in _candidates(summit, found):
        if candidate.keys & seen:
            continue
        seen |= candidate.keys
        of_part = found[candidate.part]
        if candidate.keys & active:
            of_part.registered.append(candidate)
        elif candidate.keys & ended:
            of_part.ended.append(candidate)
        elif not candidate.address:
            of_part.unreachable.append(candidate)
        else:
            of_part.new.append(candidate)
    return found


def _candidates(summit: Summit, parts: Collection[Part]) -> Iterator[Candidate]:
    sources = {Part.SPEAKER: _speakers, Part.HOST: _hosts, Part.TEAM: _team}
    for part, source in sources.items():
        if part in parts:
            yield from source(summit)


def _speakers(summit: Summit) -> Iterator[Candidate]:
    """Who has confirmed an appearance, with affiliation and job title as the first of them bills."""
    rows = Appearance.objects.filter(speaker__summit=summit, state=Appearance.State.CONFIRMED)
    billed: dict[int, Appearance] = {}
    for row in rows.select_related("speaker__user").order_by("speaker__name", "speaker", "order", "pk"):
        billed.setdefault(row.speaker_id, row)
    for row in billed.values():
        speaker, user = row.speaker, row.speaker.user
        language = _language(summit, user.language if user else language_of_name(speaker.name))
        yield Candidate(
            Part.SPEAKER,
            speaker.name,
            user.email if user else speaker.email.strip(),
            language,
            user=speaker.user_id,
            name_romanised=speaker.name_romanised,
            country=speaker.country,
            organisation=row.affiliation.in_language(language)[:160],
            job_title=row.job_title.in_language(language)[:120],
        )


def _hosts(summit: Summit) -> Iterator[Candidate]:
    """Who looks after an organisation that hosts a session."""
    rows = OrganisationMember.objects.filter(organisation__in=_hosting(summit), accepted_at__isnull=False)
    for row in rows.select_related("user", "organisation").order_by("user__email", "pk"):
        organisation, language = row.organisation, _language(summit, row.user.language)
        yield _of_account(
            Part.HOST, row.user, language, country=organisation.country, organisation=organisation.name.in_language(language)[:160]
        )  # fmt: skip


def _team(summit: Summit) -> Iterator[Candidate]:
    rows = Membership.objects.accepted().filter(summit=summit).select_related("user").order_by("user__email", "pk")
    for row in rows:
        yield _of_account(Part.TEAM, row.user, _language(summit, row.user.language))


def _hosting(summit: Summit) -> Any:
    return summit.organisations.filter(hostings__isnull=False).order_by().values("pk")


def _of_account(part: Part, user: User, language: str, **facts: str) -> Candidate:
    name = user.name or user.email.partition("@")[0]
    return Candidate(part, name, user.email, language, user=user.pk, **facts)


def _language(summit: Summit, wanted: str) -> str:
    return wanted if wanted in summit.languages else summit.languages[0]


def register(summit: Summit, categories: Mapping[Part, Category], *, by: User) -> Done:
    """Register all people of the parts of ``categories`` who have no registration, each in the category of their part, and
    have the worker mail them. Whoever cancelled or was rejected before stays so. Twice registers nobody anew.

    Who finds no place is told apart, the others are registered. Raises :class:`NobodyChosen` and :class:`Busy`.
    """
    if not categories:
        raise NobodyChosen
    for _time in range(TRIES):
        try:
            with transaction.atomic():
                return _register(Summit.objects.select_for_update().get(pk=summit.pk), categories, by=by)
        except (IntegrityError, Overtaken):
            continue
    raise Busy


def _register(summit: Summit, categories: Mapping[Part, Category], *, by: User) -> Done:
    staging, left_out = Staging(), []
    people = entrance(staging, summit, by=by, entered=True)
    for part, found in survey(summit, list(categories)).items():
        category = categories[part]
        ways = category.attendances(offered(summit.mode)) or offered(summit.mode)
        for one in found.new:
            try:
                people.enter(_person(one, category, ways[0])).for_programme = True
            except Refused as refused:
                left_out.append((one.name, str(refused)))
    staging.write()
    return Done(len(people.made), left_out)


def _person(one: Candidate, category: Category, attendance: str) -> Person:
    return Person(
        name=one.name, name_romanised=one.name_romanised, email=one.address, country=one.country, category=category,
        attendance=attendance, organisation=one.organisation, job_title=one.job_title, language=one.language,
    )  # fmt: skip


def to_ask_about(summit: Summit) -> RegistrationQuerySet:
    """Registrations made for the programme whose person has no part any more: declined, taken out, or no longer of the
    team; without those the team has decided to keep."""
    account, address = OuterRef("user"), OuterRef("email")
    on_stage = Appearance.objects.filter(speaker__summit=OuterRef("summit")).exclude(state=Appearance.State.DECLINED)
    hosts = OrganisationMember.objects.filter(
        organisation__summit=OuterRef("summit"), organisation__hostings__isnull=False, accepted_at__isnull=False
    )
    team = Membership.objects.accepted().filter(summit=OuterRef("summit"))
    rows = summit.registrations.active().filter(for_programme=True, kept_at=None)
    return (
        rows.exclude(pk__in=_sealed_with_a_part(summit, rows.filter(at_risk=True)))
        .exclude(Exists(on_stage.filter(Q(speaker__user=account) | Q(speaker__email__address=address))))
        .exclude(Exists(hosts.filter(Q(user=account) | Q(user__email__address=address))))
        .exclude(Exists(team.filter(Q(user=account) | Q(user__email__address=address))))
    )


def _sealed_with_a_part(summit: Summit, rows: RegistrationQuerySet) -> list[int]:
    """Those under a stand-in whose address is that of somebody of the programme. One query where nobody is protected."""
    sealed = dict(rows.values_list("email", "pk"))
    known = SealedAddress.objects.behind(summit) if sealed else {}
    theirs = {known[stand_in]: pk for stand_in, pk in sealed.items() if stand_in in known}
    addresses = {one.address.lower() for one in _candidates(summit, list(Part))} if theirs else set()
    invited = Appearance.objects.filter(speaker__summit=summit).exclude(state=Appearance.State.DECLINED)
    addresses |= {each.lower() for each in invited.values_list("speaker__email", flat=True)} if theirs else set()
    return [pk for address, pk in theirs.items() if address in addresses]


@transaction.atomic
def keep(registration: Registration, *, by: User) -> Registration:
    """Leave somebody registered who has no part any more; nobody is asked about them again. Twice is once. Raises
    :class:`refusals.NotActive`."""
    locked = states.locked(registration)
    if not locked.is_active:
        raise refusals.NotActive
    if locked.kept_at is None:
        locked.kept_at = locked.updated_at = timezone.now()
        locked.save(update_fields=["kept_at", "updated_at"])
        history.record("registration.keep", locked, by=by, summit=locked.summit)
    return locked


@transaction.atomic
def say_to_come(
    registration: Registration,
    values: dict[str, Any],
    *,
    attendance: Attendance,
    consents: Mapping[str, str],
    answers: dict[int, Given],
) -> Registration:
    """The person confirms that they come, and how, with what they need and agree to. Twice is once.

    Raises what :func:`registration.registering.lifecycle.correct` and
    :func:`registration.registering.lifecycle.change_attendance` raise; then nothing was written.
    """
    locked = states.locked(registration)
    if not locked.awaits_person:
        return locked
    locked = lifecycle.change_attendance(locked, attendance)
    locked = lifecycle.correct(locked, values, answers=answers, consents=consents)
    locked.said_to_come_at = locked.updated_at = timezone.now()
    locked.save(update_fields=["said_to_come_at", "updated_at"])
    history.record("registration.say_to_come", locked, by=None, summit=locked.summit)
    return locked
