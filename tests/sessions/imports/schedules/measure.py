"""What each hostile file costs, in a process of its own: ``python -m tests.sessions.imports.schedules.measure``."""

import json
import os
import subprocess
import sys

from tests.sessions.imports.schedules.bombs import BOMBS
from tests.sessions.imports.schedules.costs import MEASURE

__test__ = False


def main() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "summit.settings"}
    for name, make, _words in BOMBS:
        content = make()
        answer = subprocess.run(
            [sys.executable, "-c", MEASURE, name], input=content, capture_output=True, check=True, env=environment
        )
        said, seconds, megabytes = json.loads(answer.stdout)
        print(
            f"{seconds:5.2f} s {megabytes:5.0f} MB of {len(content) / 1e6:5.1f} MB  {make.__name__}: {said}", flush=True
        )


if __name__ == "__main__":
    main()
