"""Changing a session's texts, facts and people. Time and room are planned in ``scheduling``."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions import files
from sessions.models import Appearance, Session, SessionHost
from sessions.models.session import check_times
from speakers.models import Organisation, Speaker
from summit import history
from summit.errors import Refusal
from summit.lib.translated import Text
from summit.models import HistoryEntry, Summit, User
from summit.revising import entries_of, hold, revise, save_now

TEXTS = ("title", "abstract", "plain_summary")
# What hosts may change of their session: never its time, room, track or whether it is public.
OF_HOSTS = (*TEXTS, "language", "interpretation", "access", "do_not_record", "technical_sheet", "access_needs",
            "time_wishes", "run_of_show")  # fmt: skip
OF_TEAM = (*OF_HOSTS, "track", "kind", "mode", "number", "featured", "held_back", "notes")
# What everybody reads; the rest is the working side and changes no public page.
PUBLIC = frozenset({*OF_TEAM} - {"technical_sheet", "access_needs", "time_wishes", "run_of_show", "notes", "held_back"})
# What the history of a session names beside its fields.
LABELS = {"people": _("people on stage"), "hosts": _("hosts"), "materials": _("links and files"),
          "link confirmed": _("link confirmed"), "person": _("person on stage")}  # fmt: skip
RESTORABLE = frozenset({*OF_TEAM} - {"track", "held_back"})


class Frozen(Refusal):
    code = "frozen"
    status = 403
    message: Any = _("The organisers have closed editing. Write to them if something must still change.")


class IsPublic(Refusal):
    code = "is_public"
    message: Any = _("This session is public. Cancel it instead: readers and calendars must learn of it.")


class NothingToRestore(Refusal):
    code = "nothing_to_restore"
    message: Any = _("This change holds nothing that could be restored.")


@transaction.atomic
def create(summit: Summit, values: dict[str, Any], *, by: User | None) -> Session:
    """A session nobody but the team sees yet; ``values`` as for :func:`edit`, with at least a title."""
    session = Session(summit=summit, language=values.pop("language", "") or summit.languages[0], **values)
    check_times(session.starts_at, session.ends_at)
    session.save(force_insert=True)
    history.record("session.create", session, by=by, summit=summit,
                   changes={"title": ("", history.plain(session.title))})  # fmt: skip
    return session


def edit(session: Session, values: dict[str, Any], *, version: int | None, by: User | None) -> Session:
    """Set what differs. Texts and people are live at once. Raises :class:`summit.revising.Overtaken`."""
    with transaction.atomic():
        held, changes = revise(session, values, version=version, by=by, summit=session.summit, action="session.edit")
        if changes:
            _show(held, not PUBLIC.isdisjoint(changes))
    return held


@transaction.atomic
def set_hosts(session: Session, hosts: Iterable[Organisation], *, version: int | None, by: User | None) -> Session:
    """The hosting organisations, in this order."""
    held, wanted = hold(session, version), list(hosts)
    before = [hosting.organisation for hosting in held.hostings.select_related("organisation")]
    if [o.pk for o in before] == [o.pk for o in wanted]:
        return held
    held.hostings.exclude(organisation__in=wanted).delete()
    for order, organisation in enumerate(wanted, 1):
        SessionHost.objects.update_or_create(session=held, organisation=organisation, defaults={"order": order})
    return _changed(held, {"hosts": ([str(o) for o in before], [str(o) for o in wanted])}, by=by)


@transaction.atomic
def set_people(session: Session, people: list[dict[str, Any]], *, version: int | None, by: User | None) -> Session:
    """Who is on stage, in this order: ``{"speaker", "role", "affiliation", "job_title"}`` each.

    Somebody new is asked (state ``invited``); whoever stays keeps their answer. The same person in the same role twice
    is once.
    """
    held = hold(session, version)
    rows = {(a.speaker_id, a.role): a for a in held.appearances.select_related("speaker").order_by("order", "pk")}
    before, kept = [_billed(a) for a in rows.values()], []
    for order, person in enumerate(people, 1):
        key = (person["speaker"].pk, person["role"])
        row = rows.get(key) or Appearance(session=held, speaker=person["speaker"], role=person["role"],
                                          state=Appearance.State.INVITED, invited_at=timezone.now())  # fmt: skip
        if row.pk in kept:
            continue
        row.order = order
        for name in ("affiliation", "job_title"):
            old: Text = getattr(row, name)
            setattr(row, name, old.revised(dict(person.get(name) or {}), source=held.summit.languages[0]))
        row.save()
        rows[key] = row
        kept.append(row.pk)
    held.appearances.exclude(pk__in=kept).delete()
    after = [_billed(a) for a in held.appearances.select_related("speaker").order_by("order", "pk")]
    return held if before == after else _changed(held, {"people": (before, after)}, by=by)


def _billed(appearance: Appearance) -> str:
    words = [appearance.speaker.name, appearance.role, str(appearance.job_title), str(appearance.affiliation)]
    return " · ".join(word for word in words if word)


@transaction.atomic
def answer(appearance: Appearance, *, confirmed: bool, by: User | None, recording: bool | None = None) -> Appearance:
    """A person's answer: they appear, or they do not; and whether they may be recorded (None: as it was)."""
    wanted: dict[str, Any] = {"state": Appearance.State.CONFIRMED if confirmed else Appearance.State.DECLINED}
    if recording is not None:
        wanted["recording_consent"] = recording
    held = (
        Appearance.objects.select_for_update(of=("self",))
        .select_related("session__summit", "speaker")
        .get(pk=appearance.pk)
    )
    changes = history.changed(held, wanted)
    if changes:
        for name in changes:
            setattr(held, name, wanted[name])
        held.answered_at = timezone.now()
        held.save(update_fields=[*changes, "answered_at"])
        shown = {name: pair for name, pair in changes.items() if name == "state"}
        history.record("appearance.answer", held.session, by=by, summit=held.session.summit,
                       changes={**changes, "person": ("", held.speaker.name)})  # fmt: skip
        _show(held.session, bool(shown))
    return held


@transaction.atomic
def restore(session: Session, entry: HistoryEntry, *, version: int | None, by: User | None) -> Session:
    """Set the fields of one line of history back to what they were before it. Raises :class:`NothingToRestore`."""
    if not entries_of(session).filter(pk=entry.pk).exists():
        raise NothingToRestore
    values = {name: before for name, (before, _after) in entry.changes.items() if name in RESTORABLE}
    if not values:
        raise NothingToRestore
    # A language that had no words then has none now.
    for name in TEXTS:
        if name in values:
            values[name] = {code: (values[name] or {}).get(code, "") for code in session.summit.languages}
    held, changes = revise(session, values, version=version, by=by, summit=session.summit, action="session.restore")
    if changes:
        _show(held, not PUBLIC.isdisjoint(changes))
    return held


@transaction.atomic
def delete(session: Session, *, by: User | None) -> None:
    """Take a session that never was public out of the plan. Raises :class:`IsPublic`."""
    held = Session.objects.select_for_update(of=("self",)).select_related("summit").get(pk=session.pk)
    if held.is_published:
        raise IsPublic
    history.record(
        "session.delete", held, by=by, summit=held.summit, changes={"title": (history.plain(held.title), "")}
    )
    for material in held.materials.all():
        files.forget(material)
    held.delete()


def _changed(held: Session, changes: history.Changes, *, by: User | None) -> Session:
    """A change beside the session's own columns: a new version, a line of history, fresh public pages."""
    held.version += 1
    save_now(held, "version")
    history.record("session.edit", held, by=by, summit=held.summit, changes=changes)
    _show(held, True)
    return held


def _show(session: Session, public: bool) -> None:
    """LAST-MODIFIED of feeds and the revision of pages follow what the public can read."""
    if not (public and session.is_published):
        return
    session.updated_at = timezone.now()
    session.save(update_fields=["updated_at"])
    session.summit.raise_revision()


def new_person(summit: Summit, name: str, *, name_romanised: str = "", email: str = "", by: User | None) -> Speaker:
    """A profile made on the fly; a person of that very name who exists already is found instead."""
    found = Speaker.objects.filter(summit=summit, name=name).first()
    if found is not None and not (email and found.email and found.email.lower() != email.lower()):
        return found
    made = Speaker.objects.create(summit=summit, name=name, name_romanised=name_romanised, email=email.lower())
    history.record("speaker.create", made, by=by, summit=summit, changes={"name": ("", name)})
    return made
