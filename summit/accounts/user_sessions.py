"""The browsers somebody is signed in with: ending them."""

from django.contrib.auth import update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest

from summit.models import User


def end_all(user: User) -> None:
    """Sign somebody out wherever they are signed in: with the next request each of their sessions is nobody's."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])


def end_others(request: HttpRequest, user: User) -> None:
    """Sign somebody out everywhere but here."""
    end_all(user)
    if request.user.pk == user.pk:
        update_session_auth_hash(request, user)
