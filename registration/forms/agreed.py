"""That somebody has agreed to what another says of their health, religion and the like: asked of whoever writes it."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.models.consent import privacy_version
from summit.models import Summit

NOT_AGREED: Any = _("Ask them whether they agree to it, or leave out what they need.")


def agreed_by_them() -> forms.BooleanField:
    """The field ``sensitive`` of a form that is about somebody else."""
    return forms.BooleanField(
        label=_("They agree that what I say about their health, religion and the like is kept, to arrange what they need."),
        required=False,
        help_text=_("Needed only if you say something of the kind. They can withdraw it; then what you said is erased."),
    )  # fmt: skip


def consents_of(form: forms.Form, summit: Summit, kinds: Collection[str] = ("sensitive",)) -> dict[str, str]:
    """The kinds that were ticked, each with the version of the privacy notice that is in force."""
    given = [kind for kind in kinds if form.cleaned_data.get(kind)]
    return dict.fromkeys(given, privacy_version(summit)) if given else {}
