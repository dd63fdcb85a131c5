"""What a worker that was stopped left behind: mail without a task, work that never ended."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from summit.models import Message
from summit.tasks import deliver_mail

# A task that has run for this long belongs to a worker that is gone.
GONE_AFTER = timedelta(minutes=10)


class Command(BaseCommand):
    help = "Queue again what a stopped worker left half done. The worker's start runs it."
    # The worker that starts next checks the installation.
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        tasks = DBTaskResult.objects.filter(task_path="summit.tasks.deliver_mail")
        alive = tasks.filter(status="READY") | tasks.filter(status="RUNNING", started_at__gt=now - GONE_AFTER)
        known = {task.args_kwargs["args"][0] for task in alive}
        messages = [m for m in Message.objects.filter(state=Message.State.QUEUED) if str(m.guid) not in known]
        for message in messages:
            deliver_mail.enqueue(str(message.guid))
        # Verbs of the apps above, by dotted string: this app may not import them.
        jobs = import_string("registration.printing.requeue")(older_than=now - GONE_AFTER)
        imports = import_string("sessions.importing.requeue")(older_than=now - GONE_AFTER)
        if options["verbosity"] and (messages or jobs or imports):
            self.stdout.write(f"Queued again: {len(messages)} mails, {jobs} badge jobs, {imports} imports")
