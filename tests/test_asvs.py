"""The list of OWASP ASVS requirements is whole, counts right, and names only evidence that exists."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCUMENT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+) \|$", re.MULTILINE)
OPEN, NOT_APPLICABLE = "**open**: ", "not applicable because "
# What the evidence names in backquotes.
NAMED = re.compile(r"`([^`]+)`")
ENDINGS = {".py", ".md", ".txt", ".json", ".yaml", ".toml", ".conf", ".js", ".html", ".po", ".service"}
PLAIN = {"Dockerfile", "Makefile", ".dockerignore", ".env.example", ".ci/run", "deploy/Caddyfile"}
# Of release 4.0.3 (4.0/docs_en of its repository), without those it calls deleted. 2.8.7 is recommended at level 2, the
# four of 2.10 are asked for "OS assisted".
LEVEL_1 = """
2.1.1-12 2.2.1-3 2.3.1 2.5.1-6 2.7.1-4 2.8.1 3.1.1 3.2.1-3 3.3.1-2 3.4.1-5 3.7.1 4.1.1-3 4.1.5 4.2.1-2 4.3.1-2 5.1.1-5
5.2.1-8 5.3.1-10 5.5.1-4 6.2.1 7.1.1-2 7.4.1 8.2.1-3 8.3.1-4 9.1.1-3 10.3.1-3 11.1.1-5 12.1.1 12.3.1-5 12.4.1-2 12.5.1-2
12.6.1 13.1.1 13.1.3 13.2.1-3 13.3.1 14.2.1-3 14.3.2-3 14.4.1-7 14.5.1-3
"""
LEVEL_2_ALONE = """
1.1.1-7 1.2.1-4 1.4.1 1.4.4-5 1.5.1-4 1.6.1-4 1.7.1-2 1.8.1-2 1.9.1-2 1.10.1 1.11.1-2 1.12.2 1.14.1-6 2.3.2-3 2.4.1-5
2.5.7 2.6.1-3 2.7.5-6 2.8.2-7 2.9.1-3 2.10.1-4 3.2.4 3.3.3-4 3.5.1-3 4.3.3 5.4.1-3 6.1.1-3 6.2.2-6 6.3.1-2 6.4.1-2 7.1.3-4
7.2.1-2 7.3.1 7.3.3-4 7.4.2-3 8.1.1-4 8.3.5-8 9.2.1-4 10.2.1-2 11.1.6-8 12.1.2-3 12.2.1 12.3.6 13.1.4-5 13.2.5-6 13.3.2
13.4.1-2 14.1.1-4 14.2.4-6 14.5.4
"""


def numbers(said: str) -> Iterator[str]:
    for part in said.split():
        section, _, last = part.rpartition(".")
        first, _, end = last.partition("-")
        yield from (f"{section}.{number}" for number in range(int(first), int(end or first) + 1))


def paths() -> Iterator[tuple[str, str]]:
    """``(path, name of a test or "")`` of all that the evidence names."""
    for _number, _level, _asks, evidence in ROW.findall(DOCUMENT):
        for said in NAMED.findall(evidence):
            path, _, test = said.partition("::")
            if path in PLAIN or (Path(path).suffix in ENDINGS and " " not in path):
                yield path, test


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def exists(path: str, test: str) -> bool:
    return (ROOT / path).is_file() and (not test or test in functions_of(path))


def test_every_requirement_of_both_levels_stands_there_once_in_its_order():
    expected = [*((number, "1") for number in numbers(LEVEL_1)), *((number, "2") for number in numbers(LEVEL_2_ALONE))]
    assert (len(list(numbers(LEVEL_1))), len(expected)) == (128, 259)
    listed = [(number, level) for number, level, _asks, _evidence in ROW.findall(DOCUMENT)]
    assert listed == sorted(expected, key=lambda one: [int(step) for step in one[0].split(".")])


def test_no_line_of_a_table_has_another_shape():
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("|")]
    assert [line for line in rows if not ROW.match(line) and not re.match(r"\| (Number|---) \|", line)] == []


def test_the_counts_at_the_top_are_those_of_the_lines():
    evidence = [found for _number, _level, _asks, found in ROW.findall(DOCUMENT)]
    is_open, not_applicable = (sum(found.startswith(words) for found in evidence) for words in (OPEN, NOT_APPLICABLE))
    counted = (len(evidence), len(evidence) - is_open - not_applicable, not_applicable, is_open)
    said = re.search(r"^(\d+) requirements: (\d+) hold, (\d+) do not apply, (\d+) are open\.", DOCUMENT, re.MULTILINE)
    assert said is not None
    assert tuple(map(int, said.groups())) == counted


def test_whatever_holds_names_a_test_or_a_file():
    without = [
        number
        for number, _level, _asks, evidence in ROW.findall(DOCUMENT)
        if not evidence.startswith((OPEN, NOT_APPLICABLE)) and not re.search(r"`[^`]*[/.][^`]*`|`Dockerfile`", evidence)
    ]
    assert without == []


def test_every_test_and_file_that_is_named_exists():
    found = list(paths())
    assert len(found) > 250
    assert [f"{path}::{test}" for path, test in found if not exists(path, test)] == []
    assert all(path.startswith("tests/") for path, test in found if test)


def test_every_model_has_one_class_of_data():
    """Whoever adds a model says in ``docs/security.md`` how delicate it is."""
    data = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("## Data")[2].partition("## Keys")[0]
    classed = [name for row in re.findall(r"^\|.*\|$", data, re.MULTILINE) for name in re.findall(r"`(\w+\.\w+)`", row)]
    assert len(classed) == len(set(classed))
    assert {model._meta.label for model in apps.get_models()} - set(classed) == set()
