"""What somebody brings to the registration form, an invitation or a code: what it offers them there."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.models import AccessCode, Category, Invitation
from registration.models.category import CategoryQuerySet
from registration.models.invitation import has_codes, normal_code
from registration.registering.admitting import Key
from registration.registering.refusals import OtherWay
from summit.errors import Refusal
from summit.lib.fields import LineField
from summit.models import Summit


def known_of(invitation: Invitation | None) -> dict[str, Any]:
    """What an invitation fills in beforehand."""
    if invitation is None:
        return {}
    own = {name: getattr(invitation, name) for name in ("name", "email", "language", "country")}
    return {name: value for name, value in {**own, **invitation.prefill}.items() if value}


def _hint_of(category: Category, *, decided: bool) -> str:
    """What it is, who decides, and in which way alone one comes."""
    words = gettext("The organisers decide on it, and tell you by mail.") if decided else ""
    ways = {"in_person": gettext("In person only."), "online": gettext("Online only.")}
    return " · ".join(filter(None, [str(category.description), words, ways.get(category.attendance, "")]))


def code_is_asked_about(form: "BringingForm", sent: Mapping[str, str], wrong: Refusal | None) -> bool:
    """Whether the form was sent to have its code looked at, not to register.

    The button for it is the first of the form, so that a browser also sends it for the Enter key in any field: with a
    code that is known already, or with none beside an address, that is meant as registering. Whoever typed a good code
    and has not seen yet what it opens is shown that first.
    """
    typed, known = normal_code(sent.get("code", "")), normal_code(sent.get("known", ""))
    asked = "use_code" in sent
    if not typed:
        return asked and not sent.get("email")
    if typed == known:
        return False
    code = form.access_code
    unseen = code is not None and not any(str(each.pk) == sent.get("category") for each in code.categories.all())
    return asked or (unseen and wrong is None)


class BringingForm(forms.Form):
    """The part of the registration form that depends on it. ``category`` is a field of the form itself."""

    summit: Summit
    invitation: Invitation | None = None
    access_code: AccessCode | None = None
    code = LineField(
        label=_("Code"),
        max_length=60,
        required=False,
        help_text=_("Capitals, spaces and hyphens do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    @property
    def key(self) -> Key | None:
        return self.invitation or self.access_code

    def offer_code(self) -> None:
        """The field for a code, where there are codes or somebody brings one; whoever is invited needs none."""
        typed = self.data.get("code") or self.initial.get("code")
        if self.invitation or not (typed or has_codes(self.summit)):
            del self.fields["code"]

    def offer(self, categories: CategoryQuerySet, read: Sequence[Category] | None = None) -> None:
        """``categories`` are those of everybody, and what is brought adds to them; whoever is invited has one alone.
        ``read``: they, where they were read already."""
        category: Any = self.fields["category"]
        if self.invitation:
            own = self.invitation.category
            category.offer(self.summit.categories.filter(pk=own.pk), [own])
            self.initial["category"] = own.pk
        elif self.access_code:
            opened = self.access_code.categories.all()
            rows = {
                row.pk: row
                for row in [*(categories if read is None else read), *(row for row in opened if row.window() == "open")]
            }
            category.offer(self.summit.categories.filter(pk__in=rows), list(rows.values()))
            if len(opened) == 1:
                self.initial.setdefault("category", opened[0].pk)
        else:
            category.offer(categories, read)
        decided = {key: self._decided(row) for key, row in category.rows.items()}
        self.somebody_decides = any(decided.values())
        category.widget.hints = {key: _hint_of(row, decided=decided[key]) for key, row in category.rows.items()}

    def _decided(self, category: Category) -> bool:
        """Whether the organisers decide on whoever chooses it with what they bring."""
        key = self.key
        return category.is_approved and not (key is not None and key.skips_approval and key.admits(category))

    def check_way(self, category: Category, attendance: str) -> None:
        """A code for one way alone is not used by whoever comes in the other."""
        code = self.access_code
        if code and code.admits(category) and code.attendance not in {"", attendance}:
            self.add_error("attendance", OtherWay(code.attendance).message)

    @property
    def applies(self) -> bool:
        """Whether what was sent waits for the organisers."""
        return self._decided(self.cleaned_data["category"])

    def code_alone(self, refusal: Refusal | None = None) -> Self:
        """Only the code was sent to be looked at: nothing else is judged yet, and what it opens is chosen."""
        self.cleaned_data, self._errors = {}, ErrorDict(renderer=self.renderer)
        if refusal:
            self.add_error("code", str(refusal.message))
        if self.access_code and len(opened := self.access_code.categories.all()) == 1:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["category"] = str(opened[0].pk)  # type: ignore[index]
        return self
