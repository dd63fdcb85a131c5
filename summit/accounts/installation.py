"""The first start: the key that proves somebody may set the installation up, and the operator they become."""

import hashlib
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.errors import Refusal
from summit.lib.codes import READABLE, reference
from summit.models import InstallationKey, Membership, Role, Summit, User

# Keys that are good at the same time: a restart prints another one, an endless row of restarts must not fill the table.
KEPT = 20


class WrongKey(Refusal):
    code = "wrong_key"
    status = 422
    message: Any = _("This is not the key of this installation. It was printed when the server was started.")


class AlreadySetUp(Refusal):
    code = "already_set_up"
    message: Any = _("Somebody has set this installation up meanwhile. Ask its operator, or sign in.")


class AddressTaken(Refusal):
    code = "address_taken"
    message: Any = _("There is an account with this address already; choose another.")


class HasOwner(Refusal):
    code = "has_owner"
    message: Any = _("This summit has an owner, who invites everybody else.")


def has_operator() -> bool:
    return User.objects.filter(is_superuser=True, is_active=True).exists()


def waits_for_operator() -> bool:
    """Whether the installation is still to be set up: nobody operates it, and it is empty or a key was made for it."""
    return not has_operator() and (_given() != "" or not Summit.objects.exists() or InstallationKey.objects.exists())


def fingerprint(key: str) -> str:
    """A key is compared and kept as this. What was printed may be typed back in small letters and without hyphens."""
    bare = "".join(char for char in key.upper() if char.isalnum())
    printed = len(bare) == 20 and set(bare) <= set(READABLE)
    return hashlib.sha256((bare if printed else key.strip()).encode()).hexdigest()


def _given() -> str:
    """The fingerprint of the key that the environment gives; "" for none."""
    return fingerprint(settings.INSTALLATION_KEY) if settings.INSTALLATION_KEY else ""


@transaction.atomic
def make_key() -> str:
    """A key nobody had before, to be printed; "" where the environment gives one, or nothing is left to be set up."""
    if has_operator() or _given():
        return ""
    key = reference(groups=5)
    InstallationKey.objects.create(fingerprint=fingerprint(key))
    kept = InstallationKey.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT]
    InstallationKey.objects.exclude(pk__in=list(kept)).delete()
    return key


def is_good(mark: str) -> bool:
    """Whether this is the fingerprint of a key that still opens the set-up. All are compared, in constant time."""
    known = [*InstallationKey.objects.values_list("fingerprint", flat=True), _given()]
    same = [constant_time_compare(mark, each) for each in known if each]
    return any(same) and not has_operator()


def check_key(key: str) -> str:
    """The key's fingerprint, which a session may keep. Raises :class:`WrongKey`."""
    mark = fingerprint(key)
    if not is_good(mark):
        raise WrongKey
    return mark


@transaction.atomic
def make_operator(mark: str, *, email: str, name: str, password: str, language: str) -> User:
    """The first operator, whose address counts as proven; every key is gone afterwards.

    ``mark`` is what :func:`check_key` returned. Of two browsers one wins: both wait for the row of a key. Raises
    :class:`AlreadySetUp`, :class:`WrongKey` and :class:`AddressTaken`.
    """
    if given := _given():
        InstallationKey.objects.get_or_create(fingerprint=given)
    list(InstallationKey.objects.select_for_update().order_by("pk"))
    if has_operator():
        raise AlreadySetUp
    if not is_good(mark):
        raise WrongKey
    if User.objects.filter(email__address=email).exists():
        raise AddressTaken
    user = User.objects.create_superuser(email, password, name=name, language=language)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    InstallationKey.objects.all().delete()
    history.record("user.operator", user, by=user, summit=None, changes={"is_superuser": (False, True)})
    return user


@transaction.atomic
def become_owner(summit: Summit, *, by: User) -> Membership:
    """An operator makes themselves the first owner of a summit. Raises :class:`HasOwner`."""
    locked = Summit.objects.select_for_update().get(pk=summit.pk)
    if locked.memberships.accepted().filter(role=Role.OWNER).exists():
        raise HasOwner
    row, _made = Membership.objects.update_or_create(
        summit=locked,
        user=by,
        role=Role.OWNER,
        defaults={"accepted_at": timezone.now(), "token": "", "expires_at": None},
    )
    history.record("membership.create", row, by=by, summit=locked, changes={"role": (None, Role.OWNER.value)})
    return row
