"""After the drill: what people were told is compared with what is there."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.drill.people import Ledger, Seen

__test__ = False
WHOLE_AGAIN = 30.0  # seconds after a mishap by which every page answers


@dataclass(frozen=True)
class Proven:
    name: str
    holds: bool
    told: str


def registrations(ledger: Ledger, summit: Any) -> Proven:
    """Who was told to be registered is, once; who got no answer is at most once."""
    there = Counter(summit.registrations.filter(email__startswith="drill").values_list("email", flat=True))
    lost = [email for email in ledger.registered if there[email] != 1]
    doubled = [email for email, number in there.items() if number > 1]
    taken = summit.quotas.get(attendance="in_person", is_basic=True).taken
    confirmed = summit.registrations.filter(state="confirmed", attendance="in_person").count()
    told = f"{len(ledger.registered)} confirmed, {len(lost)} lost, {len(doubled)} doubled; places taken {taken} of {confirmed} people"
    return Proven("registrations", not lost and not doubled and taken == confirmed, told)


def check_ins(ledger: Ledger, summit: Any) -> Proven:
    from registration.models import CheckIn

    there = Counter(
        str(guid) for guid in CheckIn.objects.standing().filter(registration__summit=summit).values_list("registration__guid", flat=True)
    )  # fmt: skip
    lost = [guid for guid in ledger.let_in if there[guid] != 1]
    doubled = [guid for guid, number in there.items() if number > 1]
    return Proven(
        "check-ins", not lost and not doubled, f"{len(ledger.let_in)} let in, {len(lost)} lost, {len(doubled)} doubled"
    )


def mails(caught: Path, ledger: Ledger, summit: Any, kills: int) -> Proven:
    """Each message came, and at most one came twice for each process that was killed."""
    from summit.models import Message

    came: Counter[str] = Counter()
    for line in caught.read_text().splitlines():
        came[line.partition(" ")[0].strip("<>").partition("@")[0]] += 1
    states = Counter(Message.objects.filter(summit=summit).values_list("state", flat=True))
    sent = {str(guid) for guid in Message.objects.filter(summit=summit, state="sent").values_list("guid", flat=True)}
    missing = [guid for guid in sent if not came[guid]]
    doubled = sum(number - 1 for number in came.values())
    confirmed = Counter(Message.objects.filter(summit=summit, kind="confirmed").values_list("to", flat=True))
    unwritten = [email for email in ledger.registered if confirmed[email] != 1]
    waiting = sum(number for state, number in states.items() if state != "sent")
    told = f"{len(sent)} sent, {len(missing)} lost, {doubled} twice after {kills} kills, {waiting} not sent, {len(unwritten)} without a confirmation"
    return Proven("mails", not missing and not waiting and not unwritten and doubled <= kills, told)


def failover_of_the_web(rows: list[Proven], names: set[str]) -> Proven:
    """Of the mishaps in which a process of the web died."""
    found = [row for row in rows if row.name in names]
    unseen = [row for row in found if row.holds]
    return Proven(
        "failover of a web process unseen by readers", found == unseen, f"{len(unseen)} of {len(found)} mishaps"
    )


def badges(jobs: list[Any]) -> Proven:
    from registration.models import BadgeJob, BadgePrint

    found = [BadgeJob.objects.get(pk=job.pk) for job in jobs]
    whole = [job for job in found if job.state == "done" and BadgePrint.objects.filter(job=job).count() == job.total]
    return Proven(
        "badge jobs",
        len(whole) == len(found),
        f"{len(whole)} of {len(found)} drawn whole, {sum(job.total for job in found)} badges{told_of_others(found)}",
    )


def told_of_others(jobs: list[Any]) -> str:
    """The states of jobs that are not done."""
    others = sorted(job.state for job in jobs if job.state != "done")
    return f"; {', '.join(others)}" if others else ""


def notices(version: Any, people: int) -> Proven:
    """Each who is concerned by the new version was told once."""
    from summit.models import Message

    told = Counter(Message.objects.filter(summit=version.summit, kind="agenda_changed").values_list("to", flat=True))
    doubled = sum(number > 1 for number in told.values())
    return Proven(
        "notices of a new version",
        len(told) == people and not doubled,
        f"{len(told)} of {people} told, {doubled} twice",
    )


def told_of(failed: list[Seen]) -> str:
    """Which answers failed, the most frequent kinds first: (method, status) and how often."""
    return ", ".join(
        f"{number} × {method} {status or 'none'}"
        for (method, status), number in Counter((each.method, each.status) for each in failed).most_common(4)
    )


def whole_again(name: str, unseen: bool, begun: float, over: float, seen: list[Seen]) -> Proven:
    """Whether every page answered again soon after a mishap that was there from ``begun`` to ``over``.

    Of one that must stay ``unseen`` no request that only reads may fail, neither during nor after it.
    """
    failed = [each for each in seen if not each.good and each.at - each.seconds >= begun]
    last = max((each.at - over for each in failed), default=0.0)
    reading = [each for each in failed if each.method == "GET"]
    told = f"{len(failed)} of {len(seen)} answers failed{f' ({told_of(failed)})' if failed else ''}"
    told += f", the last {max(last, 0):.1f} s after it" if failed else ""
    told += f"; unseen by readers: {'yes' if not reading else f'no, {len(reading)} failed'}" if unseen else ""
    return Proven(name, last < WHOLE_AGAIN and not (unseen and reading), told)
