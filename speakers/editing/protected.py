"""Profiles of people at risk: what would tell who it is, is not done to them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from speakers.models import Speaker
from summit.errors import Refusal


class ProfileProtected(Refusal):
    code = "profile_protected"
    message: Any = _("This profile is protected, and who it is stays sealed. The circle ends the protection first.")


def check(*profiles: Speaker) -> None:
    """Raises :class:`ProfileProtected`."""
    if any(each.at_risk for each in profiles):
        raise ProfileProtected
