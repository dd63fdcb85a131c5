"""Languages as a matrix: in which ways each session can be followed in which language, and what of that was promised and is
not there yet.

Promised is what the session says (spoken language, interpretation, captions, sign language, summary in plain language);
there is what its streams and captioners provide. What an interpreter provides in the hall alone nobody can see from here.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions.live.streams import ONLINE, by_session
from sessions.models import CaptionLine, CaptionWriter, Session, SessionAccess, Stream
from summit.lib.translated import own_name
from summit.models import Summit


class Way(StrEnum):
    """How a session can be followed in a language."""

    SPOKEN = "spoken"
    INTERPRETED = "interpreted"
    CAPTIONS = "captions"
    SIGN_LANGUAGE = "sign_language"
    PLAIN = "plain"


WORDS: dict[Way, Any] = {
    Way.SPOKEN: _("Spoken"),
    Way.INTERPRETED: _("Interpreted"),
    Way.CAPTIONS: _("Captions"),
    Way.SIGN_LANGUAGE: _("Sign language"),
    Way.PLAIN: _("In plain language"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One way in one language. ``is_there``: it is provided; for what takes place in the hall alone nothing is missing."""

    way: Way
    language: str
    is_there: bool

    @property
    def words(self) -> str:
        return gettext("%(way)s: %(language)s") % {"way": WORDS[self.way], "language": own_name(self.language)}


@dataclass(frozen=True, slots=True)
class Row:
    """``is_joinable``: as :func:`sessions.live.streams.is_joinable`; ``texts``: languages there are captions in."""

    session: Session
    offers: list[Offer]
    is_joinable: bool
    texts: list[str]

    @property
    def missing(self) -> list[Offer]:
        return [offer for offer in self.offers if not offer.is_there]

    def understood(self, language: str) -> list[Offer]:
        """By which ways a reader of this language can follow it, as far as they are there."""
        return [offer for offer in self.offers if offer.language == language and offer.is_there]


def of_session(session: Session) -> Row:
    """All ways of one session. Three queries."""
    return _rows(session.summit, [session])[0]


def matrix(summit: Summit) -> list[Row]:
    """Every session that takes place, in order, with its ways. Four queries, however many sessions."""
    sessions = summit.sessions.filter(cancelled_at=None, starts_at__isnull=False).select_related("room").in_order()
    return _rows(summit, list(sessions))


def _rows(summit: Summit, sessions: list[Session]) -> list[Row]:
    keys = [session.pk for session in sessions]
    joined = by_session(summit, sessions)
    invited = _languages(CaptionWriter.objects.filter(session__in=keys, revoked_at=None))
    texts = _languages(CaptionLine.objects.filter(session__in=keys))
    return [
        Row(
            session,
            list(_offers(session, joined[session.pk], invited[session.pk] | texts[session.pk])),
            is_joinable=bool(joined[session.pk]),
            texts=sorted(texts[session.pk]),
        )
        for session in sessions
    ]


def _languages(rows: Any) -> dict[int, set[str]]:
    """Languages by the key of the session. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    for session, language in rows.order_by().values_list("session", "language").distinct():
        found[session].add(language)
    return found


def _offers(session: Session, streams: list[Stream], written: set[str]) -> Iterable[Offer]:
    elsewhere = session.mode in ONLINE
    channels = {stream.language for stream in streams if stream.kind != Stream.Kind.SIGN_LANGUAGE}
    yield Offer(Way.SPOKEN, session.language, not elsewhere or bool(streams))
    for language in session.interpretation:
        if language != session.language:
            yield Offer(Way.INTERPRETED, language, not elsewhere or language in channels)
    promised = {session.language} if SessionAccess.CAPTIONS in session.access_facts else set()
    for language in sorted(promised | written):
        yield Offer(Way.CAPTIONS, language, language in written)
    if SessionAccess.SIGN_LANGUAGE in session.access_facts:
        signed = any(stream.kind == Stream.Kind.SIGN_LANGUAGE for stream in streams)
        yield Offer(Way.SIGN_LANGUAGE, session.language, not elsewhere or signed)
    for language in session.plain_summary:
        yield Offer(Way.PLAIN, language, True)
