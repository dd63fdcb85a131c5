"""What narrows the list of registrations."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registration.accrediting import vetting
from registration.mailing import delivery
from registration.models import Answer, Attendance, Note, Question, Registration, State, Vetting
from registration.models.question import YES
from registration.places import capacity
from registration.registering import waitlist
from summit.lib import countries
from summit.lib.fields import LineField
from summit.lib.translated import active_language, own_name
from summit.lists.listing import Filter
from summit.lists.pieces import NONE, narrowed_by
from summit.models import Summit

Rows = QuerySet[Registration]


def _yes_or_no(_summit: Summit) -> list[tuple[str, str]]:
    return [("yes", _("Yes")), ("no", _("No"))]


def _countries(summit: Summit) -> list[tuple[str, str]]:
    codes = summit.registrations.order_by().values_list("country", flat=True).distinct()
    return sorted(((code, countries.name(code, active_language())) for code in codes), key=lambda pair: pair[1])


def _arrived(found: Any, value: str, summit: Summit) -> Rows:
    return found.arrived(value == "yes")


def _agreed(found: Any, value: str, summit: Summit) -> Rows:
    return found.filter(photographed=value == "yes")


def _quotas(summit: Summit) -> list[tuple[str, str]]:
    return [(str(quota.pk), str(quota)) for quota in summit.quotas.all()]


def _holds_in(found: Any, value: str, summit: Summit) -> Rows:
    quota = next((each for each in capacity.quotas(summit) if str(each.quota.pk) == value), None)
    return found.filter(pk__in=quota.of_it().holding().values("pk")) if quota else found.none()


def _waits_in(found: Any, value: str, summit: Summit) -> Rows:
    quota = next((each for each in capacity.quotas(summit) if str(each.quota.pk) == value), None)
    return found.filter(pk__in=waitlist.line(quota).values("pk")) if quota else found.none()


def _overdue(found: Any, value: str, summit: Summit) -> Rows:
    return found.overdue() if value == "yes" else found.exclude(pk__in=found.overdue().values("pk"))


def _awaiting(found: Any, value: str, summit: Summit) -> Rows:
    return found.awaiting_person() if value == "no" else found.filter(said_to_come_at__isnull=False)


def _tags(summit: Summit) -> list[tuple[str, str]]:
    return [(NONE, _("Without a tag")), *((str(tag.pk), tag.name) for tag in summit.tags.all())]


def _tagged(found: Any, value: str, summit: Summit) -> Rows:
    return found.filter(tags=None) if value == NONE else found.filter(tags=value)


def _vetted(found: Any, value: str, summit: Summit) -> Rows:
    return found.filter(vetting.standing_at(value))


def _noted(found: Any, value: str, summit: Summit) -> Rows:
    noted = Note.objects.filter(registration__summit=summit).values("registration")
    return found.filter(pk__in=noted) if value == "yes" else found.exclude(pk__in=noted)


def _mail(found: Any, value: str, summit: Summit) -> Rows:
    return delivery.standing_so(found, summit, value)


OF_ALL = (
    Filter("state", gettext_lazy("State"), lambda _s: State.choices, narrowed_by("state")),
    Filter("vetting", gettext_lazy("Vetting"), lambda _s: Vetting.choices, _vetted),
    Filter("attendance", gettext_lazy("Attendance"), lambda _s: Attendance.choices, narrowed_by("attendance")),
    Filter("category", gettext_lazy("Category"), lambda s: [(c.code, c.name) for c in s.categories.all()], narrowed_by("category__code")),
    Filter("delegation", gettext_lazy("Delegation"), lambda s: [(d.code, d.name) for d in s.delegations.all()], narrowed_by("delegation__code")),
    Filter("country", gettext_lazy("Country"), _countries, narrowed_by("country")),
    Filter("tag", gettext_lazy("Tag"), _tags, _tagged),
    Filter("quota", gettext_lazy("Holds a place in"), _quotas, _holds_in),
    Filter("waits_in", gettext_lazy("Waits for a place in"), _quotas, _waits_in),
    Filter("overdue", gettext_lazy("Decision overdue"), _yes_or_no, _overdue),
    Filter("said_to_come", gettext_lazy("Confirmed by the person"), lambda _s: [("yes", _("Yes")), ("no", _("Not yet"))], _awaiting),
    Filter("arrived", gettext_lazy("Arrived"), _yes_or_no, _arrived),
    Filter("photography", gettext_lazy("Photographs"), lambda _s: [("yes", _("Agreed")), ("no", _("Not agreed"))], _agreed),
    Filter("language", gettext_lazy("Language of mails"), lambda s: [(c, own_name(c)) for c in s.languages], narrowed_by("language")),
    Filter("mail", gettext_lazy("Last mail"), lambda _s: delivery.WORDS.items(), _mail),
    Filter("noted", gettext_lazy("With a note"), _yes_or_no, _noted),
)  # fmt: skip


def of_questions(summit: Summit) -> Iterable[Filter]:
    """One for each question of the form that is not answered with a file, by what is chosen or by words in the answer.
    Two queries."""
    rows = summit.questions.asked_or_answered().in_order().with_categories().prefetch_related("choices")
    for question in rows.select_related("summit"):
        if not question.has_file and not question.is_erased():
            yield _of_question(question)


def _of_question(question: Question) -> Filter:
    name, label = f"answer_{question.pk}", str(question)
    if _is_chosen(question):
        choices = [*_offered(question), (NONE, _("Not answered"))]
        return Filter(name, label, lambda _s: choices, _answered(question), circle=question.audience)
    return Filter(
        name, label, lambda _s: [], _answered(question), field=lambda: _words_of(label), circle=question.audience
    )


def _is_chosen(question: Question) -> bool:
    return question.has_choices or question.kind in {Question.Kind.YES, Question.Kind.CONSENT, Question.Kind.COUNTRY}


def _offered(question: Question) -> list[tuple[str, str]]:
    if question.kind == Question.Kind.COUNTRY:
        return sorted(countries.names(active_language()).items(), key=lambda pair: pair[1])
    if question.kind == Question.Kind.CONSENT:
        return [(YES, _("Agreed"))]
    return [(str(each.pk), str(each)) for each in question.choices.all()] or _yes_or_no(question.summit)


def _words_of(label: str) -> forms.Field:
    return LineField(label=label, required=False, max_length=100, help_text=_("Words in the answer"))


def _answered(question: Question) -> Any:
    """Those who answered so, as far as they come in the way, and as what, it is asked of."""

    def narrowed(found: Any, value: str, summit: Summit) -> Rows:
        answers: Any = Answer.objects.filter(question=question)
        if value == NONE and _is_chosen(question):
            return found.exclude(pk__in=answers.values("registration"))
        if question.asked_of:
            found = found.filter(attendance=question.asked_of)
        if question.of_categories:
            found = found.filter(category__in=question.of_categories)
        if question.has_choices:
            return found.filter(pk__in=answers.filter(picks__choice=value).values("registration"))
        said = answers.filter(words=value) if _is_chosen(question) else answers.filter(words__icontains=value)
        return found.filter(pk__in=said.values("registration"))

    return narrowed
