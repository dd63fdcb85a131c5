"""A database and a Redis that speak TLS alone: the addresses in the settings say whom we believe."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches

from summit import cache as product
from tests.authority import Authority
from tests.bench.world import free_port
from tests.drill.stack import Database, scratch
from tests.processes import running
from tests.waiting import wait_for

ASKS = """
import subprocess
import django; django.setup()
from django.db import connection
from summit.operating.dumps import client, environment
ask = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
with connection.cursor() as cursor:
    cursor.execute(ask)
    print(*cursor.fetchone())
psql = [client("psql", 1), "-Atc", ask]
print(subprocess.run(psql, env=environment(), capture_output=True, text=True, check=True).stdout)
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority, a folder with a certificate of localhost's, and another authority that nobody was certified by."""
    folder = tmp_path_factory.mktemp("tls")
    found = Authority()
    found.give(folder, "localhost")
    (folder / "root.pem").write_bytes(found.root_pem)
    (folder / "other.pem").write_bytes(Authority().root_pem)
    return folder


@pytest.fixture(scope="module")
def database(authority):
    if not (list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb")):
        pytest.skip("needs PostgreSQL")
    folder = scratch()
    piece = Database(folder)
    for name in ("fullchain.pem", "privkey.pem"):
        shutil.copy2(authority / name, piece.data / name)
        if piece.user:
            shutil.chown(piece.data / name, "postgres")
    (piece.data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 trust\n")
    piece.command += ["-c", "ssl=on", "-c", "ssl_cert_file=fullchain.pem", "-c", "ssl_key_file=privkey.pem"]
    piece.start(folder / "log")
    try:
        yield piece
    finally:
        piece.end()
        shutil.rmtree(folder, ignore_errors=True)


def asked(database, **parameters):
    """(exit code, what came) of a process with this address in its settings."""
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    url = f"postgres://postgres@localhost:{database.port}/postgres?{query}"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "summit.settings", "DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-c", ASKS], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True,
                          check=False)  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_database_is_known_by_its_certificate_and_so_it_is_to_backups(database, authority):
    wanted = {"sslmode": "verify-full", "sslrootcert": authority / "root.pem"}
    assert wait_for(lambda: "starting up" not in asked(database, **wanted)[1] and asked(database, **wanted)[0] == 0)
    code, told = asked(database, **wanted)
    # Ours and that of PostgreSQL's own programs.
    assert (code, told.split()) == (0, ["TLSv1.3", "TLSv1.3"])
    code, told = asked(database, **{**wanted, "sslrootcert": authority / "other.pem"})
    assert code != 0 and "certificate verify failed" in told
    code, told = asked(database, sslmode="disable")
    assert code != 0 and "no encryption" in told


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server")
def test_redis_is_known_by_its_certificate_and_knows_us_by_a_password(authority, settings, monkeypatch, tmp_path):
    port = free_port()
    command = ["redis-server", "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--save", "", "--requirepass", "secret",
               "--tls-cert-file", str(authority / "fullchain.pem"), "--tls-key-file", str(authority / "privkey.pem"),
               "--tls-auth-clients", "no"]  # fmt: skip

    def works(address):
        monkeypatch.setattr(product, "_breakers", {})
        backend = {"BACKEND": "summit.cache.ForgivingRedisCache", "LOCATION": address, "OPTIONS": {"patience": 5}}
        settings.CACHES = {"default": backend}
        cache = caches["default"]
        cache.set("a", ["kept"], 60)
        return cache.get("a") == ["kept"] and not cache.is_away

    with running(command, dict(os.environ), tmp_path / "log"):
        known = f"rediss://:secret@localhost:{port}/0?ssl_ca_certs={authority}"
        assert wait_for(lambda: works(f"{known}/root.pem"), 30), (tmp_path / "log").read_text()
        assert not works(f"{known}/other.pem")
        assert not works(f"rediss://:wrong@localhost:{port}/0?ssl_ca_certs={authority}/root.pem")
        assert not works(f"redis://:secret@localhost:{port}/0")
