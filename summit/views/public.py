"""The opening page of a summit and its standing pages."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from summit.lib.translated import active_language
from summit.models import Section, Summit
from summit.public_pages import public_page


@public_page
def home(request: HttpRequest, summit: Summit) -> HttpResponse:
    venues = list(summit.venues.all())
    context = {
        "summit": summit,
        "venue": next(iter(venues), None),
        "venues": venues,
        "registration": summit.registration_state(),
        "phase": summit.phase(),
        "pages": summit.pages.exclude(section=Section.SITE)[:8],
    }
    return render(request, "summit/home.html", context)


@public_page
def pages(request: HttpRequest, summit: Summit) -> HttpResponse:
    labels = dict(Section.choices)
    by_section = _lists(summit.pages.order_by("section", "order", "slug"))
    sections = [(labels[Section(section)], found) for section, found in by_section]
    return render(request, "summit/pages.html", {"summit": summit, "sections": sections})


def _lists(rows: Any) -> list[tuple[str, list[Any]]]:
    """Pages by section, in the order the sections are declared."""
    by_section: dict[str, list[Any]] = {section: [] for section in Section.values}
    for page in rows:
        by_section[page.section].append(page)
    return [(section, found) for section, found in by_section.items() if found]


def _members(summit: Summit) -> dict[str, Any]:
    """Figures, the founders, and all governments as ``levels``: (local?, rows in the order of their names, whether it
    is told of any how it stands)."""
    language = active_language()
    rows = sorted(summit.member_governments.all(), key=lambda row: (row.is_local, row.name.in_language(language)))
    grouped = [(local, list(found)) for local, found in groupby(rows, key=lambda row: row.is_local)]
    levels = [(local, found, any(row.standing or row.left for row in found)) for local, found in grouped]
    founders = sorted((row for row in rows if row.founding), key=lambda row: (row.order, row.country))
    return {"figures": summit.membership_figures.all(), "members": founders, "levels": levels}


def _chairs(summit: Summit) -> dict[str, Any]:
    return {"chairs": summit.chairs.all()}


def _committee(summit: Summit) -> dict[str, Any]:
    members = summit.committee_members.order_by("-term", "order")
    terms = [(term, list(people)) for term, people in groupby(members, key=lambda member: member.term)]
    return {"terms": terms, "committee": list(members)}


def _plan(summit: Summit) -> dict[str, Any]:
    plan = summit.action_plans.prefetch_related("steps", "commitments").order_by("-number").first()
    visions: list[tuple[str, list[Any]]] = []
    for promise in plan.commitments.all() if plan else []:
        if not visions or visions[-1][0] != str(promise.vision):
            visions.append((str(promise.vision), []))
        visions[-1][1].append(promise)
    return {"plan": plan, "visions": visions}


# Pages that show a table of the civic register under their prose.
REGISTERS = {
    "members": ("summit/civic/_members.html", _members),
    "past-chairs": ("summit/civic/_chairs.html", _chairs),
    "committee": ("summit/civic/_committee.html", _committee),
    "action-plan": ("summit/civic/_plan.html", _plan),
}


@public_page
def page(request: HttpRequest, summit: Summit, slug: str) -> HttpResponse:
    found = get_object_or_404(summit.pages.all(), slug=slug)
    found.summit = summit
    register, data = REGISTERS.get(slug, ("", None))
    context = {
        "summit": summit,
        "page": found,
        "register": register,
        "siblings": summit.pages.filter(section=found.section),
        **(data(summit) if data else {}),
    }
    return render(request, "summit/page.html", context)
