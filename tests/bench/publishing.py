"""Publishing 1,400 sessions that concern 10,000 people: how long the notices take to queue, and how much memory."""

import random
import resource
import shutil
from datetime import timedelta

from tests.bench import unit, world

__test__ = False
SESSIONS, PEOPLE, MARKS = 1400, 10_000, 8
TOLD, AFFECTED = 20_000.0, 3_000.0  # units
# And for as long the database is held.
PUBLISHING = 2_000.0
MEMORY = 250.0  # MB that telling may add


def crowd(summit, sessions: list) -> None:
    """People with accounts and registrations, half of them online, who marked some sessions each; the same every time."""
    from registration.models import Registration
    from sessions.models import Bookmark
    from summit.models import User
    from tests import factories as make

    category = make.make_category(summit)
    users = User.objects.bulk_create(
        User(email=f"person{n}@people.example", name=f"사람 {n}", password="!", language=("ko", "en")[n % 2])
        for n in range(PEOPLE)
    )
    Registration.objects.bulk_create(
        Registration(summit=summit, user=user, email=user.email, name=user.name, category=category, country="KR",
                     state="confirmed", language=user.language, attendance=("in_person", "online")[n // 2 % 2])
        for n, user in enumerate(users)
    )  # fmt: skip
    chance = random.Random(1)
    Bookmark.objects.bulk_create(
        (Bookmark(user=user, session=session) for user in users for session in chance.sample(sessions, MARKS)),
        batch_size=5000,
    )


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    folder = world.prepare()
    try:
        from django.utils import timezone

        from registration.mailing import announcing
        from sessions.models import Placement, Session
        from sessions.planning import publishing
        from summit.models import Message

        summit = world.big_summit("large1400", SESSIONS)
        publishing.publish(summit)
        sessions = list(Session.objects.filter(summit=summit))
        crowd(summit, sessions)
        # All of them move: the worst that can happen.
        Placement.objects.bulk_create(
            Placement(session=s, room=s.room, starts_at=s.starts_at + timedelta(minutes=15),
                      ends_at=s.ends_at + timedelta(minutes=15)) for s in sessions
        )  # fmt: skip
        counting, found = unit.once(lambda: announcing.affected(summit, publishing.preview(summit)))
        publishing_took, version = unit.once(lambda: announcing.publish(summit, tell=False))
        before = peak()
        telling, written = unit.once(lambda: announcing.tell(version))
        added = peak() - before
        queued = Message.objects.filter(kind="agenda_changed", created_at__lte=timezone.now()).count()
        all_found, all_told = found.people - found.unreachable == PEOPLE, queued == written == PEOPLE
        extra = f"publishing {publishing_took}, telling {telling} for {queued} people"
        results = [
            world.within("who is affected", counting, AFFECTED, f"{found.people} people", also=all_found),
            world.within(
                f"publishing {SESSIONS} and queueing all notices", publishing_took + telling, TOLD, extra, also=all_told
            ),
            world.within(f"making {SESSIONS} moved sessions public", publishing_took, PUBLISHING, "in one transaction"),
            world.verdict("memory that telling adds", added < MEMORY, f"{added:.0f} MB (below {MEMORY:.0f})"),
        ]
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
