from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from registration.badges import printing
from registration.mailing import announcing
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
DAILY, ALWAYS = timedelta(days=1), timedelta(0)
# A publication that is later than this waits for a worker that is gone.
LATE = timedelta(minutes=10)


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
        call_command("forget_needs", stdout=self.stdout)
        self.stdout.write(f"people whose days were over: {sum(map(purging.purge, Summit.objects.all()))}")
        self.stdout.write(f"seats offered: {bookings.offer_free()}")
        kept = inviting.end_expired.func() + access_codes.end_due()
        self.stdout.write(f"places of expired invitations and codes: {kept}")
        self.stdout.write(f"invitations that nobody followed: {inviting.forget()}")
        self.stdout.write(f"addresses that nobody confirmed: {lapsing.keep_going()}")
        self.stdout.write(f"drafts whose days were over: {drafts.forget_expired()}")
        wrong = sum(capacity.reconcile(summit) for summit in Summit.objects.filter(quotas__isnull=False).distinct())
        self.stdout.write(f"quotas that counted wrongly: {wrong}")
        wrong = sum(
            picks.reconcile(summit)
            for summit in Summit.objects.filter(questions__choices__capacity__isnull=False).distinct()
        )
        self.stdout.write(f"choices that counted wrongly: {wrong}")
        self.stdout.write(f"places on waitlists: {waitlist.keep_going()}")
        late = announcing.requeue(older_than=timezone.now() - LATE)
        self.stdout.write(f"publications queued again: {late}")
        files = printing.forget_files(older_than=timezone.now() - BADGES_KEPT_FOR)
        self.stdout.write(f"badge files: {files}")
        uploads = jobs.forget_files(older_than=timezone.now() - UPLOADS_KEPT_FOR)
        self.stdout.write(f"uploaded agendas: {uploads}")
        exports = exporting.forget(older_than=timezone.now() - UPLOADS_KEPT_FOR)
        self.stdout.write(f"exported lists: {exports}")
        sent = answer_files.forget(older_than=timezone.now() - UPLOADS_KEPT_FOR)
        self.stdout.write(f"files of forms that were not finished: {sent}")
        strays = forget_strays(older_than=timezone.now() - UPLOADS_KEPT_FOR)
        self.stdout.write(f"files of nobody: {strays}")
        self.stdout.write(f"reminders: {reminding.remind_due()}")
        mails = outbox.erase_old(older_than=timezone.now() - timedelta(days=settings.MAIL_KEEP_DAYS))
        self.stdout.write(f"texts of mails erased: {mails}")
        call_command("prune_db_task_results", verbosity=0)
        call_command("clearsessions", verbosity=0)
        self.stdout.write(f"second factors encrypted: {factor_secrets.encrypt_plain()}")
        self.stdout.write(f"ended sign-ins: {user_sessions.forget_ended()}")
        self.stdout.write(f"people overlooked in protected sessions: {sealed_sessions.keep_going()}")
        self.stdout.write(f"stand-ins of nobody: {sealing.forget_stand_ins()}")
        self.stdout.write(f"old looks: {looks.forget(older_than=timezone.now() - looks.KEPT_FOR)}")
        lines = security_events.forget(older_than=timezone.now() - timedelta(days=settings.SIGN_IN_HISTORY_DAYS))
        self.stdout.write(f"old lines about signing in: {lines}")
