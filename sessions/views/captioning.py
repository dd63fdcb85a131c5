"""Writing captions of a session by the secret address of a captioner: on a page line by line, or by software."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sessions.live import captions
from sessions.live.captions import Line
from summit.errors import Refusal
from summit.lib.translated import own_name
from summit.ratelimit import take

# Of what was written, so much is shown to whoever writes.
SHOWN = 12
# Requests of one writer in a minute: two a second.
LIMIT = {"limit": 120, "seconds": 60}
# What software says of one line; anything else is refused, so that a slip is seen at once.
KEYS = {"text", "starts_ms", "ends_ms", "speaker", "nonce"}


class BadRequest(Refusal):
    code = "bad_captions"
    message: Any = _(
        'Send JSON: {"lines": [{"text": "…"}]}, with starts_ms, ends_ms, speaker and nonce where they are known.'
    )
    status = 422


class LineForm(forms.Form):
    text = forms.CharField(
        label=_("Line"),
        max_length=captions.LONGEST,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    speaker = forms.CharField(label=_("Who speaks"), max_length=100, required=False)
    nonce = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


@never_cache
def page(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """Somebody writes: one line, Enter, the next."""
    form, refusal = LineForm(request.POST or None), None
    try:
        writer = captions.writer(token)
    except Refusal as gone:
        return render(request, "sessions/live/captioning.html", {"refusal": gone}, status=gone.status)
    if request.method == "POST":
        try:
            take("captions", token, **LIMIT)
            if form.is_valid():
                captions.write(writer, [Line(**form.cleaned_data)])
                request.session["caption_speaker"] = form.cleaned_data["speaker"]
                return redirect(request.path)
        except Refusal as refused:
            refusal = refused
    return _shown(request, writer, form, refusal)


def _shown(request: HttpRequest, writer: Any, form: LineForm, refusal: Refusal | None) -> HttpResponse:
    session = writer.session
    if not form.is_bound:
        form.initial = {"speaker": request.session.get("caption_speaker", "")}
    context = {
        "summit": session.summit,
        "session": session,
        "writer": writer,
        "language": own_name(writer.language),
        "lines": captions.latest(session, writer.language, SHOWN),
        "form": form,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "sessions/live/captioning.html", context, status=status)


@csrf_exempt
@require_POST
def lines(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """Software writes: ``{"lines": [{"text", "starts_ms"?, "ends_ms"?, "speaker"?, "nonce"?}]}``; answers how many were
    new. Refusals are ``{"code", "message"}`` with their status."""
    try:
        writer = captions.writer(token)
        take("captions", token, **LIMIT)
        return JsonResponse({"written": captions.write(writer, _read(request.body))})
    except Refusal as refusal:
        response = JsonResponse({"code": refusal.code, "message": str(refusal.message)}, status=refusal.status)
        if refusal.status == 429:
            response["Retry-After"] = str(LIMIT["seconds"])
        return response


def _read(body: bytes) -> list[Line]:
    try:
        said = json.loads(body)["lines"]
        if not isinstance(said, list) or any(not isinstance(each, dict) or each.keys() - KEYS for each in said):
            raise BadRequest
        found = [Line(**each) for each in said]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise BadRequest from problem
    if not all(map(_is_line, found)):
        raise BadRequest
    return found


def _is_line(line: Line) -> bool:
    texts = all(isinstance(text, str) for text in (line.text, line.speaker, line.nonce))
    times = all(time is None or type(time) is int for time in (line.starts_ms, line.ends_ms))
    return texts and times
