"""What somebody who is signed in said at an earlier summit, offered for the next form and never taken silently.

Needs, and answers to questions, are asked anew: they are of one summit, and erased after it.
"""

from typing import Any

from django.db.models import Q

from registration.models import Registration
from summit.models import Summit, User

# What is worth filling in again, in the order of the form.
TAKEN = (
    "name",
    "name_romanised",
    "title",
    "family_name",
    "badge_script",
    "organisation",
    "job_title",
    "country",
    "language",
    "time_zone",
)
# Says nothing by itself where it is listed.
NOT_LISTED = ("badge_script",)


def last_of(user: Any, summit: Summit) -> Registration | None:
    """The newest registration of an account at another summit; its address was proven when its person signed in. One
    query, none for strangers."""
    if not isinstance(user, User) or not user.is_authenticated:
        return None
    # Of whoever is protected the row says nothing that is true.
    own = Q(user=user) | Q(email__address=user.email, companion_of=None)
    rows = Registration.objects.in_the_open().filter(own, erased_at=None)
    return rows.exclude(summit=summit).select_related("summit").order_by("-summit__starts_on", "-pk").first()


def initial(before: Registration, summit: Summit) -> dict[str, Any]:
    """What a form begins with that was filled in from it; a language only where the summit speaks it."""
    said = {name: getattr(before, name) for name in TAKEN if getattr(before, name)}
    if said.get("language") not in summit.languages:
        said.pop("language", None)
    return {**said, "email": before.email}
