"""Captions of a session for its organisers: who writes them, what is missing of what was promised, the transcript."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from sessions.live import captions, vtt
from sessions.models import CaptionLine, Session
from sessions.permissions import edited_by_team
from summit.errors import Refusal
from summit.lib.body_limits import takes_files
from summit.lib.fields import LineField
from summit.lib.text import number
from summit.lib.translated import own_name
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

# Lines of a transcript on one page: ten minutes of speech.
A_PAGE = 100


def languages() -> list[tuple[str, str]]:
    return [(code, own_name(code)) for code, _name in settings.LANGUAGES]


class WriterForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=languages)
    label = LineField(
        label=gettext_lazy("Given to"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("The captioner, or the name of the service."),
    )


class FileForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=languages)
    file = forms.FileField(
        label=gettext_lazy("WebVTT file"),
        help_text=gettext_lazy("It takes the place of all that there is in this language."),
    )


@takes_files(vtt.LONGEST_FILE)
@never_cache
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def session_captions(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    rows = edited_by_team(request.user, summit, request.rights).select_related("summit", "room")
    session, status = get_object_or_404(rows, code=code), 200
    action = request.POST.get("action", "")
    writer = WriterForm(request.POST if action == "invite" else None)
    file = FileForm(request.POST, request.FILES) if action == "file" else FileForm()
    if request.method == "POST":
        try:
            if _done(request, session, action, writer, file):
                return redirect(request.get_full_path())
            status = 422
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
    context = {**_page(request, session), "writer_form": writer, "file_form": file}
    return render(request, "sessions/organiser/captions.html", context, status=status)


def _done(request: SignedInRequest, session: Session, action: str, writer: WriterForm, file: FileForm) -> bool:
    if action == "invite" and writer.is_valid():
        captions.invite(session, **writer.cleaned_data, by=request.user)
        messages.success(request, _("The address is below. Whoever has it can write."))
    elif action == "file" and file.is_valid():
        lines = vtt.read(file.cleaned_data["file"].read(vtt.LONGEST_FILE + 1))
        count = captions.replace(session, file.cleaned_data["language"], lines, by=request.user)
        messages.success(request, _("%(count)d lines were read.") % {"count": count})
    elif action == "revoke":
        found = get_object_or_404(session.caption_writers.select_related("session__summit"), pk=_pk(request, "writer"))
        captions.revoke(found, by=request.user)
        messages.success(request, _("This address writes no more."))
    elif action == "correct":
        line = get_object_or_404(CaptionLine.objects.select_related("session__summit"), session=session,
                                 pk=_pk(request, "line"))  # fmt: skip
        captions.correct(line, request.POST.get("text", ""), by=request.user)
        messages.success(request, _("The line was corrected."))
    else:
        return False
    return True


def _pk(request: SignedInRequest, name: str) -> int | None:
    return number(request.POST.get(name, ""))


def _page(request: SignedInRequest, session: Session) -> dict[str, Any]:
    there = captions.languages(session)
    asked = request.GET.get("captions", "")
    shown = asked if asked in there else next(iter(there), "")
    pages = Paginator(session.caption_lines.filter(language=shown), A_PAGE)
    return {
        "summit": session.summit,
        "session": session,
        "writers": [(each, own_name(each.language)) for each in session.caption_writers.filter(revoked_at=None)],
        "languages": [(code, own_name(code)) for code in there],
        "language": shown,
        "lines": pages.get_page(request.GET.get("page")),
    }
