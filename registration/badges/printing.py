"""From registrations to printed badges and tickets: one at once, many in the background."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration import standing
from registration.accrediting import zones
from registration.badges import Face, Layout, draw
from registration.badges.writable import unwritable
from registration.door import tickets
from registration.models import BadgeJob, BadgePrint, Desk, PhotoWanted, Registration
from registration.models.accreditation import Photo
from summit import history
from summit.errors import Refusal
from summit.leases import takeover
from summit.leases.heartbeat import identity
from summit.lib import countries, naming
from summit.lib.busy import is_busy, until_it_answers
from summit.lib.translated import Text
from summit.models import Summit, User
from summit.storage import delete_files

# The layouts to choose from, the usual one first.
LAYOUTS: tuple[tuple[str, Any], ...] = ((Layout.A6.name, "A6"), (Layout.A4.name, _("A4, four on a sheet")))


class NoBadge(Refusal):
    code = "no_badge"
    message: Any = _("Only those have a badge who are confirmed and come in person.")


class NobodyChosen(Refusal):
    code = "nobody_chosen"
    message: Any = _("Nobody was chosen who is confirmed and comes in person.")


def face_of(registration: Registration) -> Face:
    """What stands on the badge, in the person's language."""
    summit, language = registration.summit, registration.language
    primary, secondary = naming.titled_pair(_in_our_letters(*registration.names), registration.title)
    with translation.override(language):
        return Face(
            primary=primary,
            secondary=secondary,
            organisation=registration.organisation,
            job_title=registration.job_title,
            country=countries.name(registration.country, language),
            category=registration.category.name.in_language(language),
            colour=registration.category.colour,
            attendance=str(registration.get_attendance_display()),
            token=tickets.token_for(registration),
            reference=registration.reference,
            summit=(summit.short_name or summit.name).in_language(language),
            dates=summit.dates,
            language=language,
            band=_in_all_languages(registration.category.band, summit),
            band_colour=registration.category.band_colour,
            zones=zones.codes(zones.of(registration)),
            photo=_photo(registration),
            no_photographs=gettext("No photographs") if registration.no_photographs else "",
        )


def _in_all_languages(text: Text, summit: Summit) -> str:
    """A text for whoever reads the badge from outside: in each language of the summit, the first one first."""
    return " · ".join(dict.fromkeys(text[code] for code in summit.languages if text.get(code)))


def _photo(registration: Registration) -> bytes:
    """The photo, where the category has it printed and there is one; a file that is lost is none."""
    if registration.category.photo != PhotoWanted.PRINTED:
        return b""
    found = Photo.objects.filter(registration=registration).exclude(file="").first()
    if found is None:
        return b""
    try:
        with found.file.open() as file:
            content: bytes = file.read()
    except FileNotFoundError:
        return b""
    return content


def _in_our_letters(large: str, small: str) -> tuple[str, str]:
    """Two spellings of a name without the one that would be boxes on paper, as long as the other is none."""
    odd_large, odd_small = bool(unwritable(large)), bool(unwritable(small))
    if small and odd_large and not odd_small:
        return small, ""
    return large, "" if odd_small else small


def badge(registration: Registration) -> bytes:
    """One A6 badge as PDF; raises :class:`NoBadge`."""
    if not standing.of_registration(registration).badge:
        raise NoBadge
    return draw([face_of(registration)], layout=Layout.A6)


@transaction.atomic
def print_at_desk(registration: Registration, *, desk: Desk, by: User) -> bytes:
    """A badge for the desk's printer; the print is recorded, so that a second one is seen."""
    content = badge(registration)
    BadgePrint.objects.create(registration=registration, desk=desk, by=by, ticket_issue=registration.ticket_issue)
    history.record("badge.print", registration, by=by, summit=registration.summit, changes={"desk": ("", str(desk))})
    return content


@transaction.atomic
def start_job(summit: Summit, registrations: Iterable[int], *, layout: str, by: User) -> BadgeJob:
    """Draw many badges in the background; raises :class:`NobodyChosen` where none of them has a badge."""
    rows = Registration.objects.filter(standing.WITH_BADGE, summit=summit, erased_at=None, pk__in=list(registrations))
    chosen = list(rows.order_by("category__order", "name", "pk").values_list("pk", flat=True))
    if not chosen:
        raise NobodyChosen
    job = BadgeJob.objects.create(summit=summit, layout=layout, registrations=chosen, total=len(chosen), by=by)
    draw_badges.enqueue(str(job.guid))
    history.record("badge.start_job", job, by=by, summit=summit, changes={"badges": (0, len(chosen))})
    return job


@task
def draw_badges(guid: str) -> None:
    """The worker's way to :func:`run_job`; a job that is gone is nothing to do."""
    job = BadgeJob.objects.filter(guid=guid).first()
    if job is not None:
        run_job(job)


def run_job(job: BadgeJob) -> None:
    """Draw the badges of a job, from the first. One that somebody else has taken is left alone."""
    if not BadgeJob.objects.filter(pk=job.pk).claim(identity()):
        return
    mine = BadgeJob.objects.filter(pk=job.pk).claimed(identity())
    try:
        rows = {
            r.pk: r
            for r in Registration.objects.filter(pk__in=job.registrations)
            .select_related("summit", "category")
            .prefetch_related(*zones.PREFETCHED)
        }
        # Whoever cancelled meanwhile gets no badge.
        people = [rows[pk] for pk in job.registrations if pk in rows and standing.of_registration(rows[pk]).badge]
        content = draw([face_of(p) for p in people], layout=Layout[job.layout], progress=_progress(job))
        _keep(job, people, content)
    except Exception as error:
        # Where the database was busy, the worker takes the task up again.
        state = BadgeJob.State.QUEUED if is_busy(error) else BadgeJob.State.FAILED
        told = {"state": state, "error": f"{type(error).__name__}: {error}"[:2000], "finished_at": timezone.now()}
        until_it_answers(lambda: mine.update(**told))
        raise


def _keep(job: BadgeJob, people: list[Registration], content: bytes) -> None:
    """The file and who is on it, in one; nothing where the job is somebody else's by now."""
    name = f"badges-{job.guid}.pdf"
    # Of a worker that was gone before it could say that it had written it.
    job.file.storage.delete(job.file.field.generate_filename(job, name))
    job.file.save(name, ContentFile(content), save=False)
    told = {"state": BadgeJob.State.DONE, "done": len(people), "finished_at": timezone.now(), "error": ""}
    with transaction.atomic():
        if BadgeJob.objects.filter(pk=job.pk).claimed(identity()).update(file=job.file.name, **told):
            BadgePrint.objects.bulk_create(
                BadgePrint(registration=p, job=job, by=job.by, ticket_issue=p.ticket_issue) for p in people
            )


def try_again(job: BadgeJob) -> bool:
    """Draw a job anew that has failed; twice is once."""
    return takeover.try_again(job, draw_badges)


def requeue() -> int:
    """Put right what a worker that is gone left; returns how many jobs wait for a worker again. A job that each of its
    workers was lost over has failed."""
    waiting, failed = takeover.requeue(BadgeJob.objects.all(), draw_badges)
    for job in failed:
        again = BadgeJob.objects.filter(pk=job.pk, state=BadgeJob.State.QUEUED)
        again.update(state=BadgeJob.State.FAILED, error=str(takeover.Abandoned.__doc__), finished_at=timezone.now())
    return waiting


def forget_files(*, older_than: datetime) -> int:
    """Delete drawn badges: they hold names and tickets, and can be drawn again. Returns how many files went."""
    return delete_files(BadgeJob.objects.filter(finished_at__lt=older_than).exclude(file=""))


def _progress(job: BadgeJob) -> Callable[[int], None]:
    def tell(done: int) -> None:
        BadgeJob.objects.filter(pk=job.pk).update(done=done)

    return tell
