"""Forms of the open-government register."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from summit.editing import register
from summit.forms.rows import RowForm
from summit.lib import countries, romanising
from summit.lib.fields import LineField, country_field
from summit.lib.text import clean_line, number
from summit.lib.translated import Text, TranslatedFormField, languages
from summit.models.civic import (
    ActionPlan,
    Chair,
    Commitment,
    CommitteeMember,
    MemberGovernment,
    MembershipFigure,
    PlanStep,
)

# Written where a body has no name in a language; its line stays.
NONE = "-"
DASHES = {NONE, "–", "—"}
LONGEST_NAME, MOST_BODIES, MOST_TERMS = 200, 20, 20


class TermsField(forms.Field):
    """Numbers of terms with commas between them; a list of them in order, each once."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 120})

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(each) for each in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[int]:
        parts = [part.strip() for part in str(value or "").replace("，", ",").split(",") if part.strip()]
        found = [number(part, digits=3) for part in parts]
        if not all(found) or len(found) > MOST_TERMS:
            raise ValidationError(_("Write numbers of terms with commas between them, such as 1, 2."))
        return sorted({each for each in found if each})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != data


class BodiesField(TranslatedFormField):
    """Bodies that answer for something, one on each line of each language: ``[{"ko": "…", "en": "…"}, …]``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(long=True, max_length=MOST_BODIES * (LONGEST_NAME + 2), **kwargs)
        widget: Any = self.widget
        for part in widget.widgets:
            part.attrs["rows"] = 3

    def prepare_value(self, value: Any) -> Any:
        if not (isinstance(value, list) and all(isinstance(each, dict) for each in value)):
            return value
        said = {code: [each.get(code, "") for each in value] for code in self.codes}
        return {code: "\n".join(name or NONE for name in names) if any(names) else "" for code, names in said.items()}

    def compress(self, data_list: list[str]) -> Any:
        text = super().compress(data_list)
        lines = {code: [clean_line(line) for line in text.get(code, "").split("\n") if clean_line(line)] for code in self.codes}  # fmt: skip
        most = max((len(names) for names in lines.values()), default=0)
        for code, names in lines.items():
            self._look(get_language_info(code)["name_local"], names, most)
        bodies = [{code: names[at] for code, names in lines.items() if names and names[at] not in DASHES} for at in range(most)]  # fmt: skip
        if not all(bodies):
            raise ValidationError(gettext("A body needs its name in at least one language."))
        return bodies

    @staticmethod
    def _look(language: str, names: list[str], most: int) -> None:
        if names and len(names) != most:
            raise ValidationError(
                gettext("%(language)s has %(lines)d of %(most)d lines. One body is the same line in each language; write - where a name is missing.")
                % {"language": language, "lines": len(names), "most": most}
            )  # fmt: skip
        if len(names) > MOST_BODIES or any(len(name) > LONGEST_NAME for name in names):
            raise ValidationError(
                gettext("At most %(most)d lines of %(letters)d letters each.")
                % {"most": MOST_BODIES, "letters": LONGEST_NAME}
            )


def _number(label: Any, *, least: int = 1, most: int = 999, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, **kwargs)


class RegisterForm(RowForm):
    """``slug`` is the standing page that shows the table."""

    slug: ClassVar[str] = ""

    def follows(self) -> list[str]:
        page = self.summit.pages.filter(slug=self.slug).first()
        if page is None:
            words = gettext(
                "No page shows this yet. Add a page with the address %(slug)s: it shows the table below its text."
            )
            return [*self.reads(), words % {"slug": self.slug}]
        return [*self.reads(), gettext("Stands on the page “%(page)s”, and in the open data.") % {"page": page.title}]

    def reads(self) -> list[str]:
        """What readers read of the row."""
        return []

    def typed(self, name: str) -> Any:
        """As typed, else as stored; of a new row as it is offered."""
        stored = getattr(self.instance, name) if self.instance.pk else self.initial.get(name)
        return getattr(self, "cleaned_data", {}).get(name, stored)

    def in_a_line(self, *names: str) -> str:
        return " · ".join(str(said) for name in names if (said := self.typed(name)))


class FigureForm(RegisterForm):
    slug = "members"
    year = _number(_("Year"), least=1900, most=2100)

    class Meta:
        model = MembershipFigure
        fields = register.FIGURES.fields
        help_texts = {"note": _("Where the numbers come from, or where sources differ.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial["year"] = self.summit.starts_on.year

    def reads(self) -> list[str]:
        figures = {name: self.typed(name) for name in ("year", "national", "local")}
        if None in figures.values():
            return []
        return [gettext("%(year)s: %(national)s national and %(local)s local governments") % figures]


class OfCountry(RegisterForm):
    """A country and what it is called; left empty, it is called as everybody calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        self.fields["name"].help_text = _("Empty: the usual name of the country.")
        if "country" in self.fields:
            self.fields["country"] = country_field(self.instance.country)

    def clean_name(self) -> Text:
        said: Text = self.cleaned_data["name"]
        country = self.cleaned_data.get("country", self.instance.country)
        return said or Text({code: countries.name(country, code) for code in languages() if country})


class MemberForm(OfCountry):
    """``local_code`` makes it a local government of its country; then the name has to be written."""

    slug = "members"
    joined = _number(_("Joined in"), least=2011, most=2100, required=False, help_text=_("The year, where it is known."))
    left = _number(_("Left in"), least=2011, most=2100, required=False)

    class Meta:
        model = MemberGovernment
        fields = register.MEMBERS.fields
        help_texts = {
            "local_code": _(
                "Only for a city, province or region: a short code such as seoul. Empty: the national government."
            ),
            "standing": _("Empty: not known."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("Empty: the usual name of the country. A local government needs its own.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        joined, left = data.get("joined"), data.get("left")
        if joined and left and left < joined:
            self.add_error("left", _("It joined in %(year)d: write that year or a later one.") % {"year": joined})
        if left and data.get("standing") in {"active", "inactive"}:
            self.add_error("standing", _("Who has left is withdrawn: choose that, or take the year away."))
        return data

    def clean_name(self) -> Text:
        said: Text = self.cleaned_data["name"]
        if not said and self.cleaned_data.get("local_code", self.instance.local_code):
            raise ValidationError(_("Write the name of the local government in at least one language."))
        return super().clean_name()

    def reads(self) -> list[str]:
        if not self.typed("name") or not self.typed("country"):
            return []
        words = gettext("Among local governments: %(name)s") if self.typed("local_code") else gettext("Among national governments: %(name)s")  # fmt: skip
        found = [words % {"name": self.typed("name")}]
        if self.typed("founding"):
            found.append(gettext("Among the founding governments: %(name)s") % {"name": self.typed("name")})
        return found


class ChairForm(OfCountry):
    slug = "past-chairs"

    class Meta:
        model = Chair
        fields = register.CHAIRS.fields
        help_texts = {"note": _("The term, or what it is known for.")}

    def reads(self) -> list[str]:
        return [self.in_a_line("name", "note")]


class CommitteeForm(RegisterForm):
    slug = "committee"
    wordings = ("name_romanised",)
    term = _number(_("Term"))
    name = LineField(label=_("Name"), max_length=120)
    name_romanised = LineField(label=_("Name in Latin letters"), max_length=120, required=False)
    past_terms = TermsField(
        label=_("Earlier terms"), required=False, help_text=_("Numbers with commas between them, such as 1, 2.")
    )

    class Meta:
        model = CommitteeMember
        fields = register.COMMITTEE.fields
        help_texts = {"note": _("What readers should know, such as where sources write the name differently.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            latest = self.summit.committee_members.order_by("-term").values_list("term", flat=True).first()
            self.initial["term"] = latest or 1
        if ours := romanising.reading(self.instance.name, self.instance.name_romanised, ""):
            words = _("Until it is written here, pages in other languages show “%(name)s”, marked as romanised by us.")
            self.fields["name_romanised"].help_text = words % {"name": ours}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        term, before = data.get("term"), data.get("past_terms") or []
        if term and any(each >= term for each in before):
            self.add_error("past_terms", _("An earlier term lies before term %(term)d.") % {"term": term})
        return data

    def reads(self) -> list[str]:
        if not self.typed("term") or not self.typed("name"):
            return []
        found = [gettext("Civil members, term %(term)s: %(words)s")
                 % {"term": self.typed("term"), "words": self.in_a_line("name", "name_romanised", "job_title", "affiliation")}]  # fmt: skip
        if before := self.typed("past_terms"):
            found.append(gettext("Also in term %(terms)s") % {"terms": ", ".join(str(each) for each in before)})
        return found


class PlanForm(RegisterForm):
    slug = "action-plan"
    number = _number(_("Number"), help_text=_("The page shows the plan with the highest number."))

    class Meta:
        model = ActionPlan
        fields = register.PLANS.fields
        help_texts = {"document": _("Where the plan itself can be read or downloaded. Empty: no link is shown.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            latest = self.summit.action_plans.order_by("-number").values_list("number", flat=True).first()
            self.initial["number"] = (latest or 0) + 1

    def follows(self) -> list[str]:
        others = self.summit.action_plans.exclude(pk=self.instance.pk)
        newer = others.filter(number__gt=self.typed("number") or 0).order_by("-number").first()
        if newer:
            words = gettext("The page shows “%(plan)s”, which has a higher number; the open data has both.")
            return [words % {"plan": newer.name}]
        return super().follows()

    def reads(self) -> list[str]:
        words = ngettext("%(number)d commitment", "%(number)d commitments", count := self._commitments())
        return [f"{self.typed('name')} · {words % {'number': count}}"] if self.typed("name") else []

    def _commitments(self) -> int:
        return self.instance.commitments.count() if self.instance.pk else 0


class StepForm(RegisterForm):
    slug = "action-plan"

    class Meta:
        model = PlanStep
        fields = register.STEPS.fields
        help_texts = {"period": _("As people say it: October 2022, or 11 October to 14 November 2022.")}

    def reads(self) -> list[str]:
        return [said] if (said := self.in_a_line("period", "title", "detail")) else []


class CommitmentForm(RegisterForm):
    slug = "action-plan"
    wordings = ("ministries",)
    number = _number(_("Number"))
    ministries = BodiesField(
        label=_("Responsible bodies"),
        help_text=_("One on each line. The same line in each language is the same body; write - where a name is missing."),
    )  # fmt: skip

    class Meta:
        model = Commitment
        fields = register.COMMITMENTS.fields
        help_texts = {
            "vision": _("Commitments with the same vision stand in one table, in the order of their numbers.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            latest = self.instance.plan.commitments.order_by("-number").first()
            self.initial["number"] = latest.number + 1 if latest else 1
            # The next one is mostly of the same vision.
            self.initial["vision"] = latest.vision if latest else {}

    def clean_ministries(self) -> Any:
        """Who writes texts alone names the bodies there are."""
        said = self.cleaned_data["ministries"]
        if self.texts_alone and len(said) != len(self.instance.ministries):
            raise ValidationError(_("Name the bodies there are: whoever translates neither adds nor takes away one."))
        return said

    def reads(self) -> list[str]:
        if not self.typed("title"):
            return []
        bodies = ", ".join(str(Text(each)) for each in self.typed("ministries") or [])
        said = f"{self.typed('number')}. {self.typed('title')}"
        return [gettext("Under “%(vision)s”: %(words)s") % {"vision": self.typed("vision"), "words": said},
                gettext("Responsible: %(bodies)s") % {"bodies": bodies}]  # fmt: skip
