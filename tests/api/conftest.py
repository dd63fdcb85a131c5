"""One small public summit, with everything around it that must stay unseen."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache

from sessions.models import Appearance, Material, Session, SessionHost, Track
from speakers.models import Organisation, Speaker
from summit.middleware import shelf
from summit.models import (
    ActionPlan,
    Chair,
    Commitment,
    CommitteeMember,
    MemberGovernment,
    MembershipFigure,
    Page,
    PlanStep,
    Room,
    Summit,
    User,
    Venue,
)

MOMENT = datetime(2021, 12, 1, 1, 0, 5, tzinfo=UTC)
START = datetime(2021, 12, 15, 5, 0, tzinfo=UTC)
PRIVATE = ["hidden@person.example", "hidden-calendar-word", "office@summit.example", "stream.example"]


def text(english: str) -> dict[str, str]:
    return {"ko": f"{english} (ko)", "en": english}


@pytest.fixture(autouse=True)
def fresh(settings: Any) -> Iterator[None]:
    settings.SITE_URL = "https://summit.example"
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
    settings.SECURE_SSL_REDIRECT = False
    shelf.clear()
    cache.clear()
    yield
    shelf.clear()
    cache.clear()


@pytest.fixture
def new_summit(db: None) -> Callable[..., Summit]:
    def make(code: str = "demo2021", **values: Any) -> Summit:
        facts = {
            "name": text("The summit"),
            "starts_on": date(2021, 12, 15),
            "ends_on": date(2021, 12, 17),
            "contact_email": "office@summit.example",
            "revised_at": MOMENT,
        }
        return Summit.objects.create(code=code, **{**facts, **values})

    return make


class Rows:
    """Makes rows of one summit; each call makes one more."""

    def __init__(self, summit: Summit) -> None:
        self.summit = summit
        self.numbers = count(1)
        self.venue = Venue.objects.create(summit=summit, code="hall", name=text("Hall"), country="KR")

    def track(self) -> Track:
        number = next(self.numbers)
        return Track.objects.create(
            summit=self.summit, slug=f"track-{number}", name=text(f"Track {number}"), order=number
        )

    def room(self) -> Room:
        number = next(self.numbers)
        return Room.objects.create(
            summit=self.summit, venue=self.venue, code=f"room-{number}", name=text(f"Room {number}"), order=number,
            stream_url="https://stream.example/private", capacity=40,
        )  # fmt: skip

    def page(self) -> Page:
        number = next(self.numbers)
        return Page.objects.create(
            summit=self.summit, slug=f"page-{number}", title=text(f"Page {number}"), body=text("**Body**")
        )

    def organisation(self) -> Organisation:
        number = next(self.numbers)
        return Organisation.objects.create(
            summit=self.summit,
            code=f"body-{number}",
            name=text(f"Body {number}"),
            kind="civil_society",
            guid=UUID(int=number),
        )

    def speaker(self) -> Speaker:
        number = next(self.numbers)
        user = User.objects.create_user(f"{number}-hidden@person.example")
        return Speaker.objects.create(
            summit=self.summit, code=f"P{number:05}", name=f"사람 {number}", name_romanised=f"Person {number}", user=user,
            email="hidden@person.example", calendar_token=f"hidden-calendar-word-{number}", guid=UUID(int=number),
        )  # fmt: skip

    def session(self, *, bill: bool = True, **values: Any) -> Session:
        """A published session with track, room, host, one billed speaker and one recording."""
        number = next(self.numbers)
        start = START + timedelta(hours=number % 5)
        facts = {
            "code": f"S{number:05}", "guid": UUID(int=number), "number": number, "title": text(f"Session {number}"),
            "starts_at": start, "ends_at": start + timedelta(hours=1), "published_at": MOMENT, "updated_at": MOMENT,
            "interpretation": ["en"],
        }  # fmt: skip
        facts.update(values)
        facts.setdefault("track", self.track())
        facts.setdefault("room", self.room())
        made = Session.objects.create(summit=self.summit, **facts)
        if bill:
            SessionHost.objects.create(session=made, organisation=self.organisation())
            self.bill(made, self.speaker())
            Material.objects.create(session=made, kind="recording", url=f"/media/{number}.mp4", title=text("Recording"))
        return made

    def bill(self, session: Session, speaker: Speaker, **values: Any) -> Appearance:
        facts = {"role": "panellist", "affiliation": text("Forum"), "job_title": text("Chair"), **values}
        return Appearance.objects.create(session=session, speaker=speaker, **facts)

    def civic(self, number: int) -> None:
        summit, order = self.summit, {"summit": self.summit, "order": number}
        MembershipFigure.objects.create(summit=summit, year=2020 + number, national=77, local=76)
        MemberGovernment.objects.create(**order, country=f"A{number}", name=text("Land"), founding=True)
        Chair.objects.create(**order, country="NO", name=text("Norway"))
        CommitteeMember.objects.create(**order, term=number, name="위원", affiliation=text("Forum"), past_terms=[1])
        plan = ActionPlan.objects.create(summit=summit, number=number, name=text("Plan"))
        PlanStep.objects.create(plan=plan, order=1, period=text("Spring"), title=text("Hearing"))
        Commitment.objects.create(
            plan=plan, number=1, vision=text("Vision"), title=text("Promise"), ministries=[text("Office")]
        )


@pytest.fixture
def rows(new_summit: Callable[..., Summit]) -> Rows:
    return Rows(new_summit(is_current=True))


@pytest.fixture
def full(rows: Rows) -> SimpleNamespace:
    """One of everything, public; beside it an unpublished session with its own people, room and host."""
    rows.civic(1)
    found = SimpleNamespace(summit=rows.summit, rows=rows, session=rows.session(), page=rows.page())
    found.hidden = rows.session(published_at=None)
    found.track, found.room = found.session.track, found.session.room
    found.speaker = found.session.speakers.get()
    found.host = found.session.hosts.get()
    return found


@pytest.fixture
def base(rows: Rows) -> str:
    return f"/api/v1/summits/{rows.summit.code}/"
