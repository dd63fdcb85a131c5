"""Who can see a session, and what of it: the answer the editor gives to “who can see this?”."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.models import Appearance, Session
from speakers.models import OrganisationMember
from summit.models import Right, Role
from summit.models.team import RIGHTS

# What nobody outside the team reads before it is public, nor in the history of a session: the plan, and notes.
OF_THE_TEAM = frozenset({"notes", "starts_at", "ends_at", "room", "cancelled", "track", "number", "seats"})


@dataclass(frozen=True, slots=True)
class Audience:
    who: str
    what: str


def of(session: Session) -> list[Audience]:
    """Everybody who sees something of the session, from the widest circle to the narrowest. Three queries."""
    labels = dict(Role.choices)
    seeing = [str(labels[role]) for role in Role.values if Right.WORKSPACE in RIGHTS[role]]
    reading = [str(labels[role]) for role in Role.values if Right.NOTES in RIGHTS[role]]
    hosts = OrganisationMember.objects.filter(
        organisation__hostings__session=session, accepted_at__isnull=False
    ).count()
    people = session.appearances.exclude(state=Appearance.State.DECLINED).values("speaker").distinct().count()
    return [
        Audience(_("Everybody"), _public(session)),
        Audience(
            ngettext("%(n)d person on stage", "%(n)d people on stage", people) % {"n": people},
            _("Also the run of show and the technical needs; changes of the plan once they are public"),
        ),
        Audience(
            ngettext("%(n)d contact of the hosts", "%(n)d contacts of the hosts", hosts) % {"n": hosts},
            _("Everything but internal notes; may edit all but time, room and track"),
        ),
        Audience(_("Team: %(roles)s") % {"roles": ", ".join(seeing)}, _("Everything but internal notes, and the plan")),
        Audience(_("Team: %(roles)s") % {"roles": ", ".join(reading)}, _("Internal notes as well")),
    ]


def _public(session: Session) -> str:
    if not session.summit.is_public:
        return _("Nothing while the summit is closed to the public")
    if not session.is_published:
        return _("Nothing before it is published")
    return _("Texts, people, hosts, links; time and room as published")
