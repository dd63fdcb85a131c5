"""Answers of people at risk: what they wrote or sent is sealed with the rest, what was chosen from a list tells of nobody."""

from base64 import b64decode, b64encode
from collections.abc import Collection
from contextlib import suppress
from functools import partial
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction

from registration.models import Answer, Question, Registration, Sealed
from registration.models.question import WITH_CHOICES
from registration.models.sealing import HIDDEN
from summit.lib.sealed import Unreadable

# What says yes or no, or that something was agreed to.
OPEN = {*WITH_CHOICES, Question.Kind.YES, Question.Kind.CONSENT}


def take(registration: Registration) -> dict[str, Any]:
    """Take out of the answers what is to be sealed: by the question's key its words, of a file [name, content]."""
    rows = list(registration.answers.exclude(question__kind__in=OPEN).exclude(words="").exclude(words=HIDDEN))
    registration.answers.filter(pk__in=[row.pk for row in rows]).update(words=HIDDEN, file="")
    return {str(row.question_id): _content(row) if row.file else row.words for row in rows}


def _content(row: Answer) -> list[str]:
    name, storage = row.file.name or "", row.file.storage
    content = b""
    with suppress(FileNotFoundError), row.file.open() as file:
        content = file.read()
    transaction.on_commit(partial(storage.delete, name))
    return [row.words, b64encode(content).decode()]


def give_back(registration: Registration, taken: dict[str, Any]) -> None:
    """What :func:`take` took, where nothing else was answered since."""
    for row in registration.answers.filter(words=HIDDEN):
        words = taken.get(str(row.question_id), HIDDEN)
        if isinstance(words, list):
            words, content = words
            row.file.save(f"{uuid4()}{PurePath(words).suffix}", ContentFile(b64decode(content)), save=False)
        row.words = words
        row.save(update_fields=["words", "file"])


def add(registration: Registration) -> None:
    """Seal what somebody at risk has answered since. Raises :class:`summit.lib.sealed.Unreadable`."""
    if not (registration.at_risk and (taken := take(registration))):
        return
    row = Sealed.objects.select_for_update().get(registration=registration)
    truth = row.truth()
    row.keep(truth | {"answers": truth["answers"] | taken})
    row.save(update_fields=["kept"])


def forget(registrations: Collection[int], questions: Collection[int]) -> None:
    """Erase what is sealed of answers (keys of questions) where their days are over. Two queries, one where nothing is
    sealed, none where no question is named. What no key opens stays as unreadable as it is."""
    rows = Sealed.objects.select_for_update().filter(registration__in=registrations) if questions else ()
    changed, keys = [], {str(key) for key in questions}
    for row in rows:
        with suppress(Unreadable):
            truth = row.truth()
            if keys & truth["answers"].keys():
                row.keep(truth | {"answers": {key: said for key, said in truth["answers"].items() if key not in keys}})
                changed.append(row)
    Sealed.objects.bulk_update(changed, ["kept"], batch_size=100)
