"""One command to a running summit: migrate, seed an empty database, gather static files, run the Procfile."""

import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from summit.accounts import demonstration

SUPERVISOR = "summit.operating.supervisor"
PORTS = 65_536


def static_files_are_stale() -> bool:
    """Whether a static file is newer than what was gathered; gathering compresses, which takes seconds."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    gathered = manifest.stat().st_mtime
    return any(
        Path(storage.path(name)).stat().st_mtime > gathered
        for finder in get_finders()
        for name, storage in finder.list([])
    )


class Command(BaseCommand):
    help = "Prepare the database and static files, then run the Procfile (web server, worker, probes) until Ctrl-C."
    # What can be wrong with a machine; `migrate` and `check` look at everything else.
    requires_system_checks = ("summit",)

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--stage", default="open")
        parser.add_argument("--empty", action="store_true", help="seed nothing: for a real installation")

    def handle(self, **options: Any) -> None:
        host, port = self.place()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        if not options["empty"]:
            call_command("seed", stage=options["stage"], if_empty=True, verbosity=0)
            # The demonstration's log-ins have no second factor; an installation that wants one says so. Where anybody else
            # works, it is asked for.
            if demonstration.is_all_there_is() and not os.environ.get("STAFF_TWO_FACTORS"):
                os.environ["STAFF_TWO_FACTORS"] = "0"
        # Figures of processes that are gone.
        shutil.rmtree(settings.METRICS_ROOT, ignore_errors=True)
        if static_files_are_stale():
            self.stdout.write("  Gathering static files ...")
            self.stdout.flush()
            call_command("collectstatic", interactive=False, verbosity=0)
        self.tell()
        if options["empty"]:
            call_command("installation_key", stdout=self.stdout)
            self.stdout.flush()
        # Addresses in what the worker writes are those of the web server.
        os.environ.update(SITE_URL=settings.SITE_URL, HOST=host, PORT=str(port))
        os.environ.setdefault("PROBE_PORT", str(port + 1000 if port < PORTS - 1000 else port - 1000))
        # The process becomes the supervisor: one Ctrl-C reaches it, and it stops all of them. The settings have read
        # .env already, and what they took from it is in the environment.
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", SUPERVISOR])  # noqa: S606  our own program, no shell

    def place(self) -> tuple[str, int]:
        """Where to listen; refused with a sentence where that cannot be."""
        host, wanted = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
        if not wanted.isdecimal() or not 0 < int(wanted) < PORTS:
            raise CommandError(f"PORT={wanted!r}: write a number from 1 to 65535")
        port = int(wanted)
        try:
            family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Try another: make run PORT={port + 1}"
            ) from error
        return host, port

    def tell(self) -> None:
        """The address and the demonstration's log-ins."""
        self.stdout.write(f"\n  Summit is at {settings.SITE_URL}\n")
        log_ins = settings.VAR / "demo-log-ins.txt"
        if log_ins.exists():
            self.stdout.write("  Demonstration log-ins (organiser, desk, speaker):\n")
            for line in log_ins.read_text(encoding="utf-8").splitlines():
                self.stdout.write(f"    {line}")
        mailer: dict[str, Any] = settings.MAILERS["default"]
        if mailer["BACKEND"].endswith("EmlBackend"):
            self.stdout.write(f"\n  Mail is written to {os.path.relpath(str(mailer['OPTIONS']['folder']))}\n")
        self.stdout.write("  Ctrl-C stops it.\n")
        self.stdout.flush()
