"""One agenda for every format: fixed identifiers and moments, both languages, and what formats must not trip over."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from sessions.models import Appearance, Material
from tests import factories as make

CHANGED = datetime(2021, 11, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def open_agenda(summit):
    """A session with everything; one cancelled after midnight that must not be recorded; a break; one without a time;
    one that is not public; a person and an organisation nobody may know yet."""
    summit.guid, summit.agenda_revision, summit.revised_at = UUID(int=1), 7, CHANGED
    summit.organisers = {"ko": "대한민국정부", "en": "Government of the Republic of Korea"}
    summit.save(update_fields=["guid", "agenda_revision", "revised_at", "organisers"])
    room = make.make_room(summit, capacity=300, access=["step_free"])
    track = make.make_track(summit)
    host = make.make_organisation(
        summit, guid=UUID(int=21), kind="government", country="KR", website="https://www.mois.go.kr/"
    )
    make.make_organisation(summit, "hidden", guid=UUID(int=22))
    people = [
        make.make_speaker(summit, "박수정", guid=UUID(int=11), code="P001", country="KR", email="secret@x.example"),
        make.make_speaker(summit, "마이코 이치하라", name_romanised="Maiko Ichihara", guid=UUID(int=12), code="P002"),
    ]
    first = make.make_session(
        summit, "CIV001", guid=UUID(int=101), number=1, room=room, track=track, hosts=[host], people=people,
        interpretation=["en"], access=["captions"],
        abstract={"ko": '- 첫째\n- 둘째, "따옴표"', "en": '=HYPERLINK("https://evil.example")'},
    )  # fmt: skip
    Appearance.objects.filter(session=first, speaker=people[1]).update(role="moderator")
    Material.objects.create(session=first, kind="recording", url="https://www.youtube.com/watch?v=abcdefghijk", confirmed=True,
                            title={"ko": "녹화", "en": "Recording"})  # fmt: skip
    closed = make.make_session(
        summit, "LATE01", guid=UUID(int=102), starts_at=make.at(17, 1), room=room, do_not_record=True,
        cancelled_at=datetime(2021, 12, 1, tzinfo=UTC), title={"ko": '취소 <b>&amp; "따옴표" 👩‍💻', "en": ""},
    )  # fmt: skip
    Material.objects.create(session=closed, kind="recording", url="https://vimeo.com/123456", confirmed=True)
    make.make_session(summit, "BREAK1", guid=UUID(int=103), kind="break", starts_at=make.at(15, 12))
    make.make_session(summit, "NOTIME", guid=UUID(int=104), starts_at=None)
    make.make_session(summit, "SECRET", published_at=None, people=[make.make_speaker(summit, "아직 비밀", code="P999")])
    return summit


@pytest.fixture
def golden():
    """``golden(name, content)``: the bytes are those of the kept file."""

    def same(name: str, content: bytes) -> None:
        kept = Path(__file__).parent.parent / "golden" / name
        assert content.decode() == kept.read_bytes().decode()

    return same
