"""From what one thing costs to what a summit needs: the tables of docs/scaling.md, and the arithmetic between them.

Without Django and without measuring: tests hold the guide to it.
"""

import math
from dataclasses import dataclass

__test__ = False
# What is assumed of people; docs/scaling.md says the same in words.
SIZES = (500, 5_000, 50_000)
PAGES, PAGES_OPENING = 6, 12  # a page view and its data: requests of the application a person makes in an hour
ARRIVE, DESK = 0.6, 3_600  # part of all who arrive in the hour before the opening
RUSH, RUSH_SECONDS = 0.25, 600  # part of all who register in the first ten minutes
FULL = 0.5  # part of a core that is planned with; the other half is for what nobody foresaw
MAILS_WITHIN = 1_800  # seconds in which a mail to everybody shall have left
BADGES_WITHIN = 3_600  # seconds in which the badges of all shall be drawn


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time, in hundredths: of the site's own processes, and of database and Redis."""

    ours: float
    data: float

    @classmethod
    def of(cls, seconds: float, data: float, count: int) -> "Cost":
        return cls(round(seconds * 1000 / count, 2), round(max(data, 0) * 1000 / count, 2))

    def __str__(self) -> str:
        return f"{self.ours:.2f} | {self.data:.2f}"


@dataclass(frozen=True, slots=True)
class Need:
    """Cores that are busy, of our own and of database and Redis."""

    ours: float
    data: float

    def __add__(self, other: "Need") -> "Need":
        return Need(self.ours + other.ours, self.data + other.data)


@dataclass(frozen=True, slots=True)
class Figures:
    """``costs`` of each thing, ``memory`` in MB of each kind of process, ``starts``: seconds of processor time."""

    costs: dict[str, Cost]
    memory: dict[str, float]
    starts: dict[str, float]

    def need(self, what: str, each_second: float) -> Need:
        cost = self.costs[what]
        return Need(each_second * cost.ours / 1000, each_second * cost.data / 1000)

    def opening(self, people: int) -> Need:
        """The hour before the opening: everybody reads, most arrive."""
        return (
            self.need("A public page that is kept", people * PAGES_OPENING / 3600)
            + self.need("A search, drawn anew", people / 3600)
            + self.need("A check-in at a desk", people * ARRIVE / DESK)
        )

    def registering(self, people: int) -> Need:
        """The first ten minutes of registration."""
        each_second = people * RUSH / RUSH_SECONDS
        return self.need("A registration, form and answer", each_second) + self.need(
            "A public page that is kept", each_second * PAGES
        )

    def mails(self, people: int) -> Need:
        return self.need("A mail to many, sent", people / MAILS_WITHIN)

    def confirming(self, people: int) -> Need:
        """The mails of those who register in the first ten minutes, sent within half an hour."""
        return self.need("Its mail, drawn and sent", people * RUSH / MAILS_WITHIN)

    def tables(self) -> str:
        return f"{self.costs_table()}\n\n{self.memory_table()}\n\n{self.sizing_table()}"

    def costs_table(self) -> str:
        rows = [f"| {what} | {cost} | {2000 / (cost.ours + cost.data):,.0f} |" for what, cost in self.costs.items()]
        return "\n".join(["| One | Site, ms | Database and Redis, ms | On two cores, each second |",
                          "| --- | ---: | ---: | ---: |", *rows])  # fmt: skip

    def memory_table(self) -> str:
        rows = [f"| {what} | {megabytes:.0f} MB |" for what, megabytes in self.memory.items()]
        rows += [f"| {what} | {seconds:.1f} s of processor time |" for what, seconds in self.starts.items()]
        return "\n".join(["| Process | Takes |", "| --- | ---: |", *rows])

    def sizing_table(self) -> str:
        head = ["| Participants | Opening hour | Registration opens | Its mails, 30 min | Mail to all, 30 min | Badges of all, 1 h | Web processes | Workers |",
                "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
        return "\n".join(head + [self.sized(people) for people in SIZES])

    def sized(self, people: int) -> str:
        opening, rush, confirming, mails = (
            self.opening(people), self.registering(people), self.confirming(people), self.mails(people)
        )  # fmt: skip
        badges = self.need("A badge of many", people / BADGES_WITHIN)
        web = max(2, math.ceil(max(opening.ours, rush.ours) / FULL))
        workers = max(1, math.ceil(max(confirming.ours, mails.ours, badges.ours) / FULL))
        told = (f"{each.ours:.2g} + {each.data:.2g}" for each in (opening, rush, confirming, mails, badges))
        return f"| {people:,} | {' | '.join(told)} | {web} | {workers} |"
