"""What came of the summit: the outcomes of all sessions."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sessions.models import Outcome
from summit.models import Summit
from summit.public_pages import public_page


@public_page
def outcomes(request: HttpRequest, summit: Summit) -> HttpResponse:
    """``?kind=`` shows those of one kind."""
    rows = list(Outcome.objects.public(summit).in_order().select_related("session__summit"))
    asked = request.GET.get("kind", "")
    chosen = asked if asked in Outcome.Kind.values else ""
    counts = {code: sum(row.kind == code for row in rows) for code in Outcome.Kind.values}
    kinds = [(code, label, counts[code]) for code, label in Outcome.Kind.choices if counts[code]]
    shown = [row for row in rows if not chosen or row.kind == chosen]
    context = {
        "summit": summit,
        "groups": [(session, list(found)) for session, found in groupby(shown, key=lambda row: row.session)],
        "kinds": [("", _("All"), len(rows)), *kinds] if len(kinds) > 1 or chosen else [],
        "chosen": chosen,
    }
    return render(request, "sessions/outcomes.html", context)
