"""Changing a session's texts, facts and people. Time and room are planned in ``scheduling``."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.editing import files
from sessions.models import Appearance, Session, SessionHost
from sessions.models.appearance import kept_off
from sessions.models.session import check_times
from speakers.models import Organisation, Speaker
from summit import audit, history
from summit.editing.revising import entries_of, hold, revise, save_now
from summit.errors import Refusal
from summit.lib.translated import Text
from summit.models import HistoryEntry, Summit, User

TEXTS = ("title", "abstract", "plain_summary")
# What hosts may change of their session: never its time, room, track or whether it is public.
OF_HOSTS = (*TEXTS, "language", "interpretation", "access", "do_not_record", "technical_sheet", "access_needs",
            "time_wishes", "run_of_show", "keeps_answers")  # fmt: skip
OF_TEAM = (
    *OF_HOSTS,
    "track",
    "kind",
    "mode",
    "number",
    "featured",
    "held_back",
    "open_online",
    "takes_questions",
    "asks_first",
    "notes",
)
# What everybody reads; the rest is the working side and changes no public page.
PUBLIC = frozenset({*OF_TEAM} - {"technical_sheet", "access_needs", "time_wishes", "run_of_show", "notes", "held_back"})
# What the history of a session names beside its fields.
LABELS = {"people": _("people on stage"), "hosts": _("hosts"), "materials": _("links and files"),
          "link confirmed": _("link confirmed"), "outcomes": _("outcomes"), "outcome order": _("order of outcomes"), "outcome public": _("outcome is public"), "link title": _("title of a link"), "link language": _("language of a link"),
          "link quality": _("quality"), "link licence": _("licence"), "link chapters": _("chapters"),
          "link captions_url": _("address of captions"), "link size": _("size of the file in bytes"), "person": _("person on stage"), "caption_writers": _("captioners"),
          "transcript": _("transcript"), "streams": _("streams")}  # fmt: skip
RESTORABLE = frozenset({*OF_TEAM} - {"track", "held_back"})


def in_words(
    entries: Collection[HistoryEntry], summit: Summit, *, hidden: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Lines of the history of a session as people read them, in the active language; see ``summit.history.described``."""
    named = audit.namer(entries, summit)
    return history.described(entries, Session, hidden=hidden, labels=LABELS, beside=(Appearance,), named=named)


class Frozen(Refusal):
    code = "frozen"
    status = 403
    message: Any = _("The organisers have closed editing. Write to them if something must still change.")


class IsPublic(Refusal):
    code = "is_public"
    message: Any = _("This session is public. Cancel it instead: readers and calendars must learn of it.")


class InTheOpen(Refusal):
    """The session is protected, and this person is not; the message says where that is done."""

    code = "in_the_open"


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
    """Set what differs. Texts and people are live at once. Raises :class:`summit.editing.revising.Overtaken`."""
    with transaction.atomic():
        locked, changes = revise(session, values, version=version, by=by, summit=session.summit, action="session.edit")
        if changes:
            _show(locked, not PUBLIC.isdisjoint(changes))
    return locked


@transaction.atomic
def set_hosts(session: Session, hosts: Iterable[Organisation], *, version: int | None, by: User | None) -> Session:
    """The hosting organisations, in this order."""
    locked, wanted = hold(session, version), list(hosts)
    before = [hosting.organisation for hosting in locked.hostings.select_related("organisation")]
    if [o.pk for o in before] == [o.pk for o in wanted]:
        return locked
    locked.hostings.exclude(organisation__in=wanted).delete()
    for order, organisation in enumerate(wanted, 1):
        SessionHost.objects.update_or_create(session=locked, organisation=organisation, defaults={"order": order})
    return _changed(locked, {"hosts": ([str(o) for o in before], [str(o) for o in wanted])}, by=by)


@transaction.atomic
def set_people(session: Session, people: list[dict[str, Any]], *, version: int | None, by: User | None) -> Session:
    """Who is on stage, in this order: ``{"speaker", "role", "affiliation", "job_title"}`` each.

    Somebody new is asked (state ``invited``); whoever stays keeps their answer. The same person in the same role twice
    is once. Raises :class:`InTheOpen` where a protected session would take somebody who is not.
    """
    locked = hold(session, version)
    rows = {(a.speaker_id, a.role): a for a in locked.appearances.select_related("speaker").order_by("order", "pk")}
    there = {speaker for speaker, _role in rows}
    refuse_in_the_open(locked, [one["speaker"] for one in people if one["speaker"].pk not in there])
    before, kept = [_billed(a) for a in rows.values()], []
    for order, person in enumerate(people, 1):
        key = (person["speaker"].pk, person["role"])
        row = rows.get(key) or Appearance(session=locked, speaker=person["speaker"], role=person["role"],
                                          state=Appearance.State.INVITED, invited_at=timezone.now())  # fmt: skip
        if row.pk in kept:
            continue
        row.order = order
        for name in ("affiliation", "job_title"):
            old: Text = getattr(row, name)
            setattr(row, name, old.revised(dict(person.get(name) or {}), source=locked.summit.languages[0]))
        row.save()
        rows[key] = row
        kept.append(row.pk)
    locked.appearances.exclude(pk__in=kept).delete()
    after = [_billed(a) for a in locked.appearances.select_related("speaker").order_by("order", "pk")]
    return locked if before == after else _changed(locked, {"people": (before, after)}, by=by)


def refuse_in_the_open(session: Session, speakers: Collection[Speaker]) -> None:
    """Of a protected session: raises :class:`InTheOpen` for the first of these who is not protected, also one who is not
    written yet. The others are held: their protection does not end meanwhile."""
    if not session.at_risk:
        return
    new = [one for one in speakers if one.pk is None]
    keys = [one.pk for one in speakers if one.pk is not None]
    held = Speaker.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    for one in (*new, *held):
        if words := kept_off(session, one):
            raise InTheOpen(words)


def _billed(appearance: Appearance) -> str:
    words = [appearance.speaker.name, appearance.role, str(appearance.job_title), str(appearance.affiliation)]
    return " · ".join(word for word in words if word)


@transaction.atomic
def answer(appearance: Appearance, *, confirmed: bool, by: User | None, recording: bool | None = None) -> Appearance:
    """A person's answer: they appear, or they do not; and whether they may be recorded (None: as it was)."""
    wanted: dict[str, Any] = {"state": Appearance.State.CONFIRMED if confirmed else Appearance.State.DECLINED}
    if recording is not None:
        wanted["recording_consent"] = recording
    locked = (
        Appearance.objects.select_for_update(of=("self",))
        .select_related("session__summit", "speaker")
        .get(pk=appearance.pk)
    )
    changes = history.changed(locked, wanted)
    if changes:
        for name in changes:
            setattr(locked, name, wanted[name])
        locked.answered_at = timezone.now()
        locked.save(update_fields=[*changes, "answered_at"])
        shown = {name: pair for name, pair in changes.items() if name == "state"}
        history.record("appearance.answer", locked.session, by=by, summit=locked.session.summit,
                       changes={**changes, "person": ("", locked.speaker.name)})  # fmt: skip
        _show(locked.session, bool(shown))
    return locked


def restorable(entry: HistoryEntry) -> set[str]:
    """The fields of one line that can be set back. A pair that is the same twice was hidden for somebody at risk."""
    return {name for name in RESTORABLE & entry.changes.keys() if entry.changes[name][0] != entry.changes[name][1]}


@transaction.atomic
def restore(session: Session, entry: HistoryEntry, *, version: int | None, by: User | None) -> Session:
    """Set the fields of one line of history back to what they were before it. Raises :class:`NothingToRestore`, also where
    the line was masked since: of what is hidden in it nothing comes back."""
    now = entries_of(session).filter(pk=entry.pk).first()
    values = {name: now.changes[name][0] for name in restorable(now)} if now else {}
    if not values:
        raise NothingToRestore
    # A language that had no words then has none now.
    for name in TEXTS:
        if name in values:
            values[name] = {code: (values[name] or {}).get(code, "") for code in session.summit.languages}
    locked, changes = revise(session, values, version=version, by=by, summit=session.summit, action="session.restore")
    if changes:
        _show(locked, not PUBLIC.isdisjoint(changes))
    return locked


@transaction.atomic
def delete(session: Session, *, by: User | None) -> None:
    """Take a session that never was public out of the plan. Raises :class:`IsPublic`."""
    locked = Session.objects.select_for_update(of=("self",)).select_related("summit").get(pk=session.pk)
    if locked.is_published:
        raise IsPublic
    history.record(
        "session.delete", locked, by=by, summit=locked.summit, changes={"title": (history.plain(locked.title), "")}
    )
    for material in locked.materials.all():
        files.forget(material)
    locked.delete()


def _changed(locked: Session, changes: history.Changes, *, by: User | None) -> Session:
    """A change beside the session's own columns: a new version, a line of history, fresh public pages."""
    locked.version += 1
    save_now(locked, "version")
    history.record("session.edit", locked, by=by, summit=locked.summit, changes=changes)
    _show(locked, True)
    return locked


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
