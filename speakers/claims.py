"""A person takes over the profile that organisers made for them."""

from django.db import transaction

from speakers.models import ProfileClaim, Speaker
from summit import invitations
from summit.models import Summit, User


@transaction.atomic
def claim(row: ProfileClaim, user: User, *, summit: Summit) -> ProfileClaim:
    """Accept the claim: the profile belongs to the account from now on. Raises as :func:`summit.invitations.accept`."""
    held = invitations.accept(row, user, summit=summit)
    Speaker.objects.filter(pk=held.speaker_id).update(user=user, email=user.email)
    return held
