"""For real: what is long is done on SQLite while people register, sign in and read; nobody meets an error."""

import os
import shutil
import subprocess
import sys

import pytest
from django.db import connection

from tests.databases import Databases


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one writer at a time is SQLite's")
def test_people_come_while_long_work_is_done(tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        shutil.copy(Databases().migrated(), tmp_path / "summit.sqlite3")
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/summit.sqlite3", "DJANGO_SETTINGS_MODULE": "tests.process_settings"}  # fmt: skip
    command = [sys.executable, "-m", "tests.drill.busy", "500", "8"]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert done.stdout.startswith("PASS  500 rows"), done.stdout
