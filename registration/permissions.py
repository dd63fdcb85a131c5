"""Who of a team reads what people answered."""

from collections.abc import Collection

from registration.models import Audience
from summit.models import Right, Role, Summit
from summit.permissions import Somebody, rights_in, roles_of

READ_BY = {
    Audience.ORGANISERS: {Right.REGISTRATIONS},
    Audience.REVIEWERS: {Right.REGISTRATIONS, Right.APPROVAL},
    Audience.DESK: {Right.REGISTRATIONS, Right.DESK},
}


def audiences(roles: Collection[str]) -> frozenset[str]:
    """The audiences of questions that these roles belong to."""
    rights = rights_in(frozenset(roles))
    found = {str(audience) for audience, needed in READ_BY.items() if not rights.isdisjoint(needed)}
    return frozenset(found | ({str(Audience.OWNERS)} if Role.OWNER in roles else set()))


def audiences_of(user: Somebody, summit: Summit) -> frozenset[str]:
    """Those that somebody belongs to. One query."""
    return audiences(roles_of(user, summit))
