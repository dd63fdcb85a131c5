"""The open-government register in the settings: what there is of it, and its tables."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from summit.editing import register as verbs
from summit.forms import register as forms
from summit.lib import countries
from summit.lib.translated import active_language
from summit.models import Right, Summit
from summit.models.civic import ActionPlan
from summit.permissions import SignedInRequest, right_required, texts_alone
from summit.views.workspace.small_tables import SETTINGS, SmallTable

TITLE = gettext_lazy("Open-government register")
TRAIL = (SETTINGS, ("summit:register", TITLE))
Facts = list[tuple[Any, list[Any]]]


def _table(kind: verbs.Kind, form: Callable[..., Any], *, ordered: bool = True, **more: Any) -> SmallTable:
    def edit(row: Any, form: Any, *, by: Any) -> Any:
        return verbs.edit(kind, row, form.values(), form_versions=form.cleaned_data["form_versions"], by=by)

    return SmallTable(
        app="summit", key="pk", model=kind.model, form=form, holder=kind.holder, texts=True, trail=TRAIL,
        create=lambda holder, form, by: verbs.create(kind, holder, form.values(), by=by), edit=edit,
        delete=partial(verbs.delete, kind), move=partial(verbs.move, kind) if ordered else None, **more,
    )  # fmt: skip


def _numbered(number: int) -> str:
    return _("No. %(number)d") % {"number": number}


def _figures(summit: Summit) -> Facts:
    words = _("%(national)d national, %(local)d local governments")
    return [(row, [words % {"national": row.national, "local": row.local}, *filter(None, [row.note])])
            for row in summit.membership_figures.all()]  # fmt: skip


FIGURES = _table(
    verbs.FIGURES, forms.FigureForm, ordered=False, listed="figures", one="figure", folder="register/figures",
    title=gettext_lazy("Membership figures"), lead=gettext_lazy("How many governments belonged to the partnership, year by year"),
    new=gettext_lazy("Add a year"), empty=gettext_lazy("Begin with the year of the summit: how many national and local governments are members."),
    rows=_figures, named=lambda row: row.year,
)  # fmt: skip


def _members(summit: Summit) -> Facts:
    found: Facts = []
    for row in summit.member_governments.all():
        where = _("local government in %(country)s") % {"country": countries.name(row.country, active_language())}
        said = [
            where if row.is_local else row.country,
            row.get_standing_display(),
            _("founding member") if row.founding else "",
        ]
        found.append((row, [fact for fact in said if fact]))
    return found


MEMBERS = _table(
    verbs.MEMBERS, forms.MemberForm, listed="member-governments", one="member-government", folder="register/members",
    title=gettext_lazy("Members"), lead=gettext_lazy("National and local governments of the partnership, since when they belong to it and how they stand"),
    new=gettext_lazy("Add a member"), empty=gettext_lazy("Begin with the governments that founded the partnership."), rows=_members,
)  # fmt: skip


def _chairs(summit: Summit) -> Facts:
    return [(row, [_numbered(row.order), *filter(None, [row.note])]) for row in summit.chairs.all()]


CHAIRS = _table(
    verbs.CHAIRS, forms.ChairForm, listed="chairs", one="chair", folder="register/chairs",
    title=gettext_lazy("Chairs"), lead=gettext_lazy("The governments that chaired the partnership, in the order of their terms"),
    new=gettext_lazy("Add a chair"), empty=gettext_lazy("Begin with the first government that chaired the partnership."), rows=_chairs,
)  # fmt: skip


def _committee(summit: Summit) -> Facts:
    people = summit.committee_members.order_by("-term", "order")
    return [(row, [said for said in (row.name_romanised, row.affiliation) if said]) for row in people]


COMMITTEE = _table(
    verbs.COMMITTEE, forms.CommitteeForm, listed="committee", one="committee-member", folder="register/committee",
    title=gettext_lazy("Civil members of the committee"), lead=gettext_lazy("Who sits on the national committee for civil society, term by term"),
    new=gettext_lazy("Add a member of the committee"), empty=gettext_lazy("Begin with the members of the present term."),
    rows=_committee, grouped=lambda row: _("Term %(term)d") % {"term": row.term},
)  # fmt: skip


def _plans(summit: Summit) -> Facts:
    found: Facts = []
    rows = summit.action_plans.annotate(
        ways=Count("steps", distinct=True), promises=Count("commitments", distinct=True)
    )
    for row in rows.order_by("-number"):
        steps = ngettext("%(number)d step", "%(number)d steps", row.ways) % {"number": row.ways}
        promises = ngettext("%(number)d commitment", "%(number)d commitments", row.promises) % {"number": row.promises}
        found.append((row, [_numbered(row.number), steps, promises]))
    return found


PLANS = _table(
    verbs.PLANS, forms.PlanForm, ordered=False, listed="plans", one="plan", folder="register/plans",
    title=gettext_lazy("Action plans"), lead=gettext_lazy("National action plans with the steps that led to them and what they promise"),
    new=gettext_lazy("Add an action plan"), empty=gettext_lazy("Begin with the plan in force. Once it is saved, its steps and commitments follow."),
    rows=_plans, parts=lambda: [STEPS, COMMITMENTS],
)  # fmt: skip


def _steps(plan: ActionPlan) -> Facts:
    return [(row, [row.period]) for row in plan.steps.all()]


STEPS: SmallTable = _table(
    verbs.STEPS, forms.StepForm, above=PLANS, listed="steps", one="step", folder="steps",
    title=gettext_lazy("Steps"), lead=gettext_lazy("How the plan came about, as a timeline"),
    new=gettext_lazy("Add a step"), empty=gettext_lazy("Begin with the first step on the way to the plan."), rows=_steps, named=lambda row: row.title,
)  # fmt: skip


def _commitments(plan: ActionPlan) -> Facts:
    return [(row, [_numbered(row.number)]) for row in plan.commitments.all()]


COMMITMENTS: SmallTable = _table(
    verbs.COMMITMENTS, forms.CommitmentForm, ordered=False, above=PLANS, listed="commitments", one="commitment", folder="commitments",
    title=gettext_lazy("Commitments"), lead=gettext_lazy("What the plan promises, under its visions, and who answers for it"),
    new=gettext_lazy("Add a commitment"), empty=gettext_lazy("Begin with the first commitment, as the plan numbers it."),
    rows=_commitments, named=lambda row: row.title, grouped=lambda row: str(row.vision),
)  # fmt: skip
# In the order a reader of the pages meets them.
TABLES = (FIGURES, MEMBERS, CHAIRS, COMMITTEE, PLANS)


@never_cache
@right_required(Right.SETTINGS, Right.TEXTS)
def register(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """What there is of the register; of one that is empty, what it is for and how to begin."""
    tables = [(table, table.way_to_list(summit, summit), reverse(f"summit:{table.one}-new", args=[summit.code]),
               table.model._default_manager.filter(summit=summit).count()) for table in TABLES]  # fmt: skip
    context = {"summit": summit, "title": TITLE, "tables": tables, "whole": not texts_alone(request, Right.SETTINGS),
               "empty": not any(number for *_table, number in tables)}  # fmt: skip
    return render(request, "summit/organiser/settings/register.html", context)


def urls() -> list[Any]:
    return [address for table in (*TABLES, STEPS, COMMITMENTS) for address in table.urls()]
