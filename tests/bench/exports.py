"""Everybody registered as a file, of 1,000, 10,000 and 100,000 people: the time it takes, and memory that does not grow with
them. Each file is made in a process of its own, as the worker makes it."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import unit, world

__test__ = False
SIZES = (1_000, 10_000, 100_000)
# Units a thousand people (and FIRST for the first of them), and megabytes that the most may take more than the fewest.
# Of the memory a part is the file of SQLite, which it maps (mmap_size).
TIME, FIRST, MORE = {"csv": 200.0, "xlsx": 400.0}, 500.0, 130


def register(summit, number: int) -> None:
    from registration.models import Registration
    from tests import factories as make

    categories = [make.make_category(summit, code) for code in ("delegate", "press")]
    for first in range(0, number, 10_000):
        Registration.objects.bulk_create(
            [
                Registration(
                    summit=summit, reference=f"{n // 1000:04}-{n % 1000:04}", category=categories[n % 2], state="confirmed", name=f"사람 {n}", country="KR",
                    name_romanised=f"Person Number {n}", job_title="사무총장", dietary_needs="채식" if n % 9 == 0 else "",
                    attendance=("in_person", "online")[n % 2], email=f"p{n}@people.example", organisation=f"기관 {n % 300}",
                )
                for n in range(first, min(first + 10_000, number))
            ],
            batch_size=1000,
        )  # fmt: skip


def most_memory() -> int:
    """Megabytes this process has held at most (Linux). What ``getrusage`` says is handed down from the parent."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def make_file(code: str, form: str) -> int:
    """In a process of its own: prints seconds, those of a unit, megabytes at most, and bytes of the file."""
    import django

    django.setup()
    from registration.lists import registrations
    from registration.registering import people_sheet
    from summit.lists import exporting
    from summit.models import Summit

    summit = Summit.objects.get(code=code)
    people = registrations.rows(summit).order_by("-created_at", "-pk")
    with tempfile.TemporaryFile() as out:
        took, _made = unit.once(lambda: exporting.write(out, people_sheet.table(summit, people), summit, form))
        print(took.seconds, took.unit, most_memory(), out.tell())
    return 0


def measure(code: str, form: str) -> tuple[unit.Figure, int, int]:
    command = [sys.executable, "-m", "tests.bench.exports", code, form]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-4:]
    return unit.Figure(float(told[0]), float(told[1])), int(told[2]), int(told[3])


def main(code: str = "", form: str = "") -> int:
    if code:
        return make_file(code, form)
    folder = world.prepare()
    try:
        from tests import factories as make

        results, least = [], {}
        for number in SIZES:
            summit = make.make_summit(f"people{number}")
            register(summit, number)
            for each, most in TIME.items():
                took, memory, size = measure(summit.code, each)
                least.setdefault(each, memory)
                told = f"{memory} MB (at most {least[each] + MORE}), {size // 1000} kB"
                flat, budget = memory <= least[each] + MORE, FIRST + most * number / 1000
                name = f"{each.upper()} of {number} registrations"
                results.append(world.within(name, took, budget, told, also=flat))
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
