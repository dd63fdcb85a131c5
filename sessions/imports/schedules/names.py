"""Lists of people in one cell: who is one person, and where it is doubtful.

Semicolons, line breaks, bars, slashes, ``&`` and words for *and* part people. A middle dot does, or gives a role
(``박수정 · moderator``). A comma parts people where each piece is a whole name; ``Kim, Min-seo`` is one person, and
where nobody can know, the cell stays one and the report asks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sessions.models import Appearance

# None of these begins with a repetition: over a long run of spaces that would search anew from each of them.
SURE = re.compile(r"[;；\n|]|\s/\s")
# Between names; a slash or dot without spaces only where a letter stands on each side.
JOINED = re.compile(r"[&＆]|\s(?:and|und|et|y|및|그리고)(?=\s)|(?<=\w)/(?=\w)", re.IGNORECASE)
DOT = re.compile(r"[·•ㆍ・]")
# What stands in parentheses, and each comma that does not.
COVERED_OR_COMMA = re.compile(r"(?:^|\()[^(]*\)|(?P<comma>[,，、])")
BESIDE = re.compile(r"\([^()]*\)")
# Hangul names have two to five syllables, a title may follow; Latin ones two to five words that begin with a capital.
HANGUL_NAME = re.compile(
    r"[가-힣]{2,5}(?: ?[가-힣]{1,2})?(?: (?:교수|박사|님|대표|의원|장관|차관|위원|위원장|국장|과장|팀장|이사|원장|연구원|기자))?"
)
PARTICLES = {"de", "da", "del", "della", "di", "do", "dos", "la", "le", "van", "von", "der", "den", "ten", "ter", "zu", "bin", "binti",
             "al", "el", "ibn", "y", "e", "af", "av"}  # fmt: skip
TITLED = {"jr", "sr", "phd", "ph.d", "md", "m.d", "msc", "mba", "llm", "esq", "ii", "iii"}


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    role: str = ""  # a value of Appearance.Role, "" where the cell says none


@dataclass(slots=True)
class People:
    """Who a cell names. ``doubt`` asks whoever reads the report; ``commas`` is the cell where commas alone parted names."""

    named: list[Named] = field(default_factory=list)
    doubt: str = ""
    commas: str = ""


def people_in(cell: str, *, known: Callable[[str], bool] = lambda _name: False) -> People:
    """``known`` says whether the summit has somebody of that name or code, which settles every doubt."""
    found = People()
    parts = [part.strip() for part in SURE.split(cell) if part.strip()]
    for part in parts:
        named = _parted(part, known)
        found.named += named
        if not all(known(each.name) for each in named):
            found.doubt = found.doubt or _doubt(part, named, alone=len(parts) == 1)
            if len(named) > 1 and len(_between_commas(part)) > 1:
                found.commas = found.commas or part
    return found


def lines_in(cell: str) -> list[str]:
    """What is no person: names of organisations and web addresses have every sign in them but these."""
    return [part.strip() for part in re.split(r"[;；\n]", cell) if part.strip()]


def _parted(part: str, known: Callable[[str], bool]) -> list[Named]:
    if known(part):
        return [Named(part)]
    pieces = [piece for joined in JOINED.split(part) if joined.strip() for piece in _with_roles(joined)]
    return [Named(name, piece.role) for piece in pieces for name in _by_comma(piece.name, known)]


def _doubt(part: str, named: list[Named], *, alone: bool) -> str:
    if len(named) == 1:
        name = named[0].name
        if not alone or len(_between_commas(name)) < 2 or _is_titled(name):
            return ""
        return _("“%(cell)s” was read as one person. If they are several, part them by semicolons: A; B.") % {
            "cell": name
        }
    unsure = len([each for each in DOT.split(part) if each.strip().casefold() not in roles()]) > 1
    if not unsure and all(_is_whole(each.name) for each in named):
        return ""
    return _("“%(cell)s” was read as %(count)d people: %(names)s. Part people by semicolons: A; B.") % {
        "cell": part, "count": len(named), "names": ", ".join(f"“{each.name}”" for each in named)}  # fmt: skip


def _with_roles(name: str) -> list[Named]:
    """At a dot: the role of the name before it, else one more name."""
    found: list[Named] = []
    for piece in DOT.split(name):
        role = roles().get(piece.strip().casefold(), "")
        if role and found:
            found[-1] = Named(found[-1].name, role)
        elif piece.strip():
            found.append(Named(piece.strip()))
    return found


def _between_commas(text: str) -> list[str]:
    """What stands between the commas outside of parentheses, in time in proportion to the text."""
    pieces, begin = [], 0
    for match in COVERED_OR_COMMA.finditer(text):
        if match["comma"]:
            pieces.append(text[begin : match.start()].strip())
            begin = match.end()
    return [*pieces, text[begin:].strip()]


def _by_comma(name: str, known: Callable[[str], bool]) -> list[str]:
    pieces = [piece for piece in _between_commas(name) if piece]
    if len(pieces) < 2 or known(name):
        return [name]
    if all(known(piece) or _is_whole(piece) for piece in pieces):
        return pieces
    return [name]


def _is_whole(piece: str) -> bool:
    bare = BESIDE.sub(" ", piece).strip()
    if HANGUL_NAME.fullmatch(bare):
        return True
    words = bare.split()
    capital = [word for word in words if word[:1].isupper()]
    return 2 <= len(words) <= 5 and len(capital) >= 2 and all(w in capital or w.casefold() in PARTICLES for w in words)


def _is_titled(name: str) -> bool:
    """``Ada Example, PhD``: what follows the comma is no name."""
    return all(piece.strip(". ").casefold() in TITLED for piece in _between_commas(name)[1:])


def roles() -> Mapping[str, str]:
    """The roles on stage by themselves and by what each language calls them."""
    return _roles()


@lru_cache(maxsize=1)
def _roles() -> dict[str, str]:
    found = {str(value): str(value) for value in Appearance.Role.values}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.update({str(label).casefold(): str(value) for value, label in Appearance.Role.choices})
    return found
