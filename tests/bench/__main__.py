"""``make bench``: every performance promise, each as a ratio or a budget of one run. ``ARGS="agenda"`` runs one."""

import importlib
import os
import subprocess
import sys

BENCHES = ("agenda", "large", "calendars", "badges", "lists", "editor", "publishing", "imports")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")
    wanted = sys.argv[1:] or BENCHES
    if unknown := set(wanted) - set(BENCHES):
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. There are {', '.join(BENCHES)}.")
    if len(wanted) == 1:
        return bool(importlib.import_module(f"tests.bench.{wanted[0]}").main())
    # Each in a process of its own, with a scratch installation of its own.
    failed = [
        name for name in wanted if subprocess.run([sys.executable, "-m", "tests.bench", name], check=False).returncode
    ]
    print(f"\n{len(wanted) - len(failed)} passed, {len(failed)} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
