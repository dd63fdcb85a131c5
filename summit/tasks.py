"""Work the worker does for the summit app."""

from django.tasks import task

from summit.models import Message
from summit.outbox import deliver


@task(priority=10)
def deliver_mail(guid: str) -> bool:
    """Send one message of the outbox; one that is gone or already sent is nothing to do."""
    message = Message.objects.filter(guid=guid).first()
    return message is not None and deliver(message)
