"""What a worker that was stopped left behind: mail without a task, work that never ended."""

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from summit.mailing.outbox import send_soon
from summit.models import Message

# A task that has run for this long belongs to a worker that is gone.
GONE_AFTER = timedelta(minutes=10)
VERBS = {
    "badge jobs": "registration.badges.printing.requeue",
    "imports": "sessions.imports.jobs.requeue",
    "confirmations": "registration.registering.entering.requeue",
    "publications": "registration.mailing.announcing.requeue",
}


class Command(BaseCommand):
    help = "Queue again what a stopped worker left half done. The worker's start runs it."
    # The worker that starts next checks the installation.
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        messages = self.mail(older_than=now - GONE_AFTER)
        # Verbs of the apps above, by dotted string: this app may not import them.
        counts = {what: import_string(verb)(older_than=now - GONE_AFTER) for what, verb in VERBS.items()}
        if options["verbosity"] and (messages or any(counts.values())):
            told = ", ".join(f"{count} {what}" for what, count in counts.items())
            self.stdout.write(f"Queued again: {messages} mails, {told}")

    def mail(self, *, older_than: datetime) -> int:
        """Messages that no task will send, alone or in a batch."""
        # By the last part of their names: what an earlier release queued counts, too.
        tasks = DBTaskResult.objects.filter(task_path__regex=r"\.deliver_(mail|batch)$")
        alive = tasks.filter(status="READY") | tasks.filter(status="RUNNING", started_at__gt=older_than)
        known: set[str] = set()
        for task in alive.iterator():
            [guids] = task.args_kwargs["args"]
            known.update([guids] if isinstance(guids, str) else guids)
        waiting = (
            Message.objects.filter(state=Message.State.QUEUED).order_by("created_at").values_list("guid", flat=True)
        )
        lost = [str(guid) for guid in waiting if str(guid) not in known]
        send_soon(lost)
        return len(lost)
