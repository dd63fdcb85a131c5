"""Hostile files are refused in words before they cost anything."""

import json
import os
import subprocess
import sys

import pytest
from django.utils import translation

from sessions.imports.schedules import open_schedule
from summit.imports.table_format import Refused
from tests.sessions.imports.schedules import bombs
from tests.sessions.imports.schedules.costs import MEASURE


def names():
    return [
        getattr(make, "__name__", "").strip("<>") + f"-{number}" for number, (_n, make, _w) in enumerate(bombs.BOMBS)
    ]


@pytest.mark.parametrize(("name", "make", "words"), bombs.BOMBS, ids=names())
def test_a_hostile_file_is_refused(name, make, words):
    with translation.override("en"), pytest.raises(Refused) as refusal:
        open_schedule(name, make())
    assert words in str(refusal.value)


# The dearest of each kind; all are measured by ``python -m tests.sessions.imports.schedules.measure``.
@pytest.mark.parametrize(
    ("name", "make"),
    [("a.xml", bombs.many_elements_in_events), ("a.json", bombs.many_keys), ("a.xlsx", bombs.zip_bomb_that_lies)],
)
def test_refusing_takes_less_than_two_seconds_and_200_megabytes(name, make):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "summit.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", MEASURE, name], input=make(), capture_output=True, check=True, env=environment
    )
    said, seconds, megabytes = json.loads(answer.stdout)
    assert said
    assert seconds < 2
    assert megabytes < 200
