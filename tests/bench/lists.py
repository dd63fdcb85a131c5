"""The workspace's list of 1,400 sessions: a page, a search, sorting by a text, and the file of all of them; and of 10,000
registrations: a page, a search, a category for all, and the file in the background."""

import shutil
import sys
import time

from tests.bench import unit, world

__test__ = False
SESSIONS, PEOPLE, ROOMS, REGISTRATIONS = 1_400, 1_000, 92, 10_000
# Units: a page, one with words found, one from the server; asking for a file, and the files of sessions.
PAGE, FOUND, SERVED, ASKED, EXPORT = 150.0, 300.0, 300.0, 150.0, 1_500.0
QUERIES = 25
# Units of a change of all registrations at once, and of their file, which the worker makes.
CHANGE, FILE = 10_000.0, 5_000.0


def told(client, path: str, query: dict[str, str]) -> tuple[unit.Figure, int, int]:
    """The better of five answers, its queries and its bytes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path, query)
    queries = len(asked)
    assert answer.status_code == 200
    return unit.least(lambda: client.get(path, query)), queries, len(answer.content)


def judged(name: str, client, path: str, query: dict[str, str], most: float) -> bool:
    took, queries, size = told(client, path, query)
    return world.within(name, took, most, f"{queries} queries, {size // 1000} kB", also=queries <= QUERIES)


def pages(client, summit) -> list[bool]:
    path, results = f"/ko/{summit.code}/organiser/sessions/", []
    asked = {
        "a page": ({}, PAGE),
        "the last page, by title": ({"sort": "-title", "page": "28"}, PAGE),
        "by people, filtered": ({"sort": "-people", "track": "track-2"}, PAGE),
        "words found": ({"q": "연사 77"}, FOUND),
        "translations missing": ({"texts": "missing-en"}, FOUND),
    }
    for name, (query, most) in asked.items():
        results.append(judged(f"list of {SESSIONS} sessions, {name}", client, path, query, most))
    return results


def files(client, summit) -> list[bool]:
    """More than a thousand rows are a job of the worker's."""
    return [exported(client, summit, "sessions", form, SESSIONS, EXPORT) for form in ("csv", "xlsx")]


def exported(client, summit, listed: str, form: str, count: int, most: float) -> bool:
    from summit.lists import exporting
    from summit.models import ExportJob

    address = f"/ko/{summit.code}/organiser/lists/{listed}/exports/"
    asked, _answer = unit.once(lambda: client.post(address, {"format": form}))
    job = ExportJob.objects.latest("created_at")
    took, _made = unit.once(lambda: exporting.run(job))
    done = ExportJob.objects.get(pk=job.pk)
    extra = f"asking for it {asked} of {ASKED:g}, {done.file.size // 1000} kB"
    return world.within(
        f"{form.upper()} of {count} {listed}", took, most, extra, also=asked.units < ASKED and done.state == "done"
    )


def from_the_server(client, summit) -> list[bool]:
    """The first pages of both lists from a server of two processes."""
    cookie, results = f"sessionid={client.cookies['sessionid'].value}", []
    with world.server() as address:
        for listed in ("sessions", "registrations"):
            path = f"/ko/{summit.code}/organiser/{listed}/"
            for _process in range(6):
                world.fetch(address, path, cookie)
            took = unit.least(lambda path=path: world.fetch(address, path, cookie), 10, time.perf_counter)
            results.append(world.within(f"list of {listed} from the server", took, SERVED))
    return results


def registrations(client, summit) -> list[bool]:
    world.register(summit, REGISTRATIONS)
    path, results = f"/ko/{summit.code}/organiser/registrations/", []
    asked = {
        "a page": ({}, PAGE),
        "the last page, by name": ({"sort": "-name", "page": "200"}, PAGE),
        "words found": ({"q": "기관 777"}, FOUND),
        "not arrived": ({"state": "confirmed", "arrived": "no"}, PAGE),
    }
    for name, (query, most) in asked.items():
        results.append(judged(f"list of {REGISTRATIONS} registrations, {name}", client, path, query, most))
    press = summit.categories.get(code="press")
    sent = {"action": "category", "scope": "listed", "confirmed": "1", "number": REGISTRATIONS, "value": press.pk}
    took, answer = unit.once(lambda: client.post(f"/ko/{summit.code}/organiser/lists/registrations/act/", sent))
    assert answer.status_code == 302, answer.status_code
    done = not summit.registrations.active().exclude(category=press).exists()
    results.append(world.within(f"a category for {REGISTRATIONS} registrations", took, CHANGE, also=done))
    return [
        *results,
        *(exported(client, summit, "registrations", form, REGISTRATIONS, FILE) for form in ("csv", "xlsx")),
    ]


def main() -> int:
    folder = world.prepare()
    try:
        summit = world.big_summit("vast1400", SESSIONS, rooms=ROOMS, people=PEOPLE)
        client = world.organiser_of(summit)
        results = [*pages(client, summit), *files(client, summit), *registrations(client, summit)]
        return not all([*results, *from_the_server(client, summit)])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
