"""Whose sessions are whose: fetching is the check. What is not in these querysets is not there for that person."""

from django.db.models import Q

from sessions.models import Appearance, Session
from sessions.models.session import SessionQuerySet
from summit.models import Right, Summit, User


def seen_by_team(summit: Summit, rights: frozenset[Right]) -> SessionQuerySet:
    """Every session of the summit, planned ones too, for those who see the workspace."""
    rows = Session.objects.filter(summit=summit)
    return rows if Right.WORKSPACE in rights else rows.none()


def edited_by_team(user: User, summit: Summit, rights: frozenset[Right]) -> SessionQuerySet:
    """Sessions a team member may change in every respect: all of them, or those of the tracks they lead."""
    rows = Session.objects.filter(summit=summit)
    if Right.PROGRAMME in rights:
        return rows
    if Right.OWN_TRACKS in rights:
        return rows.filter(track__leads__user=user, track__leads__accepted_at__isnull=False).distinct()
    return rows.none()


def planned_by_team(user: User, summit: Summit, rights: frozenset[Right]) -> set[str] | None:
    """Codes of the sessions whose time and room a team member may change; None: all of them."""
    if Right.PROGRAMME in rights:
        return None
    return set(edited_by_team(user, summit, rights).order_by().values_list("code", flat=True))


def texts_edited_by_team(user: User, summit: Summit, rights: frozenset[Right]) -> SessionQuerySet:
    """Sessions whose texts a team member may write: translators write them all, and nothing else."""
    if Right.TEXTS in rights:
        return Session.objects.filter(summit=summit)
    return edited_by_team(user, summit, rights)


def of_host(user: User, summit: Summit) -> SessionQuerySet:
    """Sessions of the organisations whose contact the person is."""
    mine = {
        "hostings__organisation__members__user": user,
        "hostings__organisation__members__accepted_at__isnull": False,
    }
    return Session.objects.filter(summit=summit, **mine).distinct()


def of_speaker(user: User, summit: Summit) -> SessionQuerySet:
    """Sessions in which the person appears, also those they have declined."""
    mine = Appearance.objects.filter(speaker__summit=summit, speaker__in=summit.speakers.of(user))
    return Session.objects.filter(summit=summit, appearances__in=mine).distinct()


def reported_by(user: User, summit: Summit) -> SessionQuerySet:
    """Sessions whose rapporteur the person is, unless they have declined."""
    mine = Appearance.objects.filter(speaker__in=summit.speakers.of(user), role=Appearance.Role.RAPPORTEUR)
    return Session.objects.filter(
        summit=summit, appearances__in=mine.exclude(state=Appearance.State.DECLINED)
    ).distinct()


def run_by(user: User, summit: Summit, rights: frozenset[Right]) -> SessionQuerySet:
    """Sessions whose questions, polls and stage somebody looks after while they run: the team, leads of a track their own,
    and whoever moderates one."""
    moderated = Appearance.objects.filter(speaker__in=summit.speakers.of(user), role=Appearance.Role.MODERATOR)
    mine = Q(appearances__in=moderated.exclude(state=Appearance.State.DECLINED))
    if Right.LIVE in rights:
        all_of_them = Q(summit=summit)
        mine |= (
            all_of_them
            if speaks_for_all(rights)
            else Q(track__leads__user=user, track__leads__accepted_at__isnull=False)
        )
    return Session.objects.filter(mine, summit=summit).distinct()


def speaks_for_all(rights: frozenset[Right]) -> bool:
    """Whether somebody who runs sessions does so for the whole summit; leads of a track do for their own sessions."""
    return Right.LIVE in rights and (Right.OWN_TRACKS not in rights or Right.PROGRAMME in rights)


def hosts_may_edit(summit: Summit) -> bool:
    """Hosts and speakers may not, once organisers have frozen editing."""
    return summit.editing_frozen_at is None
