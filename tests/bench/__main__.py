"""``make bench``: every promise of speed, told in units of work of the same run. ``ARGS="agenda"`` runs one.

Those that ask the database much run twice: on SQLite, and with PostgreSQL and Redis as in production.
"""

import importlib
import os
import subprocess
import sys

from tests.bench import world

BENCHES = (
    "agenda",
    "large",
    "calendars",
    "badges",
    "lists",
    "editor",
    "publishing",
    "workspace",
    "registrations",
    "rush",
    "process",
    "stampede",
    "people",
    "exports",
    "imports",
    "mixed",
    "sizing",
    "live",
)
# What of each runs with PostgreSQL and Redis as well.
IN_PRODUCTION = {"large": ["search"], "calendars": [], "lists": [], "registrations": [], "mixed": [], "live": ["heard"]}


def run(name: str) -> bool:
    """In a process of its own, with a scratch installation of its own; once more as in production where that tells more."""
    print(f"\n{name}", flush=True)
    good = subprocess.run([sys.executable, "-m", "tests.bench", "--one", name], check=False).returncode == 0
    if name not in IN_PRODUCTION:
        return good
    print(f"{name}, with PostgreSQL and Redis", flush=True)
    with world.as_in_production() as environment:
        command = [sys.executable, "-m", "tests.bench", "--one", name, *IN_PRODUCTION[name]]
        return subprocess.run(command, check=False, env=environment).returncode == 0 and good


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")
    if sys.argv[1:2] == ["--one"]:
        return bool(importlib.import_module(f"tests.bench.{sys.argv[2]}").main(*sys.argv[3:]))
    wanted = sys.argv[1:] or BENCHES
    if unknown := set(wanted) - set(BENCHES):
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. There are {', '.join(BENCHES)}.")
    failed = [name for name in wanted if not run(name)]
    print(f"\n{len(wanted) - len(failed)} passed, {len(failed)} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
