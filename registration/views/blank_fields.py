"""The registration form as it begins, which is the same for everybody: drawn once in a process for as long as it is so.

Of all that a registration takes drawing its fields would be the most, and the form is asked for as often as it is sent.
"""

import hashlib
from functools import lru_cache
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from registration.forms.answers import Proposing
from registration.forms.person import RegistrationForm
from registration.models import Question
from registration.models.consent import needs_are_gone
from summit.lib import hosts
from summit.lib.translated import active_language

# Forms of so many summits, languages and states of their places.
KEPT = 64


def of(form: RegistrationForm) -> SafeString:
    """The fields of a form nobody has filled in yet. What they are made of is their key: nothing outlives a change."""
    made = _kept(_key(form))
    if not made:
        context = {"form": form, "summit": form.summit}
        made.append(render_to_string("registration/attendee/_register_fields.html", context))
    return mark_safe(made[0])  # noqa: S308  drawn by a template


@lru_cache(maxsize=KEPT)
def _kept(_key: str) -> list[str]:
    """A place for what is drawn under a key."""
    return []


def _key(form: RegistrationForm) -> str:
    summit = form.summit
    ways: Any = form.fields["attendance"].widget
    category: Any = form.fields["category"]
    made_of: list[Any] = [
        (
            active_language(),
            hosts.served(),
            summit.pk,
            summit.code,
            summit.languages,
            summit.time_zone,
            summit.mode,
            summit.is_public,
        ),
        (needs_are_gone(summit), "waits" in form.fields, "listed" in form.fields and summit.participants_until),
        [(way, str(hint)) for way, hint in ways.hints.items()],
        sorted(ways.unavailable),
        [_values(venue) for venue in form.venues],
        [_values(row) for row in category.rows.values()],
        list(category.widget.hints.items()),
        [_of_question(row) for row in form.questions],
        [field.field.widget.words for field in form.asked if isinstance(field.field.widget, Proposing)],
    ]
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


def _of_question(row: Question) -> list[Any]:
    section = _values(row.section) if row.section else []
    categories = [_values(each) for each in row.categories.all()] if row.of_categories else []
    choices = [(choice.pk, choice.words, choice.is_full, choice.has_waitlist) for choice in row.choices.all()]
    return [_values(row), row.is_erased(), section, categories, choices]


def _values(row: models.Model) -> list[Any]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]
