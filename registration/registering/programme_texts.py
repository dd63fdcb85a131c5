"""Where the programme says who is at risk beside their profile: titles and texts, versions, lines of the history, mails and files."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from registration.models.sealing import HIDDEN
from registration.registering import sealed_texts
from sessions.models import ImportJob
from speakers.models import Speaker
from summit import history
from summit.lib.translated import BASIS, Text, TranslatedField
from summit.models import ExportJob, HistoryEntry, Message, Summit
from summit.storage import delete_files

# Where texts about the programme stand, each with the way to its summit.
TEXTS = {
    "agenda.Session": "summit",
    "agenda.Material": "session__summit",
    "agenda.Track": "summit",
    "agenda.AgendaVersion": "summit",
    "agenda.AcceptedConflict": "summit",
    "summit.Page": "summit",
    "summit.Summit": "pk",
    "speakers.Speaker": "summit",
}
# Of a profile its own words alone: the name is that of somebody else.
OF_PROFILES = ("biography", "notes")
# Columns of words; others hold codes, addresses and files.
WORDS = (models.CharField, models.TextField, models.JSONField)
NO_WORDS = (models.SlugField, models.URLField, models.EmailField)
# What lines of the history say of a profile.
OF_A_PROFILE = {
    "name",
    "name_romanised",
    "country",
    "biography",
    "email",
    "portrait",
    "notes",
    "code",
    "guid",
    "user",
    "merged",
}


def replacing(words: Iterable[str], alias: str) -> Callable[[Any], Any]:
    """Puts the alias for each of the words where one begins, in texts and whatever holds them; particles of Korean stay."""
    known = sorted({word for word in words if word}, key=len, reverse=True)
    found = re.compile(
        "|".join(rf"(?<!\w){re.escape(word)}" + (r"(?!\w)" if word.isascii() else "") for word in known), re.IGNORECASE
    )

    def replace(value: Any) -> Any:
        if isinstance(value, str):
            return found.sub(lambda _found: alias, value)
        if isinstance(value, Text):
            return Text({**{code: replace(said) for code, said in value.items()}, BASIS: replace(value.basis)})
        if isinstance(value, (list, tuple)):
            return [replace(each) for each in value]
        return {name: replace(each) for name, each in value.items()} if isinstance(value, dict) else value

    return replace if known else lambda value: value


def hide(speaker: Speaker, names: list[str], addresses: list[str]) -> None:
    """``speaker`` has the alias already; ``names`` and ``addresses`` are what is true."""
    replace = replacing([*names, *addresses], speaker.name)
    _rewrite(speaker.summit, replace)
    _mask(speaker, replace)
    summit = speaker.summit
    telling = Q(pk__in=[])
    for word in (*names, *addresses):
        telling |= Q(text__icontains=word) | Q(subject__icontains=word)
    for address in addresses:
        sealed_texts.rewrite_mails(summit, address, speaker.email, replace)
    for mail in Message.objects.select_for_update().filter(telling, summit=summit):
        if replace(mail.text) != mail.text or replace(mail.subject) != mail.subject:
            sealed_texts.rewrite_mail(mail, mail.to, replace)
    _empty_files(summit, replace)


def show(speaker: Speaker, aliases: list[str]) -> None:
    """The alias in texts becomes the name again."""
    _rewrite(speaker.summit, replacing(aliases, speaker.name))


def _rewrite(summit: Summit, replace: Callable[[Any], Any]) -> None:
    for label, path in TEXTS.items():
        model = apps.get_model(label)
        names = [field.name for field in model._meta.concrete_fields if _holds_words(field)]
        if label == "speakers.Speaker":
            names = list(OF_PROFILES)
        for row in model._default_manager.filter(**{path: summit.pk}).values("pk", *names):
            changed = {name: new for name in names if (new := replace(row[name])) != row[name]}
            if changed:
                if any(field.name == "version" for field in model._meta.concrete_fields):
                    changed["version"] = F("version") + 1
                model._default_manager.filter(pk=row["pk"]).update(**changed)


def _holds_words(field: Any) -> bool:
    return (
        isinstance(field, WORDS)
        and not isinstance(field, NO_WORDS)
        and not field.choices
        and field.name not in {"code", "token"}
    )


def _mask(speaker: Speaker, replace: Callable[[Any], Any]) -> None:
    """Lines about the profile, and others about the programme that name the person. A line is masked once: with one text
    every other in it is hidden, which may name somebody who is protected later. Where one that was masked before names the
    person all the same, it is emptied."""
    own, key, texts = Speaker._meta.label_lower, str(speaker.pk), _texts()
    lines = HistoryEntry.objects.filter(summit=speaker.summit_id).select_related("by")
    for entry in lines.exclude(subject_kind__startswith="registration."):
        about = entry.subject_kind == own and entry.subject_key == key
        tells = replace(entry.subject_name) != entry.subject_name or replace(entry.changes) != entry.changes
        if entry.masked_at is not None:
            if tells:
                history.erase(HistoryEntry.objects.filter(pk=entry.pk))
        elif about or tells:
            hidden = OF_A_PROFILE if about else texts
            changes = {
                name: [HIDDEN, HIDDEN] if name in hidden or replace(pair) != pair else pair
                for name, pair in entry.changes.items()
            }
            by = None if entry.by_id == speaker.user_id else entry.by
            history.mask(entry, name=speaker.name if about else replace(entry.subject_name), changes=changes, by=by)


def _texts() -> set[str]:
    """The names of all columns that hold words of the programme, and of what a line calls people."""
    columns = [field for label in TEXTS for field in apps.get_model(label)._meta.concrete_fields if _holds_words(field)]
    words = {field.name for field in columns if isinstance(field, (TranslatedField, models.TextField))}
    return words | {"people", "person", *OF_PROFILES}


def _empty_files(summit: Summit, replace: Callable[[Any], Any]) -> None:
    """Lists can be made again, sheets are where they came from."""
    sheets = ImportJob.objects.filter(summit=summit, finished_at__isnull=False)
    for sheet in sheets:
        ImportJob.objects.filter(pk=sheet.pk).update(report=replace(sheet.report), refused=replace(sheet.refused))
    for rows in (ExportJob.objects.filter(summit=summit), sheets):
        delete_files(rows.exclude(file=""))
