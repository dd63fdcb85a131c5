"""Where sessions are joined from elsewhere: adding, removing, falling back, and which of them count for a session.

Addresses of meetings let in whoever has them: they stand in no public answer, no export and no line of history. What the
public is told is that a session can be joined.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from sessions.models import Session, Stream
from summit import history, live
from summit.errors import Refusal
from summit.lib.weblinks import encoded
from summit.models import Room, Summit, User

# Streams of one session, or of one room: more is a slip, or somebody's script.
MOST = 30
ONLINE = ("hybrid", "online")


class TooManyStreams(Refusal):
    code = "too_many_streams"
    message: Any = _("There are 30 already. Remove one first.")


class NothingToFallBackOn(Refusal):
    code = "nothing_to_fall_back_on"
    message: Any = _("No address to fall back on was given.")


@transaction.atomic
def add(to: Session | Room, values: Mapping[str, Any], *, by: User | None) -> Stream:
    """A stream of a session or a room, live at once. ``values``: columns of :class:`Stream`. Raises
    :class:`TooManyStreams` and :class:`django.core.exceptions.ValidationError`."""
    locked = _locked(to)
    if locked.streams.count() >= MOST:
        raise TooManyStreams
    said = {**values, **{name: encoded(values[name]) for name in ("address", "backup_address") if values.get(name)}}
    of = {"session": locked} if isinstance(locked, Session) else {"room": locked}
    made = Stream(summit=locked.summit, **of, **said)
    made.full_clean()
    made.save(force_insert=True)
    _tell(made, locked, {"streams": ("", told(made))}, by)
    return made


@transaction.atomic
def remove(stream: Stream, *, by: User | None) -> None:
    """One that is gone already is nothing to do."""
    of = _locked(stream.session or stream.room)
    if Stream.objects.filter(pk=stream.pk).delete()[0]:
        _tell(stream, of, {"streams": (told(stream), "")}, by)


@transaction.atomic
def fall_back(stream: Stream, wanted: bool, *, by: User | None) -> Stream:
    """Have people join at the other address, or at the first one again. Raises :class:`NothingToFallBackOn`."""
    of = _locked(stream.session or stream.room)
    locked = Stream.objects.select_for_update(of=("self",)).get(pk=stream.pk)
    if wanted and not locked.backup_address:
        raise NothingToFallBackOn
    if locked.on_backup != wanted:
        locked.on_backup, locked.updated_at = wanted, timezone.now()
        locked.save(update_fields=["on_backup", "updated_at"])
        _tell(locked, of, {"on_backup": (not wanted, wanted)}, by)
    return locked


def _locked(of: Session | Room | None) -> Any:
    rows: Any = Session.objects if isinstance(of, Session) else Room.objects
    return rows.select_for_update(of=("self",)).select_related("summit").get(pk=of.pk)  # type: ignore[union-attr]


def _tell(stream: Stream, of: Any, changes: history.Changes, by: User | None) -> None:
    action = "session.edit" if isinstance(of, Session) else "room.edit"
    history.record(action, of, by=by, summit=stream.summit, changes=changes)
    if isinstance(of, Session) and of.is_published:
        Session.objects.filter(pk=of.pk).update(updated_at=timezone.now())
    stream.summit.raise_revision()
    live.raise_revision(stream.summit_id)


def told(stream: Stream) -> str:
    """What a line of history says of one: of the address its host alone, of a number nothing."""
    host = urlsplit(stream.address).hostname or ""
    return " · ".join(filter(None, (stream.kind, host, stream.language)))


def of_session(session: Session) -> list[Stream]:
    """Those by which a session is joined: its own, or, where it has none for its public, those of its room while it runs.
    One query. None of a session that is in person alone, or cancelled."""
    if session.mode not in ONLINE or session.is_cancelled:
        return []
    of = Q(session=session) | Q(room=session.room_id) if session.room_id else Q(session=session)
    found = list(Stream.objects.filter(of))
    own = [stream for stream in found if stream.session_id]
    if any(not stream.for_stage for stream in own):
        return own
    return [*own, *(stream for stream in found if stream.room_id and _runs_in(stream, session))]


def joinable(summit: Summit, sessions: Iterable[Session]) -> set[int]:
    """Keys of those that the public may be told can be joined, as :func:`is_joinable`. One query for all of them."""
    return {key for key, found in by_session(summit, sessions).items() if found}


def by_session(summit: Summit, sessions: Iterable[Session]) -> dict[int, list[Stream]]:
    """The streams for its public of each session, by its key, as :func:`of_session`. One query for all of them."""
    own: dict[int | None, list[Stream]] = defaultdict(list)
    by_room: dict[int | None, list[Stream]] = defaultdict(list)
    for row in Stream.objects.filter(summit=summit, for_stage=False):
        (own[row.session_id] if row.session_id else by_room[row.room_id]).append(row)
    found: dict[int, list[Stream]] = {}
    for session in sessions:
        there = own[session.pk] or [row for row in by_room[session.room_id] if _runs_in(row, session)]
        found[session.pk] = there if session.mode in ONLINE and not session.is_cancelled else []
    return found


def _runs_in(stream: Stream, session: Session) -> bool:
    """Whether a stream of its room counts for a session."""
    if session.starts_at is None or session.ends_at is None:
        return True
    begins = stream.starts_at is None or stream.starts_at < session.ends_at
    return begins and (stream.ends_at is None or stream.ends_at > session.starts_at)


def is_joinable(session: Session) -> bool:
    """Whether the public may be told that it can be joined: nothing more of it is said."""
    return any(not stream.for_stage for stream in of_session(session))


def stamp(session: Session) -> str:
    """Differs whenever the ways to join have changed, and tells nothing else of them. One query."""
    said = "|".join(f"{stream.pk}.{stream.updated_at.timestamp():.3f}" for stream in of_session(session))
    return salted_hmac("sessions.live.streams", said, algorithm="sha256").hexdigest()[:12]
