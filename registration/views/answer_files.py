"""Files that people sent as answers, given out to whom a view has let in."""

from collections.abc import Collection
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from registration.models import Look, Registration
from registration.permissions import audiences_of
from registration.registering import decisions, looks, uploads
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.views.private_files import give_out


def answer_file(
    registration: Registration, question: int, audiences: Collection[str] | None = None
) -> HttpResponseBase:
    """The file of the answer to ``question`` (a key); to a member of the team where one of their ``audiences`` reads it.

    Raises ``Http404``.
    """
    rows = registration.answers.exclude(file="").filter(question=question)
    found = (rows if audiences is None else rows.filter(question__audience__in=audiences)).first()
    if found is None:
        raise Http404
    name = found.file.name or ""
    return give_out(found.file.storage, name, content_type=uploads.content_type(name), filename=found.words,
                    as_attachment=True)  # fmt: skip


@never_cache
@right_required(Right.REGISTRATIONS, Right.APPROVAL)
def for_team(request: SignedInRequest, summit: Summit, guid: Any, question: int) -> HttpResponseBase:
    """To those who decide, of the people on whom they do."""
    everybody = Right.REGISTRATIONS in request.rights
    rows = summit.registrations.all() if everybody else decisions.decided_by(request.user, summit)
    found = get_object_or_404(rows, guid=guid)
    answer = answer_file(found, question, audiences_of(request.user, summit))
    if summit.questions.filter(pk=question, sensitive=True).exists():
        looks.note(summit, [found.pk], Look.What.NEEDS, by=request.user)
    return answer
