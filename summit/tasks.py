"""Work the worker does for the summit app."""

from django.tasks import task

from summit.models import Message
from summit.outbox import deliver


@task(priority=10)
def deliver_mail(guid: str) -> bool:
    """Send one message of the outbox; one that is gone or already sent is nothing to do."""
    message = Message.objects.filter(guid=guid).first()
    return message is not None and deliver(message)


@task
def deliver_batch(guids: list[str]) -> int:
    """Send many messages of the outbox one after the other; each that fails is tried again by itself. Returns how many
    left. Of a lower priority than :func:`deliver_mail`: whoever registers meanwhile does not wait for all of them."""
    return sum(deliver_mail.func(guid) for guid in guids)
