"""Verbs on standing pages. Each raises the revision of the public pages and leaves a line of history."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.editing.inline_edits import NO_VERSIONS, differs, revise_public
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.models import Page, Summit, User

TEXTS = ("title", "summary", "body")
EDITABLE = (*TEXTS, "section", "order")
# Every page of the site leads to these two.
NEEDED = frozenset({"privacy", "accessibility"})


class PageNeeded(Refusal):
    code = "page_needed"
    message: Any = _("Every page of the site leads to this one. Change its text instead.")


@transaction.atomic
def create(summit: Summit, values: dict[str, Any], *, by: User | None) -> Page:
    """``values`` are those of ``EDITABLE`` and ``slug``, the permanent part of its address."""
    made = Page(summit=summit, slug=values["slug"], **{name: values[name] for name in EDITABLE if name in values})
    made.save(force_insert=True)
    history.record("page.create", made, by=by, summit=summit, changes={"title": ("", history.plain(made.title))})
    summit.raise_revision()
    return made


def edit(
    page: Page, values: dict[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Page:
    """Set what differs of ``EDITABLE``; ``form_versions`` are those of the values the form was made from.

    Raises :class:`summit.editing.revising.Overtaken`.
    """
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    return revise_public(page, wanted, form_versions=form_versions, by=by, action="page.edit")


def menu(summit: Summit) -> list[str]:
    """The addresses of the pages in the menu, in their order."""
    return list(summit.pages.filter(in_menu=True).order_by("menu_order", "slug").values_list("slug", flat=True))


@transaction.atomic
def set_menu(
    summit: Summit, slugs: list[str], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> None:
    """Which pages stand in the menu of every page, and in which order.

    Raises :class:`summit.editing.revising.Overtaken`.
    """
    locked = Summit.objects.select_for_update().get(pk=summit.pk)
    now = {"menu": menu(locked)}
    if differs(now, form_versions):
        raise Overtaken(now=now, entries=list(entries_of(locked).filter(action="summit.menu")[:5]))
    if now["menu"] == slugs:
        return
    pages = {page.slug: page for page in locked.pages.all()}
    for page in pages.values():
        page.in_menu = page.slug in slugs
        page.menu_order = slugs.index(page.slug) + 1 if page.in_menu else 0
    Page.objects.bulk_update(pages.values(), ["in_menu", "menu_order"])
    titles = [[str(pages[slug]) for slug in each if slug in pages] for each in (now["menu"], slugs)]
    history.record("summit.menu", locked, by=by, summit=locked, changes={"menu": (titles[0], titles[1])})
    locked.raise_revision()


@transaction.atomic
def delete(page: Page, *, by: User | None) -> None:
    """Raises :class:`PageNeeded`."""
    if page.slug in NEEDED:
        raise PageNeeded
    locked = Page.objects.select_for_update(of=("self",)).select_related("summit").get(pk=page.pk)
    history.record(
        "page.delete", locked, by=by, summit=locked.summit, changes={"title": (history.plain(locked.title), "")}
    )
    locked.delete()
    locked.summit.raise_revision()
