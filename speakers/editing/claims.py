"""A person takes over the profile that organisers made for them."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from speakers.models import ProfileClaim, Speaker
from summit.accounts import invitations
from summit.errors import Refusal
from summit.models import Summit, User


class OfAnother(Refusal):
    code = "of_another"
    message: Any = _("This profile belongs to another account by now. Ask the organisers.")


@transaction.atomic
def claim(row: ProfileClaim, user: User, *, summit: Summit) -> ProfileClaim:
    """Accept the claim: the profile belongs to the account from now on.

    Raises as :func:`summit.accounts.invitations.accept`, and :class:`OfAnother`.
    """
    speaker = Speaker.objects.select_for_update(of=("self",)).get(pk=row.speaker_id)
    if speaker.user_id not in {None, user.pk}:
        raise OfAnother
    locked = invitations.accept(row, user, summit=summit)
    Speaker.objects.filter(pk=locked.speaker_id).update(user=user)
    Speaker.objects.filter(pk=locked.speaker_id).in_the_open().update(email=user.email)
    return locked
