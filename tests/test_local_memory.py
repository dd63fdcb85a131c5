"""What a process remembers by itself decides nothing: another machine may know better.

Each use of the cache, and each thing a module keeps between requests, is here with the reason why a memory of one's own
is right, or only costs work. A new one is thought about once, by whoever adds it here.
"""

import re
from pathlib import Path

APPS = ("summit", "sessions", "speakers", "registration", "api")
CACHE = {
    "summit/ratelimit.py": "counts; without Redis each process allows as much again, which checks say (W003, W025)",
    "summit/accounts/password_guessing.py": "counts wrong passwords; without Redis each process allows as much again",
    "summit/operating/findings.py": "whether the cache keeps what is written to it",
    "summit/single_flight.py": "who draws; without Redis each process draws once",
    "summit/navigation.py": "numbers beside items, shown and at most ten seconds old",
    "sessions/reading/ical.py": "entries under keys of everything they are made of",
    "sessions/exports/bundle.py": "bytes under a key of summit, revision and build",
    "registration/registering/duplicates.py": "what was found of who may be the same, under a key of what it was found in",
    "registration/registering/openings.py": "how often the form was opened and begun, until it is added to the day",
    "sessions/views/public/data.py": "bytes under a key of summit, revision and build",
    "sessions/prints/kept.py": "whether the worker was asked; asked twice it draws once",
}
LOCK = "one at a time in this process, because a library or its memory wants it; the result is the same for two"
# Objects that modules keep, beside functions that remember what they made of their arguments.
KEPT = {
    "summit/kept_answers.py": {"shelf": "answers of a revision that is looked at once a second", "flights": "who waits for whom in this process"},
    "summit/public_pages.py": {"revisions": "read from the database once in 0.9 seconds"},
    "summit/cache.py": {"_breakers": "which server did not answer this process lately", "_making": LOCK},
    "summit/lib/pictures.py": {"_strict": LOCK},
    "summit/lib/logs.py": {"_plain": "a formatter without settings"},
    "summit/refusals.py": {"_counts": "refusals of a minute, handed to the database by the thread that alarms", "_lock": LOCK},
    "summit/leases/heartbeat.py": {"_hearts": "the worker that this process is"},
    "summit/operating/metrics.py": {"KNOWN": "what reads the database whenever it is asked"},
    "sessions/exports/bundle.py": {"_one_at_a_time": LOCK},
    "sessions/prints/drawing.py": {"_lock": LOCK},
    "registration/personal/presences.py": {"beats": "who was heard of in the last seconds, written to the database together"},
    "registration/papers/ticket_sheet.py": {"_lock": LOCK},
    "sessions/reading/search.py": {"indexes": "made of a summit's revision, which the request has read"},
    "speakers/reading/directory.py": {"_people": "made of a revision the request has read", "_hosts": "likewise"},
    "registration/views/blank_pages.py": {"_pages": "drawn at most two seconds ago, of a revision that is looked at once a second"},
    "registration/views/read_forms.py": {"_read": "read from the database less than a second ago, of a revision that is looked at once a second"},
    "registration/badges/pages.py": {"_sheets": "drawn backgrounds under all they are made of", "_lock": LOCK},
    "sessions/prints/tagging.py": {"_open": "the document that is being drawn"},
    "summit/middleware.py": {"NO_COOKIES": "empty, and nobody fills it"},
    "speakers/editing/portraits.py": {"WHOLE": "a constant"},
}  # fmt: skip
HOLDS = re.compile(
    r"^(\w+)(?:: [^=\n]+)? = (?:\{\}|\[\]|set\(\)|OrderedDict\(\)|(?:\w+\.)*[A-Z]\w+\(\))$", re.MULTILINE
)


def sources() -> dict[str, str]:
    paths = [
        path for app in APPS for path in Path(app).rglob("*.py") if not {"migrations", "templatetags"} & {*path.parts}
    ]
    return {str(path): path.read_text(encoding="utf-8") for path in paths}


def test_every_use_of_the_cache_is_one_that_may_forget():
    used = {path for path, text in sources().items() if re.search(r"from django\.core\.cache import", text)}
    assert used == set(CACHE)


def test_every_object_that_a_module_keeps_is_known():
    found = {path: set(HOLDS.findall(text)) for path, text in sources().items()}
    assert {path: names for path, names in found.items() if names} == {path: set(names) for path, names in KEPT.items()}


def test_what_functions_remember_never_comes_from_the_database():
    """Their modules ask it nothing within what is remembered."""
    wrong = {}
    for path, text in sources().items():
        for body in re.findall(
            r"^@(?:lru_cache\([^)]*\)|cache)\n(def .*?)(?=^\S)", text + "\nend", re.MULTILINE | re.DOTALL
        ):
            if re.search(r"\.objects\b|\.filter\(|\.first\(|_default_manager|\.values_list\(", body):
                wrong[path] = body.splitlines()[0]
    assert wrong == {}
