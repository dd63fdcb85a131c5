import os
import shutil
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from summit.lib.release import FOLDERS, LOCKS, fingerprint
from summit.middleware import shelf
from summit.public_pages import build


def unpacked(target: Path, *, days_ago: int) -> Path:
    """A copy of the release whose files have times of their own."""
    for name in FOLDERS:
        shutil.copytree(settings.BASE_DIR / name, target / name, copy_function=shutil.copyfile)
    for name in LOCKS:
        shutil.copyfile(settings.BASE_DIR / name, target / name)
    then = time.time() - days_ago * 86400
    for path in target.rglob("*"):
        os.utime(path, (then, then))
    return target


@pytest.fixture
def machines(tmp_path):
    return unpacked(tmp_path / "a", days_ago=1), unpacked(tmp_path / "b", days_ago=400)


def test_the_same_release_is_the_same_on_every_machine(machines):
    assert len({fingerprint(folder) for folder in machines}) == 1
    assert len(fingerprint(machines[0])) == 8


@pytest.mark.parametrize(
    "name",
    [
        "templates/base.html",
        "sessions/views/public/agenda.py",
        "summit/static/summit/css/tokens.css",
        "requirements.txt",
    ],
)
def test_another_content_of_the_same_length_is_another_release(machines, name):
    here, there = machines
    path = there / name
    text, stat = path.read_text(encoding="utf-8"), path.stat()
    path.write_text("~" + text[1:], encoding="utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert fingerprint(here) != fingerprint(there)


def test_a_file_that_is_called_otherwise_is_another_release(machines):
    here, there = machines
    (there / "templates/base.html").rename(there / "templates/base2.html")
    assert fingerprint(here) != fingerprint(there)


def test_etags_and_the_apps_worker_are_the_same_on_two_machines(summit, machines, settings):
    seen = []
    for folder in machines:
        settings.BASE_DIR = folder
        build.cache_clear()
        shelf.clear()
        page, worker = (Client().get(path) for path in ("/ko/ogp2021/agenda/", "/ogp2021/worker.js"))
        assert build() in page["ETag"]
        seen.append((page["ETag"], worker["ETag"], worker.content))
    build.cache_clear()
    assert seen[0] == seen[1]
