"""Tags on registrations: made on the fly or in the settings, set on one or on many."""

from collections.abc import Iterable, Mapping
from itertools import batched
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.models import Registration, Tag
from registration.models.tag import LONGEST_TAG, tag_key
from registration.registering import states
from registration.registering.bulk import CHUNK
from summit import history
from summit.editing import rows
from summit.editing.inline_edits import NO_VERSIONS, revise_public, unchanged
from summit.errors import Refusal
from summit.lib.text import clean_line
from summit.models import Summit, User

EDITABLE = ("name", "tone")
# On one registration, and of one summit.
MOST, MOST_KEPT = 20, 500
Steps = list[dict[str, Any]]


class BadTag(Refusal):
    code = "bad_tag"
    status = 422
    message: Any = _("Name each tag in at most 40 letters, with a comma between two, and at most 20 of them.")


class TooManyTags(Refusal):
    code = "too_many_tags"
    message: Any = _("There are 500 tags, as many as there can be. Delete some in the settings first.")


class TagTaken(Refusal):
    code = "tag_taken"
    status = 422
    message: Any = _("There is a tag of this name already.")

    def __init__(self) -> None:
        super().__init__(field="name")


def parsed(words: str) -> list[str]:
    """Names with commas between them, each once; raises :class:`BadTag`."""
    found: dict[str, str] = {}
    for part in words.replace("，", ",").split(","):
        if name := clean_line(part):
            if len(name) > LONGEST_TAG:
                raise BadTag
            found.setdefault(tag_key(name), name)
    if len(found) > MOST:
        raise BadTag
    return list(found.values())


def known_or_made(summit: Summit, names: Iterable[str], *, by: User | None) -> list[Tag]:
    """The tags of these names, made where there are none yet; a name is known however it is written (``vip``, ``VIP``).

    Raises :class:`TooManyTags`.
    """
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(tag_key(name), name)
    if not wanted:
        return []
    known = {tag.key: tag for tag in summit.tags.filter(key__in=wanted)}
    if wanted.keys() - known.keys():
        # One at a time: two who make the same tag make one.
        Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
        known = {tag.key: tag for tag in summit.tags.filter(key__in=wanted)}
        missing = {key: name for key, name in wanted.items() if key not in known}
        if summit.tags.count() + len(missing) > MOST_KEPT:
            raise TooManyTags
        known |= {key: rows.create(Tag, summit, {"name": name, "key": key}, by=by) for key, name in missing.items()}
    return [known[key] for key in wanted]


@transaction.atomic
def set_tags(
    registration: Registration,
    names: Iterable[str],
    *,
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User | None,
) -> Registration:
    """Give somebody these tags and no others, whatever their state; nobody is mailed.

    Raises :class:`TooManyTags` and :class:`summit.editing.revising.Overtaken`.
    """
    tags = known_or_made(registration.summit, names, by=by)
    locked = states.locked(registration)
    unchanged(locked, form_versions)
    before = locked.tagged
    locked.tags.set(tags)
    after = sorted(tag.name for tag in tags)
    if sorted(before) != after:
        changes = {"tags": (", ".join(before), ", ".join(after))}
        history.record("registration.tag", locked, by=by, summit=locked.summit, changes=changes)
    return locked


@transaction.atomic
def add(summit: Summit, registrations: Iterable[Registration], names: Iterable[str], *, by: User) -> Steps:
    """Give all of them these tags beside those they have. Returns a step for each that changed, ``{"pk", "added"}``
    with keys of tags; ten thousand are some sixty queries. Raises :class:`TooManyTags`."""
    tags = known_or_made(summit, names, by=by)
    return _each(summit, registrations, lambda had: had | {tag.pk: tag.name for tag in tags}, by=by)


@transaction.atomic
def add_each(summit: Summit, named: Iterable[tuple[Registration, list[str]]], *, by: User | None) -> None:
    """Give each new registration tags of its own; the history says so of the tags alone. Raises :class:`TooManyTags`."""
    pairs = [(registration.pk, tag_key(name), name) for registration, names in named for name in names]
    tags = {tag.key: tag.pk for tag in known_or_made(summit, [name for _pk, _key, name in pairs], by=by)}
    link = Registration.tags.through
    links = [link(registration_id=pk, tag_id=tags[key]) for pk, key, _name in pairs]
    link._default_manager.bulk_create(links, batch_size=CHUNK, ignore_conflicts=True)


@transaction.atomic
def remove(summit: Summit, registrations: Iterable[Registration], tags: Iterable[Tag], *, by: User) -> Steps:
    """Take these tags from all of them; a step as of :func:`add` says ``removed``."""
    gone = {tag.pk for tag in tags}
    return _each(summit, registrations, lambda had: {pk: had[pk] for pk in had if pk not in gone}, by=by)


@transaction.atomic
def restore(registration: Registration, step: Mapping[str, Any], *, by: User) -> bool:
    """Take a step of :func:`add` or :func:`remove` back; whether there was anything left of it to take back."""
    summit, one = registration.summit, [registration]
    if added := list(summit.tags.filter(pk__in=step.get("added", []))):
        return bool(remove(summit, one, added, by=by))
    removed = list(summit.tags.filter(pk__in=step.get("removed", [])).values_list("name", flat=True))
    return bool(removed and add(summit, one, removed, by=by))


def _each(summit: Summit, registrations: Iterable[Registration], wanted: Any, *, by: User) -> Steps:
    """Set what ``wanted`` makes of the tags somebody has, as names by their keys."""
    steps: Steps = []
    link = Registration.tags.through._default_manager
    for chunk in batched(sorted(row.pk for row in registrations), CHUNK, strict=False):
        held = Registration.objects.filter(summit=summit, pk__in=chunk).select_for_update(of=("self",)).order_by("pk")
        people = list(held)
        had: dict[int, dict[int, str]] = {row.pk: {} for row in people}
        names = link.filter(registration__in=had).order_by("tag__name", "tag")
        for pk, tag, name in names.values_list("registration_id", "tag_id", "tag__name"):
            had[pk][tag] = name
        after = {pk: wanted(tags) for pk, tags in had.items()}
        if any(len(after[pk]) > max(MOST, len(had[pk])) for pk in had):
            raise BadTag
        added = {pk: [tag for tag in after[pk] if tag not in had[pk]] for pk in had}
        removed = {pk: [tag for tag in had[pk] if tag not in after[pk]] for pk in had}
        pairs = [(pk, tag) for pk, tags in added.items() for tag in tags]
        link.bulk_create(
            [Registration.tags.through(registration_id=pk, tag_id=tag) for pk, tag in pairs], ignore_conflicts=True
        )
        gone = {tag for tags in removed.values() for tag in tags}
        link.filter(registration__in=[pk for pk, tags in removed.items() if tags], tag__in=gone).delete()
        changed = [row for row in people if added[row.pk] or removed[row.pk]]
        lines = [(row, {"tags": (_joined(had[row.pk]), _joined(after[row.pk]))}) for row in changed]
        history.record_many("registration.tag", lines, by=by, summit=summit)
        steps += [{"pk": row.pk, "added": added[row.pk], "removed": removed[row.pk]} for row in changed]
    return steps


def _joined(tags: Mapping[int, str]) -> str:
    return ", ".join(sorted(tags.values()))


@transaction.atomic
def create(summit: Summit, values: Mapping[str, Any], *, by: User | None) -> Tag:
    """``values`` are those of :data:`EDITABLE`. Raises :class:`TagTaken` and :class:`TooManyTags`."""
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
    if summit.tags.filter(key=tag_key(values["name"])).exists():
        raise TagTaken
    if summit.tags.count() >= MOST_KEPT:
        raise TooManyTags
    return rows.create(Tag, summit, {**values, "key": tag_key(values["name"])}, by=by)


@transaction.atomic
def edit(
    tag: Tag, values: Mapping[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Tag:
    """Set what differs; whoever has it has it under its new name. Raises :class:`TagTaken` and
    :class:`summit.editing.revising.Overtaken`."""
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    Summit.objects.select_for_update(no_key=True).get(pk=tag.summit_id)
    if "name" in wanted:
        key = tag_key(wanted["name"])
        if tag.summit.tags.filter(key=key).exclude(pk=tag.pk).exists():
            raise TagTaken
        Tag.objects.filter(pk=tag.pk).update(key=key)
    return revise_public(tag, wanted, form_versions=form_versions, by=by, action="tag.edit")


def delete(tag: Tag, *, by: User | None) -> None:
    """It is gone from everybody who has it."""
    rows.delete(tag, unless=lambda _tag: None, by=by)
