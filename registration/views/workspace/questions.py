"""Organisers: what is asked of everybody who registers."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.forms.questions import QuestionForm, choices_of, with_new_choices
from registration.lists.questions import QUESTIONS
from registration.models import Choice, Question
from registration.registering import answering
from registration.registering import questions as verbs
from summit import history
from summit.editing.revising import Overtaken, entries_of
from summit.editing.rows import move
from summit.errors import Refusal
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required, texts_alone
from summit.views.workspace.listing import ListPages

questions = ListPages(QUESTIONS)


@never_cache
@right_required(Right.REGISTRATIONS)
def new_question(request: SignedInRequest, summit: Summit) -> HttpResponse:
    return _edited(request, Question(summit=summit))


@never_cache
@right_required(Right.REGISTRATIONS, Right.TEXTS)
def question(request: SignedInRequest, summit: Summit, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(summit.questions.select_related("summit"), pk=pk))


def _texts_alone(request: SignedInRequest) -> bool:
    return texts_alone(request, Right.REGISTRATIONS)


def _edited(request: SignedInRequest, found: Question) -> HttpResponse:
    data, texts = request.POST or None, _texts_alone(request)
    form = QuestionForm(data, instance=found, summit=found.summit, texts_alone=texts)
    rows = choices_of(found, data, texts_alone=texts)
    if data is None:
        return _page(request, found, form, rows)
    # Both are looked at: what is wrong is said at once.
    if not all([form.is_valid(), rows.is_valid()]):
        return _page(request, found, form, rows, status=422)
    try:
        _save(request, found, form, rows)
    except Overtaken as refusal:
        lines = history.described(refusal.details["entries"], Question, labels=LABELS)
        rows = choices_of(found, with_new_choices(found, data), texts_alone=texts)
        return _page(request, found, form.over(refusal), rows, status=409, overtaken=lines)
    except Refusal as refusal:
        form.add_error(None, str(refusal.message))
        return _page(request, found, form, rows, status=refusal.status)
    messages.success(request, _("The question was saved."))
    return redirect("registration:questions", found.summit.code)


LABELS = {"choices": Choice._meta.verbose_name_plural}


def _save(request: SignedInRequest, found: Question, form: QuestionForm, rows: Any) -> None:
    if found.pk is None:
        verbs.create(found.summit, form.values(), rows.wordings(), by=request.user)
        return
    save = verbs.translate if _texts_alone(request) else verbs.edit
    save(found, form.values(), rows.wordings(), form_versions=form.cleaned_data["form_versions"], by=request.user)


def _page(
    request: SignedInRequest, found: Question, form: QuestionForm, rows: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"summit": found.summit, "form": form, "choices": rows, "texts_alone": _texts_alone(request), **more}
    if found.pk:
        lines = history.described(entries_of(found)[:30], Question, labels=LABELS)
        context |= {"question": answering.counted(found.summit).get(pk=found.pk), "history": lines}
    return render(request, "registration/organiser/question.html", context, status=status)


@require_POST
@right_required(Right.REGISTRATIONS)
def order(request: SignedInRequest, summit: Summit, pk: int) -> HttpResponse:
    """One place up or down."""
    found = get_object_or_404(summit.questions.select_related("summit"), pk=pk)
    move(found, up=request.POST.get("way") == "up", by=request.user)
    return redirect("registration:questions", summit.code)


@require_POST
@right_required(Right.REGISTRATIONS)
def deletion(request: SignedInRequest, summit: Summit, pk: int) -> HttpResponse:
    found = get_object_or_404(summit.questions.select_related("summit"), pk=pk)
    try:
        verbs.delete(found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("registration:question", summit.code, pk)
    messages.success(request, _("The question was deleted."))
    return redirect("registration:questions", summit.code)
