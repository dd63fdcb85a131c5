"""The workspace's list of standing pages."""

from operator import attrgetter

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from summit.editing import inline_edits, pages
from summit.lists.listing import Begin, Column, Filter, ListKind
from summit.lists.pieces import by, by_text, narrowed_by, of_model, written_by
from summit.lists.rooms import language_columns, language_filter
from summit.models import Page, Right, Section, Summit, User


def rows(summit: Summit) -> QuerySet[Page]:
    return summit.pages.select_related("summit")


def columns(summit: Summit) -> list[Column]:
    return [
        Column("title", gettext_lazy("Page"), attrgetter("title"), by_text("title"), head=True, field=of_model(Page, "title"), text=True),
        Column("slug", gettext_lazy("Address"), attrgetter("slug"), by("slug")),
        Column("section", gettext_lazy("Section"), lambda page: page.get_section_display(), by("section"), field=of_model(Page, "section")),
        Column("order", gettext_lazy("Order"), attrgetter("order"), by("order"), number=True, field=of_model(Page, "order")),
        Column("updated", gettext_lazy("Last change"), attrgetter("updated_at"), by("updated_at")),
        *language_columns(summit, *pages.TEXTS),
    ]  # fmt: skip


def save(page: Page, values: dict[str, object], token: str, by: User) -> Page:
    return pages.edit(page, values, form_versions=dict.fromkeys(values, token), by=by)


PAGES = ListKind(
    name="pages",
    title=gettext_lazy("Pages"),
    holds=gettext_lazy(
        "Standing pages say what the agenda does not: how to come, who invites, what happens with data."
    ),
    begins=(Begin("summit:organiser-new-page", gettext_lazy("Add a page"), frozenset({Right.PROGRAMME})),),
    address="summit:organiser-pages",
    detail="summit:organiser-page",
    key="slug",
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d page", "%(n)d pages", n) % {"n": n},
    empty=gettext_lazy("There are no pages yet."),
    edited=written_by("pages"),
    save=save,
    token=lambda page, column: inline_edits.value_version(getattr(page, column)),
    order=("section", "order", "slug"),
    filters=(
        Filter("section", gettext_lazy("Section"), lambda _s: list(Section.choices), narrowed_by("section")),
        language_filter(*pages.TEXTS),
    ),
    searched=("title", "slug", "summary", "body"),
)
