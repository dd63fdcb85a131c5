"""Work the worker does for registrations."""

from django.tasks import task

from registration import announcing, bookings, lifecycle
from registration.models import BadgeJob, Registration
from registration.printing import run_job
from sessions.models import AgendaVersion, PlannedPublication, Session
from summit.errors import Refusal
from summit.ratelimit import take


@task
def draw_badges(guid: str) -> None:
    job = BadgeJob.objects.filter(guid=guid).first()
    if job is not None:
        run_job(job)


@task
def expire_offers(session: str) -> int:
    """Offered seats that nobody took in time go to the next in line. Returns how many."""
    found = Session.objects.filter(guid=session).first()
    return bookings.expire(found) if found is not None else 0


@task
def tell_affected(version: int) -> int:
    """Notices to everybody a version of the agenda concerns. Returns how many were written."""
    found = AgendaVersion.objects.select_related("summit", "by").filter(pk=version).first()
    return announcing.tell(found) if found is not None else 0


@task(priority=5)
def publish_planned(planned: int) -> bool:
    """A publication whose moment has come. Returns whether a version was made."""
    found = PlannedPublication.objects.select_related("summit").filter(pk=planned).first()
    return found is not None and announcing.run_planned(found)


@task(priority=10)
def send_link(summit: int, email: str) -> bool:
    """Mail the link to the own page of whoever is registered under an address, at most a few times an hour: nobody can
    flood a mailbox through us. Returns whether a mail was written."""
    rows = Registration.objects.active().filter(summit=summit, email__iexact=email).select_related("summit")
    registration = rows.first()
    if registration is None:
        return False
    try:
        take("remind", str(registration.pk), limit=4, seconds=3600)
    except Refusal:
        return False
    lifecycle.resend(registration)
    return True
