"""The pages every list of the workspace has: the list, its files, a cell to edit, acting on many and undoing that."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.db.models import IntegerField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from summit.editing.revising import Overtaken
from summit.errors import Refusal
from summit.lists import exporting, saved_views
from summit.lists.actions import Action, Done, StillNeeded, act, split, take_back
from summit.lists.cell_rendering import shown
from summit.lists.listing import Column, Listing, ListKind
from summit.lists.pieces import not_chosen_yet
from summit.models import Summit
from summit.permissions import SignedInRequest, right_required
from summit.views.workspace.list_keeping import KeptPages

READ_OR_SENT = require_http_methods(["GET", "HEAD", "POST"])
UNDO_FOR = 600  # seconds an action is offered to be taken back
MOST_UNDONE = 1000  # rows: what was done to more is not held in a session
FIRST = 10  # names on the page that asks


class CellForm(forms.Form):
    """One cell's value, and the state of the row it was made from."""

    def __init__(self, row: Any, column: Column, listing: Listing, data: QueryDict | None = None) -> None:
        key = getattr(row, listing.kind.key)
        super().__init__(data, auto_id=f"cell-{key}-{column.name}-%s")
        self.row, self.column = row, column
        self.fields["value"] = column.made(listing.summit)
        now = getattr(row, column.written)
        self.fields["value"].initial = now.all() if hasattr(now, "all") else now
        self.fields["value"].label = column.label
        self.fields["token"] = forms.CharField(
            widget=forms.HiddenInput, required=False, max_length=40, initial=listing.kind.token(row, column.written)
        )

    def clean_value(self) -> Any:
        value, model_field = self.cleaned_data["value"], self.row._meta.get_field(self.column.written)
        # What the form field does not know of: the limits of the model's column.
        return value if model_field.is_relation else model_field.clean(value, self.row)


class ActForm(forms.Form):
    """The value an action asks for, if it asks for one, and the number of rows the reader was told."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, action: Action, summit: Summit, data: QueryDict | None = None) -> None:
        super().__init__(data)
        if action.field is not None:
            self.fields["value"] = not_chosen_yet(action.field(summit))


class ListPages(KeptPages):
    def urls(self, where: str) -> list[URLPattern]:
        """The addresses of all pages; ``where`` is the list's word in them."""
        seen = right_required(*self.kind.seen_by)
        name, lists = self.kind.address.partition(":")[2], f"organiser/lists/{where}"
        pages = [
            path(f"organiser/{where}/", never_cache(READ_OR_SENT(seen(self.page))), name=name),
            path(f"{lists}.<slug:form>", never_cache(require_safe(seen(self.file))), name=f"{name}-file"),
        ]
        if not self.kind.is_read_only:
            cell = path(f"{lists}/<slug:key>/<slug:column>/", never_cache(seen(self.cell)), name=f"{name}-cell")
            pages.append(cell)
        kept = [
            path(f"{lists}/views/", require_POST(seen(self.save_view)), name=f"{name}-views"),
            path(f"{lists}/exports/", require_POST(seen(self.start_export)), name=f"{name}-exports"),
            path(f"{lists}/exports/<uuid:guid>/", never_cache(require_http_methods(["GET", "HEAD", "POST"])(seen(self.export))), name=f"{name}-export"),
            path(f"{lists}/exports/<uuid:guid>/file/", never_cache(require_safe(seen(self.export_file))), name=f"{name}-export-file"),
        ]  # fmt: skip
        acts = [
            path(f"{lists}/act/", require_POST(seen(self.act)), name=f"{name}-act"),
            path(f"{lists}/undo/", require_POST(seen(self.undo)), name=f"{name}-undo"),
        ]
        return [*acts, *kept, *pages] if self.kind.actions else [*kept, *pages]

    # the list

    def page(self, request: SignedInRequest, summit: Summit) -> HttpResponse:
        listing = self.listing(request, summit)
        if request.method == "POST":
            listing.remember_columns(request.POST.getlist("show"))
            return redirect(self.address(summit, query=listing.query()))
        page = listing.page()
        context = {
            "summit": summit,
            "kind": self.kind,
            "listing": listing,
            "page": page,
            "rows": self.drawn(listing, list(page)),
            "heads": self.heads(listing),
            "tabs": saved_views.tabs(listing),
            "totals": self.kind.totals(summit),
            "counted": self.kind.counted(page.paginator.count),
            "undo": self.remembered(request, summit),
            **self.ways_on(summit, listing, page),
        }
        return render(request, "summit/lists/list.html", context)

    def ways_on(self, summit: Summit, listing: Listing, page: Page[Any]) -> dict[str, Any]:
        """The addresses a list's page leads to: how to begin, other pages, exports, actions, and the list as usual."""
        query = listing.query()
        begins = [
            (each, f"{reverse(each.address, args=[summit.code])}{'?' if each.query else ''}{each.query}")
            for each in listing.begins
        ]
        many = page.paginator.count > exporting.IMMEDIATE
        return {
            "begins": begins,
            "views": self.address(summit, "-views", query=query),
            "in_background": self.address(summit, "-exports", query=query) if many else "",
            "cleared": _encoded(sort=listing.sort),
            "previous": f"?{listing.query(page=page.number - 1)}",
            "next": f"?{listing.query(page=page.number + 1)}",
            "files": [(form.upper(), self.address(summit, "-file", form, query=query)) for form in ("csv", "xlsx")],
            "act": self.address(summit, "-act", query=query) if listing.may_act else "",
            "undo_address": self.address(summit, "-undo", query=query) if listing.may_act else "",
        }

    def heads(self, listing: Listing) -> list[dict[str, Any]]:
        """The head of each column: its label, where sorting by it leads, and how the list is sorted by it now."""
        heads: list[dict[str, Any]] = []
        for column in listing.shown_columns:
            up, down = listing.sort == column.name, listing.sort == f"-{column.name}"
            next_sort = f"-{column.name}" if up else column.name
            heads.append({
                "column": column,
                "address": f"?{listing.query(sort=next_sort)}" if column.sort else "",
                "sorted": "ascending" if up else "descending" if down else "",
            })  # fmt: skip
        return heads

    def drawn(self, listing: Listing, rows: list[Any]) -> list[dict[str, Any]]:
        """The rows as the template needs them: keys, names, and each cell with where it is edited."""
        self.kind.complete(rows, listing.summit)
        self.kind.looked(listing, rows)
        listing.look_at(rows)
        columns, cell_at = listing.shown_columns, self.cells_at(listing)
        acted = listing.editable(False) if listing.actions else frozenset()
        drawn = []
        for row in rows:
            key = getattr(row, self.kind.key)
            cells = [
                {
                    "column": column,
                    "html": listing.cell(row, column),
                    "edit": cell_at(key, column) if listing.may_edit(column, row) else "",
                }
                for column in columns
            ]
            drawn.append({"key": key, "name": str(row), "cells": cells, "acted": row.pk in acted})
        return drawn

    def cells_at(self, listing: Listing) -> Callable[[Any, Column], str]:
        """Where the cells of a page are edited: one look at the addresses for all of them."""
        if self.kind.is_read_only:
            return lambda _key, _column: ""
        back = listing.query(page=listing.number)
        before, _key, after = self.address(listing.summit, "-cell", "KEY", "COLUMN").partition("KEY/COLUMN")
        query = "?" + _encoded(back=back) if back else ""
        return lambda key, column: f"{before}{key}/{column.name}{after}{query}"

    # one cell

    def cell(self, request: SignedInRequest, summit: Summit, key: str, column: str) -> HttpResponse:
        """Edit one value: a part of the list's page where htmx asks, else a page of its own."""
        listing = self.listing(request, summit)
        found = next((each for each in listing.columns if each.name == column), None)
        if found is None:
            raise Http404
        row = get_object_or_404(
            self.kind.rows(summit), **{f"{self.kind.key}__in": known_keys(self.kind, summit, [key])}
        )
        if not listing.may_edit(found, row):
            raise Http404
        if request.method != "POST":
            answered = self.answer(request, listing, row, found) if "shown" in request.GET else None
            return answered or self.ask(request, listing, CellForm(row, found, listing))
        form = CellForm(row, found, listing, request.POST)
        status, extra = self.save(form, request, listing)
        if status != 200:
            return self.ask(request, listing, form, status=status, **extra)
        saved = self.kind.rows(summit).get(pk=row.pk)
        return self.answer(request, listing, saved, found)

    def save(self, form: CellForm, request: SignedInRequest, listing: Listing) -> tuple[int, dict[str, Any]]:
        """The status of the answer, and what it has to tell."""
        if not form.is_valid():
            return 422, {}
        values = {form.column.written: form.cleaned_data["value"]}
        try:
            self.kind.save(form.row, values, form.cleaned_data["token"] or "-", request.user)
        except Overtaken as refusal:
            now, column = self.kind.rows(listing.summit).get(pk=form.row.pk), form.column
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["token"] = self.kind.token(now, column.written)  # type: ignore[index]
            said = shown(column.value(now), listing.summit)
            return 409, {"refusal": refusal, "now": said, "entries": refusal.details["entries"][:3]}
        except Refusal as refusal:
            return refusal.status, {"refusal": refusal}
        except ValidationError as error:
            form.add_error("value", error)
            return 422, {}
        return 200, {}

    def answer(self, request: SignedInRequest, listing: Listing, row: Any, column: Column) -> HttpResponse:
        """The cell as it is now, or the list it stands in."""
        back = request.GET.get("back", "")
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect(self.address(listing.summit, query=back))
        edit = self.address(
            listing.summit, "-cell", getattr(row, self.kind.key), column.name, query=_encoded(back=back)
        )
        cell = {"column": column, "html": listing.cell(row, column), "edit": edit}
        return _part(render(request, "summit/lists/_cell.html", {"cell": cell, "row": {"name": str(row)}}))

    def ask(
        self, request: SignedInRequest, listing: Listing, form: CellForm, *, status: int = 200, **extra: Any
    ) -> HttpResponse:
        summit, back = listing.summit, request.GET.get("back", "")
        own = self.address(summit, "-cell", getattr(form.row, self.kind.key), form.column.name)
        context = {
            "summit": summit,
            "kind": self.kind,
            "form": form,
            "row": form.row,
            "column": form.column,
            "address": f"{own}?{_encoded(back=back)}",
            "shown": f"{own}?{_encoded(back=back, shown=1)}",
            "list": self.address(summit, query=back),
            **extra,
        }
        if request.htmx:  # type: ignore[attr-defined]
            return _part(render(request, "summit/lists/_cell_form.html", context, status=status))
        return render(request, "summit/lists/cell.html", context, status=status)

    # many rows

    def act(self, request: SignedInRequest, summit: Summit) -> HttpResponse:
        """Asks first, naming the number; then does it to all or to none."""
        listing = self.listing(request, summit)
        action = next((each for each in listing.actions if each.name == request.POST.get("action")), None)
        if not listing.may_act:
            raise Http404
        rows = self.chosen(request, listing)
        if action is None or not rows:
            told = _("Choose at least one row first.") if action else _("Choose first what to do.")
            messages.error(request, told)
            return redirect(self.address(summit, query=listing.query(page=listing.number)))
        confirmed = request.POST.get("confirmed") == "1"
        form = ActForm(action, summit, request.POST if confirmed else None)
        if not confirmed:
            return self.confirm(request, listing, action, rows, form)
        if not form.is_valid():
            return self.confirm(request, listing, action, rows, form, status=422)
        if form.cleaned_data["number"] != len(rows):
            return self.confirm(request, listing, action, rows, form, status=409, moved=True)
        return self.do(request, listing, action, rows, form)

    def chosen(self, request: SignedInRequest, listing: Listing) -> list[Any]:
        """The rows that were ticked, or all that are listed; of both those the reader may change."""
        if request.POST.get("scope") == "listed":
            rows = listing.rows()
        else:
            keys = known_keys(self.kind, listing.summit, request.POST.getlist("chosen"))
            rows = self.kind.rows(listing.summit).filter(**{f"{self.kind.key}__in": keys}).order_by(*self.kind.order)
        editable = listing.editable(False)
        return [row for row in rows if row.pk in editable]

    def confirm(
        self, request: SignedInRequest, listing: Listing, action: Action, rows: list[Any], form: ActForm,
        *, status: int = 200, **extra: Any,
    ) -> HttpResponse:  # fmt: skip
        fitting, staying = split(action, rows)
        context = {
            "summit": listing.summit,
            "kind": self.kind,
            "action": action,
            "form": form,
            **extra,
            "first": [str(row) for row in fitting[:FIRST]],
            "more": max(len(fitting) - FIRST, 0),
            "staying": [(str(row), reason) for row, reason in staying],
            "fits": len(fitting),
            # Not `action.back` itself: a template calls what can be called.
            "lasting": action.lasts or (action.back is None and action.many is None and not action.beforehand),
            "number": len(rows),
            "question": action.asks(len(fitting)),
            "scope": request.POST.get("scope", "chosen"),
            "keys": [getattr(row, self.kind.key) for row in rows],
            "address": self.address(listing.summit, "-act", query=listing.query(page=listing.number)),
            "list": self.address(listing.summit, query=listing.query(page=listing.number)),
        }
        return render(request, "summit/lists/confirm.html", context, status=status if fitting else 409)

    def do(
        self, request: SignedInRequest, listing: Listing, action: Action, rows: list[Any], form: ActForm
    ) -> HttpResponse:
        try:
            done = act(action, rows, form.cleaned_data.get("value"), by=request.user)
        except StillNeeded as refusal:
            return self.confirm(request, listing, action, rows, form, status=409, refusal=refusal)
        except Refusal as refusal:
            return self.confirm(request, listing, action, rows, form, status=refusal.status, refusal=refusal)
        said = action.said(done.number)
        if done.left:
            said += " " + ngettext("%(n)d stays as it is.", "%(n)d stay as they are.", done.left) % {"n": done.left}
        if not self.remember(request, listing.summit, action, done, said):
            messages.success(request, said)
        for name, reason in done.stays[:FIRST]:
            messages.warning(request, f"{name}: {reason}")
        if done.address:
            return redirect(done.address)
        return redirect(self.address(listing.summit, query=listing.query(page=listing.number)))

    def remember(self, request: HttpRequest, summit: Summit, action: Action, done: Done, said: str) -> bool:
        """Whether the list's page offers to take it back, and says so itself."""
        request.session.pop("undo", None)
        if action.back is None or not 0 < len(done.steps) <= MOST_UNDONE:
            return False
        request.session["undo"] = {
            "summit": summit.code,
            "list": self.kind.name,
            "action": action.name,
            "at": int(time.time()),
            "said": said,
            "steps": done.steps,
        }
        return True

    def remembered(self, request: HttpRequest, summit: Summit) -> dict[str, Any] | None:
        """What was done last to this list, while it can be taken back."""
        kept = request.session.get("undo")
        if not kept or (kept["summit"], kept["list"]) != (summit.code, self.kind.name):
            return None
        return kept if time.time() - kept["at"] < UNDO_FOR else None

    def undo(self, request: SignedInRequest, summit: Summit) -> HttpResponse:
        listing, kept = self.listing(request, summit), self.remembered(request, summit)
        if not listing.may_act:
            raise Http404
        name = kept["action"] if kept else ""
        action = next((each for each in listing.actions if each.name == name), None)
        back = redirect(self.address(summit, query=listing.query(page=listing.number)))
        if kept is None or action is None:
            messages.error(request, _("There is nothing to undo."))
            return back
        steps = [step for step in kept["steps"] if step["pk"] in listing.editable(False)]
        restored, left = take_back(self.kind, action, steps, by=request.user, summit=summit)
        request.session.pop("undo", None)
        said = ngettext("%(n)d is as it was before.", "%(n)d are as they were before.", restored) % {"n": restored}
        if left:
            said += " " + ngettext("%(n)d stays: changed since, or not to be taken back.", "%(n)d stay: changed since, or not to be taken back.", left) % {"n": left}  # fmt: skip
        messages.success(request, said)
        return back


def known_keys(kind: ListKind, summit: Summit, given: list[str]) -> list[Any]:
    """Those that could be keys of rows: of the kind their column holds."""
    column, known = kind.rows(summit).model._meta.get_field(kind.key), []
    for key in given:
        with suppress(ValidationError):
            value = column.to_python(key)
            if isinstance(column, IntegerField):
                column.run_validators(value)  # no number that its column cannot hold
            known.append(value)
    return [key for key in known if "\x00" not in str(key)]


def _encoded(**values: Any) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in values.items() if value})
    return query.urlencode()


def _part(response: HttpResponse) -> HttpResponse:
    """Marks an answer as a cell, so that the page does not put a log-in form or an error page into its table."""
    response["X-Cell"] = "1"
    return response
