"""Browsers of people who asked to be told on the day: kept, given up, and found for an event."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registration.models import Booking, PushSubscription, Registration
from registration.models.registration import ENDED
from sessions.models import Bookmark
from summit.errors import Refusal
from summit.lib import web_push
from summit.models import Summit, User

# Browsers of one person at one summit: whoever asks once more gives up the one that asked first.
MOST = 10


class NotABrowser(Refusal):
    code = "not_a_push_service"
    status = 422
    message = _("Notifications could not be turned on: this browser gave no address to which they can be sent.")


class NobodyKnown(Refusal):
    code = "sign_in_for_notifications"
    message = _("Sign in, or open the link from your confirmation mail, to be notified.")


def of(summit: Summit, user: User | None, registration: Registration | None) -> "Q":
    """Which browsers are somebody's."""
    mine = Q(pk__in=[])
    if user:
        mine |= Q(user=user)
    if registration:
        mine |= Q(registration=registration)
    return mine & Q(summit=summit)


@transaction.atomic
def subscribe(
    summit: Summit,
    *,
    endpoint: str,
    key: str,
    secret: str,
    language: str,
    user: User | None,
    registration: Registration | None,
) -> PushSubscription:
    """Tell this browser from now on. Asked again it is the same one, of whoever asks now. Raises :class:`NobodyKnown` and
    :class:`NotABrowser`."""  # fmt: skip
    if user is None and registration is None:
        raise NobodyKnown
    if not (web_push.is_endpoint(endpoint) and web_push.is_key(key) and web_push.is_secret(secret)):
        raise NotABrowser
    # Held, so that there are never more than some.
    Summit.objects.select_for_update().get(pk=summit.pk)
    values = {
        "key": key,
        "secret": secret,
        "language": language,
        "user": user,
        "registration": registration,
        "failed": 0,
    }
    made, _is_new = PushSubscription.objects.update_or_create(summit=summit, endpoint=endpoint, defaults=values)
    mine = PushSubscription.objects.filter(of(summit, user, registration)).exclude(pk=made.pk)
    spare = list(mine.order_by("-created_at", "-pk").values_list("pk", flat=True)[MOST - 1 :])
    PushSubscription.objects.filter(pk__in=spare).delete()
    return made


def unsubscribe(summit: Summit, endpoint: str, *, user: User | None, registration: Registration | None) -> int:
    """Tell it no more; without an ``endpoint`` none of that person's. Returns how many."""
    mine = PushSubscription.objects.filter(of(summit, user, registration))
    found = mine.filter(endpoint=endpoint) if endpoint else mine
    number = found.count()
    found.delete()
    return number


def concerned(summit: Summit, *, attendance: str = "", sessions: Collection[int] = ()) -> "Q":
    """Which browsers an event concerns: of everybody, of those who come so, of those who marked or booked a session."""
    found = Q(summit=summit)
    if attendance:
        found &= Q(registration__attendance=attendance) & ~Q(registration__state__in=ENDED)
    if sessions:
        marked = Bookmark.objects.filter(session__in=sessions).values("user")
        booked = Booking.objects.standing().filter(session__in=sessions).order_by().values("registration")
        found &= Q(user__in=marked) | Q(registration__user__in=marked) | Q(registration__in=booked)
    return found
