"""What is pressed in the cockpit of a session, and the forms on it."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from registration.views.guids import guid_or_404
from sessions.forms.cockpit import PollForm, QuestionForm, WriteDownForm
from sessions.live import cockpit, polls, questions
from sessions.models import AudienceQuestion, Poll, PollChoice, Session
from summit.lib.text import number
from summit.permissions import SignedInRequest

MOVES = {"shown": questions.let_through, "in_answer": questions.answering, "answered": questions.answered}


def forms(request: SignedInRequest, session: Session) -> dict[str, Any]:
    """The forms of the page: bound where they were sent."""
    sent = request.POST.get("form", "") if request.method == "POST" else ""
    question, poll = _chosen(request, session.audience_questions, "question"), _chosen(request, session.polls, "poll")
    data = {name: request.POST if sent == name else None for name in ("microphone", "question", "poll")}
    draft = poll if poll and poll.state == Poll.State.DRAFT else None
    found: dict[str, Any] = {
        "write_down": WriteDownForm(data["microphone"], session=session, prefix="microphone"),
        "poll_form": PollForm(data["poll"], poll=draft, prefix="poll"),
        "edited_poll": draft,
        "opened": question,
    }
    if question:
        question.session = session
        found["question_form"] = QuestionForm(data["question"], question=question, prefix="question")
        rest = session.audience_questions.filter(merged_into=None).exclude(pk=question.pk).exclude(state="put_aside")
        found["others"] = list(rest.in_order()[:100])
    return found


def _chosen(request: SignedInRequest, rows: Any, name: str) -> Any:
    """The row that ``?question=`` or ``?poll=`` says, None where it says none."""
    said = request.GET.get(name, "")
    return get_object_or_404(rows, guid=guid_or_404(said)) if said else None


def do(request: SignedInRequest, session: Session, forms: dict[str, Any]) -> str | None:
    """Returns what is said of it; None where a form is not filled in rightly."""
    said = request.POST
    if "do" in said:
        return _do(request, session, said["do"])
    match said.get("form", ""):
        case "note":
            cockpit.write_note(session, said.get("text", ""), by=request.user)
            return _("Your note is there for the team.")
        case "microphone":
            return _write_down(request, session, forms["write_down"])
        case "question" if forms["opened"]:
            return _look_after(request, forms["opened"], forms["question_form"])
        case "merge" if forms["opened"]:
            into = get_object_or_404(session.audience_questions, guid=guid_or_404(said.get("into", "")))
            questions.merge(forms["opened"], into, by=request.user)
            return _("The two are one question now.")
        case "poll":
            return _draw_up(request, session, forms)
    raise Http404


def _do(request: SignedInRequest, session: Session, said: str) -> str:
    """``what:key``, as buttons say it."""
    what, _colon, key = said.partition(":")
    if what == "signal":
        cockpit.signal(session, key, by=request.user)
        return _("Those on stage see it.") if key else _("The signal was taken back.")
    if what == "word":
        chosen = get_object_or_404(PollChoice.objects.exclude(word=""), pk=number(key), poll__session=session)
        polls.hide_word(chosen, not chosen.hidden, by=request.user)
        return _("The word was changed.")
    if what.startswith("poll-"):
        return _poll(request, get_object_or_404(session.polls, guid=guid_or_404(key)), what.removeprefix("poll-"))
    question = get_object_or_404(session.audience_questions, guid=guid_or_404(key))
    return _question(request, question, what)


def _question(request: SignedInRequest, question: AudienceQuestion, what: str) -> str:
    if what in MOVES:
        MOVES[what](question, by=request.user)
    elif what == "put_aside":
        questions.put_aside(question, request.POST.get("reason", ""), by=request.user)
    elif what == "pin":
        questions.pin(question, question.pinned_at is None, by=request.user)
    else:
        raise Http404
    return _("The question was moved.") if what != "pin" else _("The question was pinned or unpinned.")


def _poll(request: SignedInRequest, poll: Poll, what: str) -> str:
    match what:
        case "open":
            polls.open_(poll, by=request.user)
            return _("The poll is open.")
        case "close":
            polls.close(poll, by=request.user)
            return _("The poll is closed.")
        case "show" | "hide":
            polls.show_results(poll, what == "show", by=request.user)
            return _("Everybody sees the results.") if what == "show" else _("The results are hidden.")
        case "remove":
            polls.remove(poll, by=request.user)
            return _("The draft was removed.")
    raise Http404


def _write_down(request: SignedInRequest, session: Session, form: WriteDownForm) -> str | None:
    if not form.is_valid():
        return None
    questions.ask_for(session, by=request.user, **form.cleaned_data)
    return _("The question was written down.")


def _look_after(request: SignedInRequest, question: AudienceQuestion, form: QuestionForm) -> str | None:
    if not form.is_valid():
        return None
    said = form.cleaned_data
    questions.set_language(question, said["language"], by=request.user)
    questions.translate(question, said["translation"], by=request.user)
    if request.POST.get("then") == "answered":
        questions.answered(question, said["answer"], by=request.user)
    else:
        questions.write_answer(question, said["answer"], by=request.user)
    return _("It was saved.")


def _draw_up(request: SignedInRequest, session: Session, forms: dict[str, Any]) -> str | None:
    form: PollForm = forms["poll_form"]
    if not form.is_valid():
        return None
    if forms["edited_poll"]:
        polls.change(forms["edited_poll"], *form.values(), by=request.user)
    else:
        polls.draft(session, *form.values(), by=request.user)
    return _("The draft was saved.")


def afterwards(request: SignedInRequest, session: Session) -> str:
    """The cockpit, with a question that is still looked after."""
    here = reverse("registration:cockpit", args=[session.summit.code, session.code])
    goes_on = request.POST.get("form") == "question" and request.POST.get("then") != "answered"
    return f"{here}?question={request.GET['question']}" if goes_on and "question" in request.GET else here
