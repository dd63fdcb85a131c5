"""Slides that a speaker adds to the own session."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions.editing import files, materials, session_edits
from sessions.forms.settings import SlidesForm
from sessions.models import Appearance, Material, Session
from sessions.permissions import hosts_may_edit
from speakers.models import Speaker
from summit.errors import Refusal
from summit.lib.body_limits import takes_files
from summit.lib.text import number
from summit.permissions import SignedInRequest


def _one(request: SignedInRequest, summit: str, code: str) -> Session:
    mine = Appearance.objects.filter(speaker__in=Speaker.objects.of(request.user)).exclude(
        state=Appearance.State.DECLINED
    )
    rows = Session.objects.select_related("summit").filter(appearances__in=mine).distinct()
    return get_object_or_404(rows, summit__code=summit, code=code)


@takes_files(files.LARGEST)
@never_cache
@login_required
def slides(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    """GET lists the slides; POST adds some as a file or a link, or removes what it names."""
    found = _one(request, summit, code)
    adds = request.method == "POST" and "material" not in request.POST
    form = SlidesForm(request.POST, request.FILES) if adds else SlidesForm()
    status = 200
    if request.method == "POST":
        try:
            if not hosts_may_edit(found.summit):
                raise session_edits.Frozen
            if not adds or form.is_valid():
                _add(request, found, form) if adds else _remove(request, found)
                return redirect("sessions:my-session-files", summit, code)
            status = 422
        except Refusal as refusal:
            form.add_error(None, str(refusal.message)) if adds and form.is_valid() else messages.error(
                request, str(refusal.message)
            )
            status = refusal.status
    context = {"summit": found.summit, "session": found, "form": form, "open": hosts_may_edit(found.summit),
               "materials": found.materials.filter(kind=Material.Kind.SLIDES)}  # fmt: skip
    return render(request, "sessions/personal/files.html", context, status=status)


def _add(request: SignedInRequest, session: Session, form: SlidesForm) -> None:
    data = form.cleaned_data
    options = {"title": data["title"].public(), "by": request.user}
    if data["file"]:
        files.add_slides(session, data["file"].read(files.LARGEST + 1), **options)
    else:
        materials.add(session, kind=Material.Kind.SLIDES, url=data["url"], **options)
    messages.success(request, _("The slides were added."))


def _remove(request: SignedInRequest, session: Session) -> None:
    rows = session.materials.filter(kind=Material.Kind.SLIDES).select_related("session__summit")
    found = get_object_or_404(rows, pk=number(request.POST.get("material", "")))
    files.remove_slides(found, by=request.user)
    messages.success(request, _("The slides were removed."))
