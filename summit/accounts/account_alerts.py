"""Mails that tell a person what somebody, perhaps not they, has just done with their account: in their language. A code
that was used twice is told at most once an hour; a new place is told once, because then it is known."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.tasks import task
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from summit import history
from summit.accounts import sign_in_mails
from summit.mailing import outbox
from summit.models import Message, User
from summit.ratelimit import client_address

ONCE_IN = timedelta(hours=1)
NEW_PLACE, USED_CODE = "new_place", "used_code"


def queue(kind: str, request: HttpRequest, user: User, device: str) -> None:
    """Have the worker tell it. Of where it came from the network goes along, not the address."""
    tell.enqueue(kind, user.pk, history.network(client_address(request)), device, timezone.now().isoformat())


@task(priority=10)
def tell(kind: str, user_pk: int, network: str, device: str, at: str) -> bool:
    """Whether a mail was written."""
    user = User.objects.filter(pk=user_pk, is_active=True).first()
    if user is None:
        return False
    recent = Message.objects.filter(kind=kind, to=user.email, created_at__gt=timezone.now() - ONCE_IN)
    if kind == USED_CODE and recent.exists():
        return False
    with translation.override(user.language):
        link = settings.SITE_URL + reverse("account_reset_password")
        context = {"timestamp": parse_datetime(at), "ip": network, "user_agent": device, "password_reset_url": link}
        outbox.queue(sign_in_mails.message(f"account/email/{kind}", user.email, None, context, kind=kind))
    return True
