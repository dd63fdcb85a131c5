"""Settings of the summit that are about registering: the arrangement, categories and desks."""

from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from registration.accrediting import zones
from registration.door import desks
from registration.forms.category import CategoryForm
from registration.forms.quotas import QuotaForm
from registration.forms.settings import (
    ArrangementForm,
    DeskForm,
    ReasonForm,
    SectionForm,
    TagForm,
    ZoneForm,
)
from registration.models import Category, Desk, Quota, ReasonTemplate, Tag, Zone
from registration.models import Section as FormSection
from registration.registering import arrangement as verbs
from registration.registering import categories, questions, quotas, tagging
from summit.lib import countries, times
from summit.lib.translated import active_language
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.views.workspace.settings import Section, edited
from summit.views.workspace.small_tables import SmallTable


def _arrange(summit: Summit, form: ArrangementForm, *, by: Any) -> None:
    verbs.arrange(summit, form.values(), form_versions=form.cleaned_data["form_versions"], by=by)


ARRANGEMENT = Section(
    "registration:settings-registration",
    gettext_lazy("Registration"),
    gettext_lazy("When people can register, in which ways, how many, and until when they may change"),
    ArrangementForm,
    _arrange,
    labels=verbs.LABELS,
)


@never_cache
@right_required(Right.SETTINGS)
def arrangement(request: SignedInRequest, summit: Summit) -> HttpResponse:
    return edited(request, summit, ARRANGEMENT)


def _categories(summit: Summit) -> list[tuple[Category, list[Any]]]:
    found: list[tuple[Category, list[Any]]] = []
    for row in summit.categories.annotate(people=Count("registrations")).order_by("order", "code"):
        people = ngettext("%(number)d registration", "%(number)d registrations", row.people) % {"number": row.people}
        found.append((row, [row.get_admission_display(), people]))
    return found


CATEGORIES = SmallTable(
    app="registration", listed="categories", one="category", folder="categories", model=Category,
    title=gettext_lazy("Categories"), lead=gettext_lazy("Who people are at the summit: on the form, the list and the badge"),
    new=gettext_lazy("Add a category"),
    empty=gettext_lazy("Who registers says in which category. Begin with one, such as Delegate, and add press or staff."),
    form=CategoryForm, rows=_categories,
    create=lambda summit, form, by: categories.create(summit, {**form.values(), "code": form.code()}, by=by),
    edit=lambda row, form, by: categories.edit(
        row, form.values(), form_versions=form.cleaned_data["form_versions"], by=by
    ),
    delete=categories.delete,
)  # fmt: skip


def _quotas(summit: Summit) -> list[tuple[Quota, list[Any]]]:
    found: list[tuple[Quota, list[Any]]] = []
    for row in summit.quotas.select_related("day_question").prefetch_related("categories", "delegations", "choices"):
        words = _("%(taken)d, no limit") if row.capacity is None else _("%(taken)d of %(limit)d places taken")
        facts: list[Any] = [words % {"taken": row.taken, "limit": row.capacity}]
        facts += [row.get_attendance_display()] if row.attendance and not row.is_basic else []
        facts += [" · ".join(str(each) for each in row.categories.all())] if row.categories.all() else []
        facts += [" · ".join(str(each) for each in row.delegations.all())] if row.delegations.all() else []
        facts += [", ".join(countries.name(code, active_language()) for code in row.countries)] if row.countries else []
        facts += [" · ".join(str(each) for each in row.choices.all())] if row.choices.all() else []
        facts += (
            [", ".join(times.day_label(date.fromisoformat(day), active_language()) for day in row.days)]
            if row.days
            else []
        )
        facts += [_("with a waitlist")] if row.has_waitlist else []
        found.append((row, [fact for fact in facts if fact]))
    return found


def _ways(quota: Quota) -> list[tuple[Any, str]]:
    if not quota.has_waitlist:
        return []
    return [(_("Waitlist"), reverse("registration:waitlist", args=[quota.summit.code, quota.pk]))]


QUOTAS = SmallTable(
    app="registration", listed="quotas", one="quota", folder="quotas", model=Quota, key="pk",
    title=gettext_lazy("Quotas"), lead=gettext_lazy("How many may come: in each way, and of any combination. The tightest one decides"),
    new=gettext_lazy("Add a quota"),
    empty=gettext_lazy("Nothing is limited yet. How many may come at all is set under Registration; a quota narrows it for some."),
    form=QuotaForm, rows=_quotas,
    create=lambda summit, form, by: quotas.create(summit, form.values(), by=by),
    edit=lambda row, form, by: quotas.edit(row, form.values(), form_versions=form.cleaned_data["form_versions"], by=by),
    delete=quotas.delete, move=None, named=str, ways=_ways,
)  # fmt: skip


def _sections(summit: Summit) -> list[tuple[FormSection, list[Any]]]:
    rows = summit.sections.annotate(asked=Count("questions", filter=Q(questions__is_asked=True)))
    words = lambda n: ngettext("%(number)d question", "%(number)d questions", n) % {"number": n}  # noqa: E731  one line, used in the next
    return [(row, [words(row.asked)]) for row in rows.order_by("order", "pk")]


SECTIONS = SmallTable(
    app="registration", listed="sections", one="section", folder="sections", model=FormSection, key="pk",
    title=gettext_lazy("Sections of the form"), lead=gettext_lazy("Headings and texts under which the questions of the registration form stand"),
    new=gettext_lazy("Add a section"),
    empty=gettext_lazy("Questions stand together at the end of the form. A section gives some of them a heading and a text of their own."),
    form=SectionForm, rows=_sections,
    create=lambda summit, form, by: questions.create_section(summit, form.values(), by=by),
    edit=lambda row, form, by: questions.edit_section(
        row, form.values(), form_versions=form.cleaned_data["form_versions"], by=by
    ),
    delete=questions.delete_section, named=lambda row: row.title,
)  # fmt: skip


REASONS = SmallTable(
    app="registration", listed="reasons", one="reason", folder="reasons", model=ReasonTemplate, key="pk",
    title=gettext_lazy("Reasons"), lead=gettext_lazy("Why a registration is rejected, in each language: whoever decides chooses one"),
    new=gettext_lazy("Add a reason"),
    empty=gettext_lazy("Whoever rejects a registration writes why. Keep here what is said often, such as that no accreditation was shown."),
    form=ReasonForm, rows=lambda summit: [(row, []) for row in summit.reason_templates.all()],
    create=lambda summit, form, by: categories.create_reason(summit, form.values(), by=by),
    edit=lambda row, form, by: categories.edit_reason(
        row, form.values(), form_versions=form.cleaned_data["form_versions"], by=by
    ),
    delete=categories.delete_reason, named=lambda row: row.text,
)  # fmt: skip


def _tags(summit: Summit) -> list[tuple[Tag, list[Any]]]:
    found: list[tuple[Tag, list[Any]]] = []
    for row in summit.tags.annotate(people=Count("registrations")):
        people = ngettext("%(number)d registration", "%(number)d registrations", row.people) % {"number": row.people}
        found.append((row, [people]))
    return found


TAGS = SmallTable(
    app="registration", listed="tags", one="tag", folder="tags", model=Tag, key="pk",
    title=gettext_lazy("Tags"), lead=gettext_lazy("Words of the team about registrations: to find them again, and to act on them together"),
    new=gettext_lazy("Add a tag"),
    empty=gettext_lazy("Tags are made on the list of registrations as they are needed, or here beforehand."),
    form=TagForm, rows=_tags,
    create=lambda summit, form, by: tagging.create(summit, form.values(), by=by),
    edit=lambda row, form, by: tagging.edit(row, form.values(), form_versions=form.cleaned_data["form_versions"], by=by),
    delete=tagging.delete, move=None, named=str,
)  # fmt: skip


def _zones(summit: Summit) -> list[tuple[Zone, list[Any]]]:
    found = summit.zones.prefetch_related("categories", "desks")
    return [(row, [row.name, *(str(each) for each in (*row.categories.all(), *row.desks.all()))]) for row in found]


ZONES = SmallTable(
    app="registration", listed="zones", one="zone", folder="zones", model=Zone, key="pk",
    title=gettext_lazy("Zones"), lead=gettext_lazy("Parts of the venue that not everybody may enter: categories give them, badges name them, desks ask for them"),
    new=gettext_lazy("Add a zone"),
    empty=gettext_lazy("Everybody may go everywhere. Begin with a zone such as A, Plenary hall, and say in each category whether it gives it."),
    form=ZoneForm, rows=_zones,
    create=lambda summit, form, by: zones.create(summit, form.values(), by=by),
    edit=lambda row, form, by: zones.edit(row, form.values(), form_versions=form.cleaned_data["form_versions"], by=by),
    delete=zones.delete, named=lambda row: row.code,
)  # fmt: skip


def _desks(summit: Summit) -> list[tuple[Desk, list[Any]]]:
    found: list[tuple[Desk, list[Any]]] = []
    for row in summit.desks.select_related("zone").annotate(arrivals=Count("check_ins")).order_by("order", "code"):
        arrivals = ngettext("%(number)d arrival", "%(number)d arrivals", row.arrivals) % {"number": row.arrivals}
        zone = [_("Zone %(code)s") % {"code": row.zone.code}] if row.zone else []
        found.append((row, [_("open") if row.is_open else _("closed"), *zone, arrivals]))
    return found


DESKS = SmallTable(
    app="registration", listed="desks-kept", one="desk-kept", folder="desks", model=Desk,
    title=gettext_lazy("Desks"), lead=gettext_lazy("Where people arrive and are checked in"),
    new=gettext_lazy("Add a desk"),
    empty=gettext_lazy("People are checked in at a desk. Begin with one, such as Main entrance."),
    form=DeskForm, rows=_desks,
    create=lambda summit, form, by: desks.create(summit, {**form.values(), "code": form.code()}, by=by),
    edit=lambda row, form, by: desks.edit(row, form.values(), form_versions=form.cleaned_data["form_versions"], by=by),
    delete=desks.delete,
)  # fmt: skip
