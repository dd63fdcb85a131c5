"""Every page of the workspace at a size no summit reaches: 1,400 sessions, 10,000 registrations and 5,000 conflicts.

The pages are those of the URLconf that ask for a right, so that a new one is measured the moment it exists. Each is asked
for by an organiser, with the things it names as large as the summit has them.
"""

import shutil
from datetime import timedelta

from tests.bench import unit, world

__test__ = False
SESSIONS, PEOPLE, ROOMS, REGISTRATIONS, CONFLICTS = 1_400, 1_000, 92, 10_000, 5_000
PAGE = 300.0  # units
# Bytes of a page; a day of the plan is one page, with all its sessions.
SIZE, DAY_SIZE = 200_000, 700_000
# Read to be typed over by hand: how long they take does not grow with the summit.
FILES = ("-file", "-export", "-export-file", "-act", "-undo", "-views", "-exports")
PLAN = "sessions:editor"
SEARCHES = {
    "sessions:organiser-sessions": ["q=시민", "q=Session+777", "texts=missing-en", "sort=-people&page=20"],
    "speakers:organiser-people": ["q=연사", "q=Aid", "sort=-sessions"],
    "speakers:organiser-organisations": ["q=host"],
    "registration:registrations": ["q=기관+777", "q=p7777@people", "state=confirmed&arrived=no", "sort=-name&page=150"],
    "registration:finder": ["q=777", "q=시민", "q=p7777@people.example"],
    "sessions:conflicts": ["page=60"],
    "sessions:editor": ["day=2021-12-16", "day=2021-12-17"],
    "summit:history": ["q=session"],
}


def busy_summit():
    """Sessions, people, rooms, registrations with arrivals, seats, a plan that is worked on, and a history of years."""
    from registration.models import Booking, CheckIn
    from sessions.models import Placement, Session, SessionHost
    from sessions.planning import plan
    from summit.models import HistoryEntry
    from tests import factories as make

    summit = world.big_summit("ogp2021", SESSIONS, rooms=ROOMS, people=PEOPLE)
    tracks = [make.make_track(summit, f"line-{n}", order=n + 10) for n in range(ROOMS)]
    hosts = [make.make_organisation(summit, f"body-{n}") for n in range(ROOMS)]
    sessions = list(summit.sessions.order_by("code"))
    for number, session in enumerate(sessions):
        session.track, session.seats = tracks[number // 3 % ROOMS], 30 if number % 4 == 0 else None
        session.interpretation = ["en"] if number % 10 == 0 else []
    Session.objects.bulk_update(sessions, ["track", "seats", "interpretation"], batch_size=200)
    Placement.objects.bulk_create(
        Placement(session=s, starts_at=s.starts_at + timedelta(minutes=5), ends_at=s.ends_at + timedelta(minutes=5), room_id=s.room_id)
        for s in sessions[::2]
    )  # fmt: skip
    SessionHost.objects.filter(session__summit=summit).delete()
    SessionHost.objects.bulk_create(
        SessionHost(session=session, organisation=hosts[number // 3 % ROOMS]) for number, session in enumerate(sessions)
    )
    world.register(summit, REGISTRATIONS)
    desk = make.make_desk(summit, "south")
    people = list(summit.registrations.filter(state="confirmed", attendance="in_person"))
    by = make.make_user("door@team.example", summit=summit, role="desk")
    CheckIn.objects.bulk_create(
        (CheckIn(registration=person, desk=desk, by=by, nonce=f"n{n}") for n, person in enumerate(people[:3000])),
        batch_size=1000,
    )
    seated = [session for session in sessions if session.seats]
    Booking.objects.bulk_create(
        (
            Booking(registration=person, session=seated[n % len(seated)], state=Booking.State.BOOKED)
            for n, person in enumerate(people)
        ),
        batch_size=1000,
    )
    HistoryEntry.objects.bulk_create(
        (
            HistoryEntry(summit=summit, by=by, action="session.edit", subject_kind="agenda.session", subject_key=str(s.pk),
                         subject_name=str(s.title), changes={"number": [turn, turn + 1]})
            for turn in range(20) for s in sessions
        ),
        batch_size=1000,
    )  # fmt: skip
    found = len(plan.clashes(summit))
    print(f"      {found} conflicts, {len(people)} people in person", flush=True)
    assert found >= CONFLICTS, found
    return summit


def addresses(summit) -> dict[str, str]:
    """Every address of the workspace that is read, by the name of its URL and the question asked of it."""
    from tests import test_matrix as matrix

    objects, found = matrix.one_of_each(summit), {}
    busiest = {"sessions": {"slug": "line-0", "code": "S00000"}, "registration": {"code": "S00000"},
               "speakers": {"code": "p00001"}}  # fmt: skip
    for app, values in busiest.items():
        objects[app] |= values
    for name in matrix.HOST_PAGES:
        objects[f"speakers:{name}"] = {"code": "body-1"}
    for app, entry in matrix.PRIVATE:
        if entry.name.endswith(FILES):
            continue
        name = f"{app}:{entry.name}"
        path = matrix.address(app, entry, objects)
        found[name] = path
        found |= {f"{name} {query}": f"{path}?{query}" for query in SEARCHES.get(name, [])}
    return found


def page(client, path: str) -> tuple[unit.Figure, int, int, int]:
    """(the better of its answers, queries, bytes, status)."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    queries = len(asked)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    took = unit.least(lambda: client.get(path), 2)
    return took, queries, len(content), answer.status_code


def main(only: str = "") -> int:
    folder = world.prepare()
    try:
        summit = busy_summit()
        client = world.organiser_of(summit)
        told = []
        for name, path in addresses(summit).items():
            if only not in name:
                continue
            took, queries, size, status = page(client, path)
            if status in {200, 409, 422}:
                told.append((took.units, name, took, queries, size))
            elif status not in {302, 404, 405}:
                told.append((float("inf"), f"{name} answers {status}", took, queries, size))
        results = [
            world.within(
                name,
                took,
                PAGE,
                f"{queries} queries, {size // 1000} kB",
                also=size < (DAY_SIZE if name.startswith(PLAN) else SIZE),
            )
            for _units, name, took, queries, size in sorted(told, key=lambda each: -each[0])
        ]
        print(f"      {len(results)} pages", flush=True)
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
