import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registration.badges import printing
from registration.mailing import announcing, asking_feedback, pushing
from registration.places import bookings, capacity, picks
from registration.registering import (
    access_codes,
    drafts,
    inviting,
    lapsing,
    looks,
    purging,
    sealed_sessions,
    sealing,
    waitlist,
)
from registration.registering import uploads as answer_files
from sessions.imports import jobs
from sessions.planning import reminding
from summit.accounts import factor_secrets, security_events, user_sessions
from summit.leases import duties
from summit.lists import exporting
from summit.mailing import outbox
from summit.models import Summit
from summit.storage import forget_strays

BADGES_KEPT_FOR = timedelta(days=7)
UPLOADS_KEPT_FOR = timedelta(days=1)
logger = logging.getLogger(__name__)
DAILY, ALWAYS = timedelta(days=1), timedelta(0)
# A publication that is later than this waits for a worker that is gone.
LATE = timedelta(minutes=10)


def each_summit(verb: Callable[[Summit], int]) -> int:
    return sum(map(verb, Summit.objects.all()))


class Command(BaseCommand):
    help = "Daily housekeeping: needs and badge files that are no longer needed, free seats, reminders, old task results, ended sign-ins."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--if-due", action="store_true", help="only where it was not done within the last day")

    def handle(self, **options: Any) -> None:
        with duties.held("tidy", every=DAILY if options["if_due"] else ALWAYS) as mine:
            if mine:
                self.tidy()
            elif not options["if_due"]:
                self.stdout.write("Another process does this at the moment.")

    def tidy(self) -> None:
        """Each step by itself: what fails is told at the end, and keeps none of the others from being done. Raises
        :class:`CommandError` where something has failed."""
        failed = []
        for words, step in self.steps():
            try:
                number = step()
                self.stdout.write(words if number is None else f"{words}: {number}")
            except Exception:
                logger.exception("Housekeeping has failed: %s", words)
                failed.append(words)
        if failed:
            raise CommandError(f"Not done: {', '.join(failed)}.")

    def steps(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """What is done, in this order, each with what its number counts."""
        now = timezone.now()
        a_day_ago = now - UPLOADS_KEPT_FOR
        yield "needs and itineraries whose days were over", partial(call_command, "forget_needs", stdout=self.stdout)
        yield "people whose days were over", lambda: each_summit(purging.purge)
        yield "who asked and voted", lambda: each_summit(purging.forget_asked)
        yield "seats offered", bookings.offer_free
        yield "places of expired invitations", inviting.end_expired.func
        yield "places of expired codes", access_codes.end_due
        yield "invitations that nobody followed", inviting.forget
        yield "addresses that nobody confirmed", lapsing.keep_going
        yield "drafts whose days were over", drafts.forget_expired
        yield "quotas that counted wrongly", lambda: each_summit(capacity.reconcile)
        yield "choices that counted wrongly", lambda: each_summit(picks.reconcile)
        yield "places on waitlists", waitlist.keep_going
        yield "publications queued again", lambda: announcing.requeue(older_than=now - LATE)
        yield "notifications told", pushing.forget_old
        yield "badge files", lambda: printing.forget_files(older_than=now - BADGES_KEPT_FOR)
        yield "uploaded agendas", lambda: jobs.forget_files(older_than=a_day_ago)
        yield "exported lists", lambda: exporting.forget(older_than=a_day_ago)
        yield "files of forms that were not finished", lambda: answer_files.forget(older_than=a_day_ago)
        yield "files of nobody", lambda: forget_strays(older_than=a_day_ago)
        yield "reminders", reminding.remind_due
        yield "people asked how it was", asking_feedback.ask_due
        yield (
            "texts of mails erased",
            lambda: outbox.erase_old(older_than=now - timedelta(days=settings.MAIL_KEEP_DAYS)),
        )
        yield (
            "old task results",
            partial(call_command, "prune_db_task_results", min_age_days=1, failed_min_age_days=14, verbosity=0),
        )
        yield "sessions of browsers that have ended", partial(call_command, "clearsessions", verbosity=0)
        yield "second factors encrypted", factor_secrets.encrypt_plain
        yield "ended sign-ins", user_sessions.forget_ended
        yield "people overlooked in protected sessions", sealed_sessions.keep_going
        yield "stand-ins of nobody", sealing.forget_stand_ins
        yield "old looks", lambda: looks.forget(older_than=now - looks.KEPT_FOR)
        lines = now - timedelta(days=settings.SIGN_IN_HISTORY_DAYS)
        yield "old lines about signing in", lambda: security_events.forget(older_than=lines)
