"""How the people on a track's stages are spread, of those who said something about themselves. Nothing is guessed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sessions.models import Appearance, Track
from speakers.models import Gender, Region, Sector, Speaker

# Below this many answers a share would say something about single people.
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Part:
    value: str
    label: str
    number: int
    percent: int


@dataclass(frozen=True, slots=True)
class Spread:
    """One thing people may declare: how many did, of how many; ``parts`` is empty where too few did."""

    name: str
    declared: int
    people: int
    parts: tuple[Part, ...]
    target: int | None = None
    reached: int | None = None  # per cent, or regions

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is none or too few have spoken."""
        return None if self.target is None or self.reached is None else self.reached >= self.target


def of_track(track: Track) -> list[Spread]:
    """Gender, sector and region of everybody on the track's stages who has not declined. One query."""
    rows = Speaker.objects.filter(appearances__session__track=track).exclude(
        appearances__state=Appearance.State.DECLINED
    )
    people = list(rows.distinct().values_list("gender", "sector", "region"))
    genders, sectors, regions = ([row[n] for row in people] for n in range(3))
    women = _spread("gender", genders, Gender.choices, track.target_women, Gender.WOMAN)
    society = _spread("sector", sectors, Sector.choices, track.target_civil_society, Sector.CIVIL_SOCIETY)
    places = _spread("region", regions, Region.choices, track.target_regions, None)
    return [women, society, places]


def _spread(
    name: str, said: list[str], choices: Iterable[tuple[str, object]], target: int | None, wanted: str | None
) -> Spread:
    counts = Counter(value for value in said if value)
    declared = sum(counts.values())
    if declared < ENOUGH:
        return Spread(name, declared, len(said), (), target)
    parts = tuple(
        Part(value, str(label), counts[value], round(100 * counts[value] / declared)) for value, label in choices
    )
    reached = len(counts) if wanted is None else next(part.percent for part in parts if part.value == wanted)
    return Spread(name, declared, len(said), parts, target, reached)
