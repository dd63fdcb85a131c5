"""Small tables of the settings, alike in all: the rows, one of them, a new one, and taking one away."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from summit import history
from summit.editing import rows as verbs
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@dataclass(frozen=True, slots=True)
class SmallTable:
    """``app``, ``listed`` and ``one`` make the names of its addresses, ``folder`` the address itself below the settings.

    ``rows(summit)`` are its rows, each with ``facts``, sentences beside its name; ``create(summit, form, by=)``,
    ``edit(row, form, by=)`` and ``delete(row, by=)`` are its verbs.
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
    rows: Callable[[Summit], list[tuple[Any, list[Any]]]]
    create: Callable[..., Any]
    edit: Callable[..., Any]
    delete: Callable[..., Any]

    @property
    def address(self) -> str:
        return f"{self.app}:{self.listed}"

    def named(self, name: str) -> str:
        return f"{self.app}:{self.one}{name}"

    def urls(self) -> list[URLPattern]:
        asks, at = right_required(Right.SETTINGS), f"organiser/settings/{self.folder}/"
        views: list[tuple[str, str, Any]] = [
            (at, self.listed, never_cache(asks(self._listed))),
            (f"{at}new/", f"{self.one}-new", never_cache(asks(self._new))),
            (f"{at}<slug:code>/", self.one, never_cache(asks(self._one))),
            (f"{at}<slug:code>/order/", f"{self.one}-order", require_POST(asks(self._order))),
            (f"{at}<slug:code>/deletion/", f"{self.one}-deletion", require_POST(asks(self._deletion))),
        ]
        return [path(address, view, name=name) for address, name, view in views]

    def _found(self, summit: Summit, code: str) -> Any:
        return get_object_or_404(self.model._default_manager.filter(summit=summit).select_related("summit"), code=code)

    def _listed(self, request: SignedInRequest, summit: Summit) -> HttpResponse:
        shown = [
            (row, facts, *(self._way(name, summit, row) for name in ("", "-order"))) for row, facts in self.rows(summit)
        ]
        context = {"summit": summit, "table": self, "rows": shown, "way_to_new": self._way("-new", summit)}
        return render(request, "summit/organiser/settings/rows.html", context)

    def _way(self, name: str, summit: Summit, row: Any = None) -> str:
        return reverse(self.named(name), args=[summit.code, row.code] if row else [summit.code])

    def _new(self, request: SignedInRequest, summit: Summit) -> HttpResponse:
        return self._edited(request, summit, self.model(summit=summit))

    def _one(self, request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
        return self._edited(request, summit, self._found(summit, code))

    def _edited(self, request: SignedInRequest, summit: Summit, row: Any) -> HttpResponse:
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = self.form(*sent, instance=row, summit=summit)
        if request.method != "POST":
            return self._page(request, form)
        preview = request.POST.get("action") == "preview"
        if not form.is_valid() or preview:
            return self._page(request, form, status=422 if form.errors else 200, preview=preview)
        try:
            if row.pk:
                self.edit(row, form, by=request.user)
            else:
                self.create(summit, form, by=request.user)
        except Overtaken as refusal:
            lines = history.described(refusal.details["entries"], self.model)
            return self._page(request, form.over(refusal), status=refusal.status, overtaken=lines)
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
            return self._page(request, form, status=refusal.status)
        messages.success(request, _("It was saved."))
        return redirect(self.address, summit.code)

    def _page(self, request: SignedInRequest, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        row = form.instance
        lines = history.described(entries_of(row)[:30], self.model) if row.pk else []
        context = {"summit": form.summit, "table": self, "row": row if row.pk else None, "form": form, "history": lines,
                   "follows": form.follows() if status != 422 else [], "way_back": self._way_to_list(form.summit), **more}  # fmt: skip
        if row.pk:
            context["way_to_deletion"] = self._way("-deletion", form.summit, row)
        return render(request, "summit/organiser/settings/row.html", context, status=status)

    def _way_to_list(self, summit: Summit) -> str:
        return reverse(self.address, args=[summit.code])

    def _order(self, request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
        verbs.move(self._found(summit, code), up=request.POST.get("way") == "up", by=request.user)
        return redirect(self.address, summit.code)

    def _deletion(self, request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
        try:
            self.delete(self._found(summit, code), by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            return redirect(self.named(""), summit.code, code)
        messages.success(request, _("It was deleted."))
        return redirect(self.address, summit.code)
