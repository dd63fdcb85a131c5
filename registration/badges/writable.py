"""Which letters papers can print: those of our own font files, and of whatever the machine has beside them."""

import re
import shutil
import subprocess
from bisect import bisect_right
from functools import cache

import uharfbuzz as hb

from registration.badges.face import EMOJI_STYLE, ZWJ, ZWNJ, printable
from registration.badges.fonts import FAMILY
from summit.typefaces import font_files

_RANGE = re.compile(r"([0-9a-f]+)(?:-([0-9a-f]+))?")
# They join their neighbours and are no letters themselves.
_JOINERS = frozenset({" ", ZWJ, ZWNJ, EMOJI_STYLE})


def unwritable(text: str) -> str:
    """The letters of ``text`` that would be boxes on paper, each once; "" where all of it can be printed."""
    if text.isascii():
        return ""
    odd = (letter for letter in printable(text) if letter not in _JOINERS and not _is_written(letter))
    return "".join(dict.fromkeys(odd))


def _is_written(letter: str) -> bool:
    return ord(letter) in _own_letters() or _of_machine(ord(letter))


@cache
def _own_letters() -> frozenset[int]:
    """Code points of our own font files; a name is set in bold."""
    files = [font.path for font in font_files(FAMILY) if font.weight == 700]
    return frozenset().union(*(hb.Face(hb.Blob.from_file_path(str(path))).unicodes for path in files))


def _of_machine(point: int) -> bool:
    starts, ends = _machine_ranges()
    at = bisect_right(starts, point) - 1
    return at >= 0 and point <= ends[at]


@cache
def _machine_ranges() -> tuple[list[int], list[int]]:
    """First and last code points of what the machine's fonts have, as fontconfig tells; none where it is not there."""
    if not (command := shutil.which("fc-list")):
        return [], []
    listed = subprocess.run([command, "--format", "%{charset} "], capture_output=True, text=True, check=False).stdout
    found = sorted({(int(first, 16), int(last or first, 16)) for first, last in _RANGE.findall(listed)})
    joined: list[list[int]] = []
    for first, last in found:
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return [first for first, _last in joined], [last for _first, last in joined]
