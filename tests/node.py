"""What one machine of an installation does, in a process of its own: ``python -m tests.node <step> [<JSON>]``.

Steps give each other JSON: ``prepare`` makes a summit, ``take`` what people send to a web server, ``work`` is the worker,
``give`` asks a web server for everything and tells what came, ``tidy`` is the housekeeping of a year later,
``cache`` tells how it is set up.
"""

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import Any

__test__ = False
BASE = "/en/ogp2021/organiser/"
EVENT = {
    "id": 1, "guid": "", "code": "ABC001", "title": "Opening", "start": "09:00", "duration": "01:00", "date": "2021-12-15T09:00:00+09:00",
    "room": "Hall", "persons": [], "links": [], "attachments": [], "abstract": "", "description": "", "type": "", "track": None,
    "language": "en",
}  # fmt: skip


def run(step: str, told: dict[str, Any] | None = None, **environment: str) -> dict[str, Any]:
    """A step on a machine whose settings are ``environment``, with nothing of this process's own."""
    usual = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    settings = {
        "DJANGO_SETTINGS_MODULE": "tests.node_settings",
        "SITE_URL": "http://localhost",
        "STAFF_TWO_FACTORS": "0",
    }
    if step == "prepare":
        from tests.databases import migrated_file  # a machine itself has no suite

        told = {"migrated": str(migrated_file())}
    command = [sys.executable, "-m", "tests.node", step, json.dumps(told or {})]
    done = subprocess.run(
        command, env={**usual, **settings, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _client() -> Any:
    from django.test import Client

    from summit.models import User

    client = Client(SERVER_NAME="localhost")
    user = User.objects.get(email="organiser@team.example")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def prepare(told: dict[str, Any]) -> dict[str, Any]:
    from django.core.mail import send_mail
    from django.core.management import call_command
    from django.db import connection

    from tests import factories as make

    with closing(sqlite3.connect(told["migrated"])) as kept:
        # Into a file that the product made: whom it lets read it is looked at.
        connection.ensure_connection()
        kept.backup(connection.connection)
    call_command("migrate", verbosity=0)
    summit = make.make_summit()
    organiser = make.make_user("organiser@team.example", language="en")
    speaker = make.make_speaker(summit, code="PARK01", user=organiser)
    for number in range(9):
        make.make_session(summit, f"DIG{number:03}", people=[speaker], room=make.make_room(summit, f"room-{number}"))
    # Log-ins are made while nobody else works on the summit.
    call_command("stage_summit", summit="ogp2021", stage="open", stdout=io.StringIO())
    summit.memberships.create(user=organiser, role="organiser")
    make.make_registration(summit, email="hong@people.example")
    send_mail("A code", "1234", None, ["hong@people.example"])
    return {}


def take(_told: dict[str, Any]) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    from sessions.prints import kept
    from sessions.prints.orders import Order
    from summit.models import Summit

    client, picture = _client(), io.BytesIO()
    Image.new("RGB", (400, 400), (1, 2, 3)).save(picture, "JPEG")
    days = [{"index": 1, "date": "2021-12-15", "rooms": {"Hall": [EVENT]}}]
    conference = {"acronym": "ogp2021", "title": "OGP", "days": days, "time_zone_name": "Asia/Seoul"}
    schedule = json.dumps({"schedule": {"version": "1", "conference": conference}}).encode()
    sent = {
        "import": (f"{BASE}imports/agenda/", {"file": SimpleUploadedFile("schedule.json", schedule), "language": ""}),
        "badges": (f"{BASE}badges/new/", {"layout": "A6", "scope": "listed"}),
        "export": (f"{BASE}lists/registrations/exports/", {"format": "csv"}),
        "portrait": (
            "/en/ogp2021/my-profile/PARK01/portrait/",
            {"portrait": SimpleUploadedFile("me.jpg", picture.getvalue()), "near": 100, "across": 50, "down": 50},
        ),
    }
    answers = {name: client.post(path, values) for name, (path, values) in sent.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(sent, 302), answers
    assert kept.ask(Summit.objects.get(), Order("booklet", ("en",), "A5"))
    return {name: answer["Location"] for name, answer in answers.items()}


def work(_told: dict[str, Any]) -> dict[str, Any]:
    from django.core.management import call_command
    from django_tasks_db.models import DBTaskResult

    call_command("worker", batch=True, interval=0, verbosity=0)
    return {"failed": [task.traceback for task in DBTaskResult.objects.failed()]}


def give(told: dict[str, Any]) -> dict[str, Any]:
    from speakers.models import Speaker

    client, portrait = _client(), Speaker.objects.get(code="PARK01").portrait
    paths = {
        "import": told["import"],
        "badges": f"{told['badges']}file/",
        "export": f"{told['export']}file/",
        "portrait": portrait.url,
        "small": portrait.url.replace(".webp", "-160.webp"),
        "booklet": "/en/ogp2021/agenda/booklet.pdf",
        "gone": "/media/portraits/0123456789-01234567.webp",
    }
    return {name: _told(client.get(path)) for name, path in paths.items()}


def tidy(_told: dict[str, Any]) -> dict[str, Any]:
    """As it is after a year."""
    from datetime import timedelta

    from django.core.management import call_command
    from django.utils import timezone

    from registration.models import BadgeJob
    from sessions.models import ImportJob
    from summit.models import ExportJob

    long_ago = timezone.now() - timedelta(days=365)
    for model in (BadgeJob, ExportJob, ImportJob):
        model.objects.update(created_at=long_ago, finished_at=long_ago)
    call_command("tidy", stdout=io.StringIO())
    return {}


def cache(_told: dict[str, Any]) -> dict[str, Any]:
    from django.core.cache import caches

    found = caches["default"]
    return {"key": found.make_key("a"), "patience": found.breaker.patience}


def _told(answer: Any) -> dict[str, Any]:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    found = {"status": answer.status_code, "headers": dict(answer.headers), "begins": content[:8].decode("latin-1")}
    return {**found, "text": content.decode("utf-8", "replace")[:20_000], "sha256": hashlib.sha256(content).hexdigest()}


if __name__ == "__main__":
    import django

    django.setup()
    step, values = sys.argv[1], json.loads(sys.argv[2])
    steps = {"prepare": prepare, "take": take, "work": work, "give": give, "tidy": tidy, "cache": cache}
    print(json.dumps(steps[step](values)))
