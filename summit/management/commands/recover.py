"""What a worker that was stopped left behind: what it held, mail without a task, work that never ended."""

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from summit.leases import duties, takeover
from summit.mailing import holding
from summit.mailing.outbox import send_soon
from summit.models import Message

# What is later than this has been missed.
LATE = timedelta(minutes=10)
# Verbs of the apps above, by dotted string: this app may not import them.
JOBS = {
    "badge jobs": "registration.badges.printing.requeue",
    "imports": "sessions.imports.jobs.requeue",
    "exports": "summit.lists.exporting.requeue",
}
MISSED = {
    "confirmations": "registration.registering.entering.requeue",
    "invitations": "registration.registering.inviting.requeue",
    "messages to many": "registration.mailing.campaigns.requeue",
    "welcomes": "registration.registering.welcoming.requeue",
    "publications": "registration.mailing.announcing.requeue",
    "notifications": "registration.mailing.pushing.requeue",
}


class Command(BaseCommand):
    help = "Queue again what a stopped worker left half done. The worker runs it at its start and every ten minutes."
    # The worker that starts next checks the installation.
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--requeue-only", action="store_true", help="leave alone what workers hold that seem gone")

    def handle(self, **options: Any) -> None:
        with duties.held("recover") as mine:
            if not mine:
                if options["verbosity"]:
                    self.stdout.write("Another process does this at the moment.")
                return
            taken = 0 if options["requeue_only"] else takeover.take_over()
            counts = {"mails": self.mail(), **self.requeued(timezone.now() - LATE)}
        if options["verbosity"] and (taken or any(counts.values())):
            told = ", ".join(f"{count} {what}" for what, count in counts.items())
            self.stdout.write(f"Taken over: {taken}. Queued again: {told}")

    def requeued(self, late: datetime) -> dict[str, int]:
        jobs = {what: import_string(verb)() for what, verb in JOBS.items()}
        return jobs | {what: import_string(verb)(older_than=late) for what, verb in MISSED.items()}

    def mail(self) -> int:
        """Messages that no task will send, alone or in a batch; while mail is held none shall."""
        if holding.is_held():
            return 0
        # By the last part of their names: what an earlier release queued counts, too.
        tasks = DBTaskResult.objects.filter(task_path__regex=r"\.deliver_(mail|batch)$")
        waiting = list(
            Message.objects.filter(state=Message.State.QUEUED).order_by("created_at").values_list("guid", flat=True)
        )
        known: set[str] = set()
        for task in tasks.filter(status__in=["READY", "RUNNING"]).iterator():
            [guids] = task.args_kwargs["args"]
            known.update([guids] if isinstance(guids, str) else guids)
        lost = [str(guid) for guid in waiting if str(guid) not in known]
        send_soon(lost)
        return len(lost)
