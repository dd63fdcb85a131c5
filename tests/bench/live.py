"""What is live, with thousands of pages open: a look that finds nothing new, a caption on its way to everybody, votes and
questions of a full hall, beats of those who watch."""

import json
import random
import shutil
import sys
import threading
import time
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from tests.bench import world
from tests.bench.unit import Figure, Units, clock

__test__ = False
PAGES = 5_000
# Of a core that all open pages may take while nothing happens; as the budget of one look, in units.
IDLE_SHARE, LOOK = 0.15, 0.3
# Units of one of each in the product, without the way over HTTP.
QUESTION, VOTE, CAPTION, BEAT = 25, 15, 15, 0.1
# Seconds until a caption is on nineteen of twenty pages; so many pages that read along, and lines spoken.
HEARD, READERS, SPOKEN = 1.0, 60, 15
# Of 2,000 questions and 20,000 votes in ten minutes so many are done here.
QUESTIONS, VOTES, LINES, BEATS = 200, 1_000, 100, 5_000


def running(summit):
    """A session that is on now, open to questions."""
    from sessions.models import Session

    found, now = summit.sessions.first(), timezone.now()
    times = {"starts_at": now - timedelta(minutes=5), "ends_at": now + timedelta(hours=1), "mode": "hybrid"}
    Session.objects.filter(pk=found.pk).update(**times, asks_first=False)
    return Session.objects.select_related("summit").get(pk=found.pk)


def looks(session) -> bool:
    """A page that has the present answer asks again: the share of a core that ``PAGES`` of them take."""
    from sessions.views.public.live import EVERY

    path = reverse("sessions:session-live", args=[session.summit.code, session.code])
    with world.server() as served:
        answer = world.fetch(served, path)
        every = json.loads(answer)["every"]
        etag = _etag(served, path)
        figure, rate = world.loaded(served, path, f"If-None-Match: {etag}", "Accept-Encoding: gzip")
    share = PAGES / (EVERY * 1.25) * figure.seconds
    extra = f"{rate:,.0f} a second; {PAGES:,} idle pages that look every {EVERY} to {EVERY * 1.5:.0f} s take {share:.0%} of a core"
    holds = every == EVERY and share < IDLE_SHARE
    return world.within("a look that finds nothing new", figure, LOOK, extra, also=holds)


def heard(session) -> bool:
    """Seconds from a captioner's line to the pages that wait for it, of readers who look as ``live.js`` does while others
    take what they would of the server."""
    from sessions.live import captions
    from sessions.views.public.live import WHILE_WRITTEN

    path = reverse("sessions:session-live", args=[session.summit.code, session.code])
    writer = captions.invite(session, "en", "", by=None)
    said: dict[str, float] = {}
    late: list[float] = []
    over = threading.Event()

    def read() -> None:
        seen: set[str] = set()
        while not over.wait(WHILE_WRITTEN * (1 + random.random() / 2)):
            text = world.fetch(served, path).decode()
            for word in set(said) - seen:
                if word in text:
                    seen.add(word)
                    late.append(time.monotonic() - said[word])

    with world.server() as served:
        readers = [threading.Thread(target=read) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        for number in range(SPOKEN):
            word = f"spoken-{number:03}"
            captions.write(writer, [captions.Line(word)])
            said[word] = time.monotonic()
            time.sleep(0.9)
        time.sleep(2)
        over.set()
        for reader in readers:
            reader.join()
    late.sort()
    p95 = late[int(len(late) * 0.95)]
    share = len(late) / (READERS * SPOKEN)
    figure = (
        f"p50 {late[len(late) // 2]:.2f} s, p95 {p95:.2f} s of {HEARD} s; {share:.0%} of {READERS * SPOKEN:,} were seen"
    )
    return world.verdict("a caption on its way to an open page", p95 < HEARD and share == 1, figure)


def _etag(served: str, path: str) -> str:
    import urllib.request

    request = urllib.request.Request(served + path, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.headers["ETag"])


def each(name: str, number: int, most: float, do) -> bool:
    """Mean units of ``do(n)`` for each of ``number``."""
    by, units = clock(), Units(clock())
    started = by()
    for n in range(number):
        do(n)
    took = by() - started
    units.again()
    return world.within(name, Figure(took / number, units.least), most, f"of {number:,}")


def taken_part(session) -> list[bool]:
    from sessions.live import captions, polls, questions
    from sessions.live.participants import Participant

    people = [Participant(f"{number:064}") for number in range(VOTES)]
    made: list = []
    results = [
        each("a question", QUESTIONS, QUESTION, lambda n: made.append(questions.ask(session, people[n], f"Question {n}?"))),
        each("support of a question", VOTES, VOTE,
             lambda n: questions.support(session, people[n], str(made[(n + 1) % 100].guid))),
    ]  # fmt: skip
    poll = polls.draft(session, "one", {"ko": "어느 것?"}, [{"ko": "가"}, {"ko": "나"}], by=None)
    poll = polls.open_(poll, by=None)
    choice = poll.choices.first()
    results.append(each("a vote in a poll", VOTES, VOTE, lambda n: polls.vote(poll, people[n], [choice.pk])))
    writer = captions.invite(session, "ko", "", by=None)
    results.append(each("a caption", LINES, CAPTION, lambda n: captions.write(writer, [captions.Line(f"{n}번째 줄")])))
    poll.refresh_from_db()
    return [*results, world.verdict("every vote is counted once", poll.voted == VOTES, f"{poll.voted:,}")]


def beaten(session, summit) -> bool:
    from registration.models import Presence
    from registration.personal import presences

    registered = list(summit.registrations.all()[:BEATS])
    Presence.objects.bulk_create([Presence(registration=each, session=session) for each in registered])
    tokens = [presences.token(presence) for presence in Presence.objects.filter(session=session)]
    by, units = clock(), Units(clock())
    started = by()
    for token in tokens:
        presences.beats.hear(token)
    presences.beats.write()
    took = by() - started
    units.again()
    counted = Presence.objects.filter(session=session, minutes=1).count()
    figure = Figure(took / len(tokens), units.least)
    return world.within("a beat of whoever watches", figure, BEAT, f"of {len(tokens):,}, all written by a statement",
                        also=counted == len(tokens))  # fmt: skip


def main(*also: str) -> int:
    """``heard``: with the way of a caption to open pages, which is promised with PostgreSQL and Redis."""
    folder = world.prepare()
    try:
        summit = world.registered("live2027", BEATS)
        if not summit.sessions.exists():
            summit = world.big_summit("lively27", 60)
            world.register(summit, BEATS)
        session = running(summit)
        results = [looks(session), *taken_part(session), beaten(session, summit)]
        if "heard" in also:
            results.append(heard(session))
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
