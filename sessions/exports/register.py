"""The open-government register as flat tables: figures, members, chairs, the committee, action plans and what is below them.

``membership_figures``, ``members`` and ``chairs`` stand in the columns of our own import format; what hangs on an action
plan says which by its number.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import models
from django.db.models import Exists

from sessions.exports.tables import texts, words
from summit.lib.spreadsheets import Cell, Column, Table
from summit.lib.translated import Text
from summit.models import Commitment, MemberGovernment, PlanStep, Summit

NUMBER = Column("number", "integer", "Number of the plan, from 1", required=True)
PLAN = Column("plan", "integer", "Number of the action plan", required=True)
TO_PLAN = (("plan", "action_plans", "number"),)


def membership_figures(summit: Summit) -> Table:
    columns = [
        Column("year", "integer", "Calendar year", required=True),
        Column("national", "integer", "Number of national governments", required=True),
        Column("local", "integer", "Number of local governments", required=True),
        *texts("note", "Where the figures come from", summit),
    ]
    rows: list[list[Cell]] = [
        [row.year, row.national, row.local, *words(row.note, summit)] for row in summit.membership_figures.all()
    ]
    return Table("membership_figures", "Size of the partnership by year", ("year",), columns, rows)


def members(summit: Summit) -> Table:
    columns = [
        Column("country", "string", "Country (ISO 3166-1 alpha-2)", required=True),
        Column("local_code", "string", "Code of a local government, unique in its country; empty for a national one"),
        Column("level", "string", "national or local", required=True),
        *texts("name", "Name of the country or of the local government", summit),
        Column("founding", "boolean", "Whether it founded the partnership"),
        Column("joined", "integer", "Year in which it joined, where it is known"),
        Column("left", "integer", "Year in which it left"),
        Column("standing", "string", "active, inactive or withdrawn; empty where it is not known"),
    ]
    rows = [_member(row, summit) for row in summit.member_governments.all()]
    return Table(
        "members", "National and local governments, as far as listed", ("country", "local_code"), columns, rows
    )


def _member(row: MemberGovernment, summit: Summit) -> list[Cell]:
    return [row.country, row.local_code, row.level, *words(row.name, summit), row.founding, row.joined, row.left, row.standing]  # fmt: skip


def chairs(summit: Summit) -> Table:
    columns = [
        Column("order", "integer", "Number of the term, from 1", required=True),
        Column("country", "string", "Country (ISO 3166-1 alpha-2)", required=True),
        *texts("name", "Name of the country", summit),
        *texts("note", "What the term is known for", summit),
    ]
    rows: list[list[Cell]] = [
        [row.order, row.country, *words(row.name, summit), *words(row.note, summit)] for row in summit.chairs.all()
    ]
    return Table("chairs", "Governments that chaired the partnership", ("order",), columns, rows)


def committee(summit: Summit) -> Table:
    columns = [
        Column("term", "integer", "Term of the committee", required=True),
        Column("order", "integer", "Place in the list", required=True),
        Column("name", "string", "The name as written by themselves", required=True),
        Column("name_romanised", "string", "The name in Latin letters, where it is certain"),
        *texts("job_title", "Job title", summit),
        *texts("affiliation", "Organisation", summit),
        Column("past_terms", "list", "Earlier terms of the person"),
        *texts("note", "A remark", summit),
    ]
    rows: list[list[Cell]] = [
        [
            *(row.term, row.order, row.name, row.name_romanised),
            *(*words(row.job_title, summit), *words(row.affiliation, summit)),
            *([str(term) for term in row.past_terms], *words(row.note, summit)),
        ]
        for row in summit.committee_members.all()
    ]
    return Table("committee", "Civil members of the national committee", ("term", "order"), columns, rows)


def action_plans(summit: Summit) -> Table:
    columns = [NUMBER, *texts("name", "Name of the plan", summit), Column("document", "string", "Where it can be read", "uri")]  # fmt: skip
    rows: list[list[Cell]] = [[row.number, *words(row.name, summit), row.document] for row in summit.action_plans.all()]
    return Table("action_plans", "National action plans", ("number",), columns, rows)


def plan_steps(summit: Summit) -> Table:
    columns = [
        PLAN,
        Column("order", "integer", "Place among the steps of the plan", required=True),
        *texts("period", "When, in words", summit),
        *texts("title", "What was done", summit),
        *texts("detail", "More about it", summit),
    ]
    found = PlanStep.objects.filter(plan__summit=summit).select_related("plan").order_by("plan__number", "order")
    rows: list[list[Cell]] = [
        [row.plan.number, row.order, *words(row.period, summit), *words(row.title, summit), *words(row.detail, summit)]
        for row in found
    ]
    return Table("plan_steps", "How action plans came about", ("plan", "order"), columns, rows, TO_PLAN)


def commitments(summit: Summit) -> Table:
    columns = [
        PLAN,
        Column("number", "integer", "Number within the plan", required=True),
        *texts("vision", "The vision it belongs to", summit),
        *texts("title", "What is promised", summit),
        *(Column(f"ministries.{code}", "list", f"Bodies that answer for it ({code})") for code in summit.languages),
        *texts("note", "A remark", summit),
    ]
    found = Commitment.objects.filter(plan__summit=summit).select_related("plan").order_by("plan__number", "number")
    rows = [_commitment(row, summit) for row in found]
    return Table("commitments", "What action plans promise", ("plan", "number"), columns, rows, TO_PLAN)


def _commitment(row: Commitment, summit: Summit) -> list[Cell]:
    """A body without a name in a language is named in another, so that the lists stand side by side."""
    bodies: list[Cell] = [[Text(body).in_language(code) for body in row.ministries] for code in summit.languages]
    return [row.plan.number, row.number, *words(row.vision, summit), *words(row.title, summit), *bodies, *words(row.note, summit)]  # fmt: skip


# By the name of the file.
TABLES: dict[str, Callable[[Summit], Table]] = {
    "membership-figures": membership_figures,
    "members": members,
    "chairs": chairs,
    "committee": committee,
    "action-plans": action_plans,
    "plan-steps": plan_steps,
    "commitments": commitments,
}
_ROWS: dict[str, Callable[[Summit], models.QuerySet[Any]]] = {
    "membership-figures": lambda summit: summit.membership_figures.all(),
    "members": lambda summit: summit.member_governments.all(),
    "chairs": lambda summit: summit.chairs.all(),
    "committee": lambda summit: summit.committee_members.all(),
    "action-plans": lambda summit: summit.action_plans.all(),
    "plan-steps": lambda summit: PlanStep.objects.filter(plan__summit=summit),
    "commitments": lambda summit: Commitment.objects.filter(plan__summit=summit),
}


def kept(summit: Summit) -> set[str]:
    """The names of the tables that have rows, in one query."""
    asked = {f"has_{number}": Exists(rows(summit)) for number, rows in enumerate(_ROWS.values())}
    [there] = Summit.objects.filter(pk=summit.pk).annotate(**asked).values_list(*asked)
    return {name for name, is_there in zip(_ROWS, there, strict=True) if is_there}


def all_tables(summit: Summit) -> Iterator[Table]:
    """Those that have rows, in the order in which a reader of the pages meets them."""
    yield from (table for draw in TABLES.values() if (table := draw(summit)).rows)
