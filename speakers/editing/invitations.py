"""Inviting the people of a host to look after its sessions, and a speaker to take over the own profile."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from speakers.editing import protected
from speakers.models import Organisation, OrganisationMember, ProfileClaim, Speaker
from summit.accounts import invitations
from summit.accounts.sign_in import account_for
from summit.errors import Refusal
from summit.lib.text import language_of_name
from summit.lib.translated import active_language
from summit.models import User

HOST: dict[str, Any] = {"template": "speakers/emails/host_invitation", "path": "speakers:host-invitation"}
PROFILE: dict[str, Any] = {"template": "speakers/emails/profile_claim", "path": "speakers:profile-claim"}


class AlreadyMember(Refusal):
    code = "already_member"
    message: Any = _("This person looks after the organisation already.")


class AlreadyClaimed(Refusal):
    code = "already_claimed"
    message: Any = _("This profile belongs to somebody already.")


@transaction.atomic
def invite_host(organisation: Organisation, email: str, name: str = "", *, by: User) -> OrganisationMember:
    """Ask somebody to look after an organisation's sessions; an open invitation is sent again.

    Raises :class:`AlreadyMember`.
    """
    summit = organisation.summit
    # Colleagues read what whoever invites them reads; somebody with an account reads what they chose.
    language = active_language()
    user = account_for(email, name=name, language=language)
    known = organisation.members.select_for_update(of=("self",)).filter(user=user).first()
    if known is not None and known.is_accepted:
        raise AlreadyMember
    context: dict[str, Any] = {**HOST, "summit": summit, "by": by, "organisation": organisation}
    if known is not None:
        invitations.invite_again(known, **context)
        return known
    return invitations.invite(OrganisationMember(organisation=organisation), email, name=name, **context)


@transaction.atomic
def invite_speaker(speaker: Speaker, email: str, *, by: User) -> ProfileClaim:
    """Mail the link by which a person takes over their profile; an open one, also for another address, is replaced.

    Raises :class:`AlreadyClaimed` where the profile has an account, and
    :class:`speakers.editing.protected.ProfileProtected`.
    """
    locked = Speaker.objects.select_for_update(of=("self",)).select_related("summit", "user").get(pk=speaker.pk)
    protected.check(locked)
    if locked.user_id is not None:
        raise AlreadyClaimed
    ProfileClaim.objects.filter(speaker=locked).delete()
    if locked.email.lower() != email.lower():
        locked.email = email.lower()
        locked.save(update_fields=["email", "updated_at"])
    return invitations.invite(ProfileClaim(speaker=locked), email, name=locked.name, language=language_of_name(locked.name), summit=locked.summit, by=by, speaker=locked,
                              **PROFILE)  # fmt: skip
