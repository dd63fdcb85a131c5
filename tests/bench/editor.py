"""The agenda editor with 1,400 sessions: a move through the whole stack, the conflicts of the whole plan, the page.

The plan is one somebody has worked on for months: rooms, people and hosts mostly keep out of each other's way, and
some hundred clashes are left.
"""

import shutil
import statistics
import sys
import time
from datetime import timedelta

from tests.bench import world

__test__ = False
SESSIONS, PEOPLE, ROOMS = 1_400, 1_000, 92
MOVE = 100.0  # ms, the 95th of a hundred
CHECK = 300.0  # ms
ASK = 30.0  # ms, the 95th of a hundred questions for changes: every open editor asks every three seconds
MOVES = 100


def planned_summit():
    """Each room is a track of its own, so that tracks clash no more than in a real plan; half of all sessions wait."""
    from sessions.models import Placement, Session, SessionHost
    from tests import factories as make

    summit = world.big_summit("vast1400", SESSIONS, rooms=ROOMS, people=PEOPLE)
    tracks = [make.make_track(summit, f"line-{n}", order=n + 10) for n in range(ROOMS)]
    hosts = [make.make_organisation(summit, f"body-{n}") for n in range(ROOMS)]
    sessions = list(Session.objects.filter(summit=summit).order_by("code"))
    for number, session in enumerate(sessions):
        # 16 half hours of a day, three days: a session of 45 minutes in every room each hour.
        session.starts_at = make.at(15 + number % 3, 9) + timedelta(hours=number // (3 * ROOMS))
        session.ends_at = session.starts_at + timedelta(minutes=45)
        session.track = tracks[number // 3 % ROOMS]
        session.seats = 30
    Session.objects.bulk_update(sessions, ["starts_at", "ends_at", "track", "seats"], batch_size=200)
    SessionHost.objects.filter(session__summit=summit).delete()
    SessionHost.objects.bulk_create(
        SessionHost(session=session, organisation=hosts[number // 3 % ROOMS]) for number, session in enumerate(sessions)
    )
    Placement.objects.bulk_create(
        Placement(session=s, starts_at=s.starts_at + timedelta(minutes=5), ends_at=s.ends_at + timedelta(minutes=5), room_id=s.room_id)
        for s in sessions[::2]
    )  # fmt: skip
    summit.rooms.update(capacity=60, booths=1)
    return summit


def moved(summit, client, later: int) -> tuple[list[float], int]:
    """Milliseconds of a hundred moves, each session to another room and time, as the editor sends them; sorted."""
    from sessions.models import Session

    sessions = list(Session.objects.filter(summit=summit).order_by("code")[: MOVES * 13 : 13])
    rooms = list(summit.rooms.values_list("code", flat=True))
    times, clashing = [], 0
    for number, session in enumerate(sessions):
        starts = session.starts_at + timedelta(minutes=later)
        data = {"code": session.code, "version": session.plan_version, "room": rooms[number * 7 % ROOMS],
                "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(minutes=45)).isoformat()}  # fmt: skip
        began = time.perf_counter()
        answer = client.post(f"/en/{summit.code}/organiser/agenda/moves/", data)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.content[:200]
        clashing += bool(answer.json()["conflicts"])
    return sorted(times), clashing


def moves(summit, client) -> bool:
    # Other work on the machine only ever adds: the better of two rounds is the truer.
    times, clashing = min((moved(summit, client, later) for later in (20, 10)), key=lambda each: each[0][94])
    # A plan in which nothing clashes would be checked for nothing.
    assert clashing > MOVES // 2, clashing
    figure = (
        f"{times[94]:.0f} ms (below {MOVE:.0f}), median {statistics.median(times):.0f}, {clashing} of {MOVES} clash"
    )
    return world.verdict(f"move p95 with {SESSIONS} sessions", times[94] < MOVE, figure)


def check(summit) -> bool:
    from sessions.planning import plan

    times = []
    for _turn in range(5):
        began = time.perf_counter()
        found = plan.clashes(summit)
        times.append((time.perf_counter() - began) * 1000)
    assert len(found) > 100, len(found)
    # Other work on the machine only ever adds.
    best = min(times)
    figure = f"{best:.0f} ms (below {CHECK:.0f}), {len(found)} conflicts"
    return world.verdict(f"conflicts of all {SESSIONS} sessions", best < CHECK, figure)


def asked(summit, client) -> list[float]:
    """Milliseconds of a hundred questions for changes while nothing happens; sorted."""
    from django.utils import timezone

    times = []
    for _turn in range(100):
        since = (timezone.now() + timedelta(seconds=1)).isoformat()
        began = time.perf_counter()
        assert client.get(f"/en/{summit.code}/organiser/agenda/changes/", {"since": since}).status_code == 200
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def questions(summit, client) -> bool:
    times = min((asked(summit, client) for _round in range(2)), key=lambda each: each[94])
    figure = f"{times[94]:.0f} ms (below {ASK:.0f}), median {statistics.median(times):.0f}"
    return world.verdict("asking for changes p95", times[94] < ASK, figure)


def page(summit, client) -> None:
    began = time.perf_counter()
    answer = client.get(f"/en/{summit.code}/organiser/agenda/")
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, answer
    print(f"      the page of a day: {seconds * 1000:.0f} ms, {len(answer.content) // 1000} kB", flush=True)


def main() -> int:
    folder = world.prepare()
    try:
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
        from django.test import Client

        from tests import factories as make

        summit = planned_summit()
        user = make.make_user("organiser@team.example", summit=summit, role="organiser")
        TOTP.activate(user, generate_totp_secret())
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        page(summit, client)  # templates are read once
        results = [check(summit), moves(summit, client), questions(summit, client)]
        page(summit, client)
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
