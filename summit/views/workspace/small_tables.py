"""Small tables of the settings, alike in all: the rows, one of them, a new one, and taking one away."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from summit import history
from summit.editing import rows as verbs
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.lib.body_limits import takes_files
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required, texts_alone

SETTINGS: tuple[str, Any] = ("summit:settings", gettext_lazy("Settings"))


def _one_name(row: Any) -> Any:
    return row.name


@dataclass(frozen=True, slots=True)
class Part:
    """A table below a row, as the page of the row shows it: its title, (label, address) of each row, and where it is kept."""

    title: Any
    rows: list[tuple[Any, str]]
    address: str
    new: str
    way_to_new: str


@dataclass(frozen=True, slots=True)
class SmallTable:
    """``app``, ``listed`` and ``one`` make the names of its addresses, ``folder`` the address itself below the settings.

    Its rows lie in the summit, or in a row of the table ``above``: in its field ``holder``. ``rows(holder)`` are they, each
    with ``facts``, sentences beside its name; ``create(holder, form, by=)``, ``edit(row, form, by=)``, ``delete(row, by=)``
    and ``move(row, up=, by=)`` (None: they are in no order of their own) are its verbs. ``key`` names a row in its address.
    Rows that are alike in what ``grouped`` says of them stand below that, and move among themselves.
    """

    app: str
    listed: str
    one: str
    folder: str
    model: type[models.Model]
    title: Any
    lead: Any
    new: Any
    empty: Any
    form: Callable[..., Any]
    rows: Callable[[Any], list[tuple[Any, list[Any]]]]
    create: Callable[..., Any]
    edit: Callable[..., Any]
    delete: Callable[..., Any]
    move: Callable[..., Any] | None = verbs.move
    key: str = "code"
    holder: str = "summit"
    above: "SmallTable | None" = None
    parts: "Callable[[], list[SmallTable]] | None" = None
    named: Callable[[Any], Any] = _one_name
    grouped: Callable[[Any], str] | None = None
    # Other pages about a row, as (label, address).
    ways: Callable[[Any], list[tuple[Any, str]]] = lambda _row: []
    # The pages above the list, as (address, label); who translates finds those that are open to them.
    trail: tuple[tuple[str, Any], ...] = (SETTINGS,)
    # Whether whoever writes texts writes those of its rows.
    texts: bool = False
    # Bytes of the file that its form takes; 0 where it takes none.
    file: int = 0

    @property
    def address(self) -> str:
        return f"{self.app}:{self.listed}"

    def _called(self, name: str) -> str:
        return f"{self.app}:{self.one}{name}"

    @property
    def at(self) -> str:
        """Where its pages lie, in the words of the URLconf."""
        return f"{self.above.at}<int:above>/{self.folder}/" if self.above else f"organiser/settings/{self.folder}/"

    @property
    def through(self) -> str:
        """From a row to its summit."""
        return f"{self.holder}__{self.above.through}" if self.above else self.holder

    def urls(self) -> list[URLPattern]:
        owners = right_required(Right.SETTINGS)
        writers = right_required(Right.SETTINGS, Right.TEXTS) if self.texts else owners
        row = f"{self.at}<{'int' if self.key == 'pk' else 'slug'}:{self.key}>/"
        views: list[tuple[str, str, Any]] = [
            (self.at, self.listed, never_cache(writers(self._listed))),
            (f"{self.at}new/", f"{self.one}-new", self._with_file(never_cache(owners(self._new)))),
            (row, self.one, self._with_file(never_cache(writers(self._one)))),
            (f"{row}deletion/", f"{self.one}-deletion", require_POST(owners(self._deletion))),
        ]
        if self.move:
            views.append((f"{row}order/", f"{self.one}-order", require_POST(owners(self._order))))
        return [path(address, view, name=name) for address, name, view in views]

    def _with_file(self, view: Any) -> Any:
        return takes_files(self.file)(view) if self.file else view

    def _held_by(self, summit: Summit, above: int | None) -> Any:
        """The summit, or the row above."""
        return self.above.found(summit, pk=above) if self.above else summit

    def found(self, summit: Summit, above: int | None = None, **key: Any) -> Any:
        """The row with this key, or 404."""
        rows = self.model._default_manager.filter(**{self.holder: self._held_by(summit, above)})
        return get_object_or_404(rows.select_related(self.through), **key)

    def way(self, name: str, summit: Summit, holder: Any, row: Any = None) -> str:
        named = [summit.code, *([holder.pk] if self.above else []), *([getattr(row, self.key)] if row else [])]
        return reverse(self._called(name), args=named)

    def way_to_list(self, summit: Summit, holder: Any) -> str:
        return reverse(self.address, args=[summit.code, *([holder.pk] if self.above else [])])

    def _trail(self, summit: Summit, holder: Any, *, whole: bool) -> list[tuple[str, Any]]:
        """(address, label) of the pages above the list; without the settings for those who may not open them."""
        shown = [(reverse(name, args=[summit.code]), label) for name, label in self.trail if whole or name != SETTINGS[0]]  # fmt: skip
        if self.above:
            shown += [
                (self.above.way_to_list(summit, summit), self.above.title),
                (self.above.way("", summit, summit, holder), self.above.named(holder)),
            ]
        return shown

    def _texts_alone(self, request: SignedInRequest) -> bool:
        return texts_alone(request, Right.SETTINGS)

    def part(self, summit: Summit, holder: Any) -> Part:
        """As the page of ``holder`` shows it."""
        shown = [(self.named(row), self.way("", summit, holder, row)) for row, _facts in self.rows(holder)]
        ways = (self.way_to_list(summit, holder), self.way("-new", summit, holder))
        return Part(self.title, shown, ways[0], self.new, ways[1])

    def _listed(self, request: SignedInRequest, summit: Summit, above: int | None = None) -> HttpResponse:
        holder, whole = self._held_by(summit, above), not self._texts_alone(request)
        grouped = self.grouped or (lambda _row: "")
        groups = [(label, [self._line(summit, holder, row, facts, whole=whole) for row, facts in rows])
                  for label, rows in groupby(self.rows(holder), key=lambda pair: grouped(pair[0]))]  # fmt: skip
        context = {"summit": summit, "table": self, "groups": groups, "whole": whole, "trail": self._trail(summit, holder, whole=whole),
                   "way_to_new": self.way("-new", summit, holder)}  # fmt: skip
        return render(request, "summit/organiser/settings/rows.html", context)

    def _line(self, summit: Summit, holder: Any, row: Any, facts: list[Any], *, whole: bool) -> tuple[Any, ...]:
        order = self.way("-order", summit, holder, row) if self.move and whole else ""
        return row, self.named(row), facts, self.way("", summit, holder, row), order, self.ways(row)

    def _new(self, request: SignedInRequest, summit: Summit, above: int | None = None) -> HttpResponse:
        holder = self._held_by(summit, above)
        with timezone.override(summit.tz):
            return self._edited(request, summit, holder, self.model(**{self.holder: holder}))

    def _one(self, request: SignedInRequest, summit: Summit, above: int | None = None, **key: Any) -> HttpResponse:
        row = self.found(summit, above, **key)
        with timezone.override(summit.tz):
            return self._edited(request, summit, getattr(row, self.holder), row)

    def _form(self, request: SignedInRequest, summit: Summit, row: Any) -> Any:
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        alone = {"texts_alone": True} if self._texts_alone(request) else {}
        return self.form(*sent, instance=row, summit=summit, **alone)

    def _edited(self, request: SignedInRequest, summit: Summit, holder: Any, row: Any) -> HttpResponse:
        form = self._form(request, summit, row)
        if request.method != "POST":
            return self._page(request, form, holder)
        preview = request.POST.get("action") == "preview"
        if not form.is_valid() or preview:
            return self._page(request, form, holder, status=422 if form.errors else 200, preview=preview)
        try:
            if row.pk:
                self.edit(row, form, by=request.user)
            else:
                self.create(holder, form, by=request.user)
        except Overtaken as refusal:
            lines = history.described(refusal.details["entries"], self.model)
            return self._page(request, form.over(refusal), holder, status=refusal.status, overtaken=lines)
        except Refusal as refusal:
            named = refusal.details.get("field")
            form.add_error(named if named in form.fields else None, str(refusal.message))
            return self._page(request, form, holder, status=refusal.status)
        messages.success(request, _("It was saved."))
        return redirect(self.way_to_list(summit, holder))

    def _page(
        self, request: SignedInRequest, form: Any, holder: Any, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        row, summit, whole = form.instance, form.summit, not self._texts_alone(request)
        lines = history.described(entries_of(row)[:30], self.model) if row.pk else []
        back = self.way_to_list(summit, holder)
        context = {"summit": summit, "table": self, "row": row if row.pk else None, "name": self.named(row) if row.pk else "",
                   "form": form, "history": lines, "follows": [] if form.errors else form.follows(), "way_back": back,
                   "trail": [*self._trail(summit, holder, whole=whole), (back, self.title)], **more}  # fmt: skip
        if row.pk:
            context["ways"] = self.ways(row)
            context["parts"] = [table.part(summit, row) for table in self.parts()] if self.parts else []
            context["has_parts"] = any(part.rows for part in context["parts"])
            context["way_to_deletion"] = self.way("-deletion", summit, holder, row) if whole else ""
        return render(request, "summit/organiser/settings/row.html", context, status=status)

    def _order(self, request: SignedInRequest, summit: Summit, above: int | None = None, **key: Any) -> HttpResponse:
        row = self.found(summit, above, **key)
        if self.move:
            self.move(row, up=request.POST.get("way") == "up", by=request.user)
        return redirect(self.way_to_list(summit, getattr(row, self.holder)))

    def _deletion(self, request: SignedInRequest, summit: Summit, above: int | None = None, **key: Any) -> HttpResponse:
        row = self.found(summit, above, **key)
        holder = getattr(row, self.holder)
        try:
            self.delete(row, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            return redirect(self.way("", summit, holder, row))
        messages.success(request, _("It was deleted."))
        return redirect(self.way_to_list(summit, holder))
