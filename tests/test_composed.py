"""compose.yaml carried out: every service is started with its own command, settings and checks, as a process of this
machine, with a real PostgreSQL, Redis, Caddy and server of S3."""

import contextlib
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests import s3_server
from tests.bench.world import free_port
from tests.compose import ROOT, Composed, Missing, interpolated
from tests.databases import fill
from tests.drill.stack import scratch
from tests.processes import running
from tests.waiting import wait_for

INITDB = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
CADDY = shutil.which("caddy", path=str(Path(sys.executable).parent))
WITHOUT = [name for name in ("redis-server", "redis-cli", "wget") if shutil.which(name) is None]
WITHOUT += [name for name, found in (("PostgreSQL", INITDB), ("Caddy", CADDY)) if not found]
SECRETS = {"SECRET_KEY": "s3cret" * 12, "TICKET_SIGNING_KEY": "t1cket" * 12, "POSTGRES_PASSWORD": "ofTheDatabase1",
           "REDIS_PASSWORD": "ofTheCache2"}  # fmt: skip
NEEDED = {"SITE_URL", *SECRETS}


def test_variables_are_read_as_compose_reads_them():
    given = {"A": "a", "EMPTY": ""}
    assert interpolated("${A} ${B} ${B:-b} ${EMPTY:-c} ${A:-b} $$A $${A}", given) == "a  b c a $A ${A}"
    assert interpolated("${B:-x${A:?never}y}", given) == "xay"
    assert interpolated("${A:-${B:?never asked}}", given) == "a"
    with pytest.raises(Missing, match="B: say it"):
        interpolated("${A}${EMPTY:-${B:?say it}}", given)


@pytest.mark.parametrize("name", sorted(NEEDED - {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}))
def test_compose_says_which_of_its_variables_is_missing(name):
    complete = {"SITE_URL": "https://summit.example", **SECRETS}
    Composed(complete)
    with pytest.raises(Missing, match=name):
        Composed({key: value for key, value in complete.items() if key != name})


@pytest.mark.parametrize(("name", "service"), [("POSTGRES_PASSWORD", "database"), ("REDIS_PASSWORD", "cache")])
def test_database_and_cache_have_passwords_also_where_others_are_used_instead(name, service):
    complete = {
        "SITE_URL": "https://summit.example",
        "DATABASE_URL": "postgres://a/b",
        "REDIS_URL": "redis://c",
        **SECRETS,
    }
    assert Composed(complete).environment("web")["DATABASE_URL"] == "postgres://a/b"
    with pytest.raises(Missing, match=name):
        Composed({key: value for key, value in complete.items() if key != name})


def test_an_object_storage_is_there_only_where_it_is_asked_for():
    given = {"SITE_URL": "https://summit.example", **SECRETS}
    assert "storage" not in Composed(given).services
    keys = {
        "S3_ACCESS_KEY": "key",
        "S3_SECRET_KEY": "secret",
        "S3_PUBLIC_BUCKET": "open",
        "S3_PRIVATE_BUCKET": "closed",
    }
    composed = Composed({**given, "COMPOSE_PROFILES": "storage", "S3_ENDPOINT": "http://storage:8333", **keys})
    order = composed.order()
    assert order.index("storage") < order.index("prepare") < order.index("web")
    # Everybody who works with files has the same keys as the storage.
    assert {composed.environment(name)["S3_SECRET_KEY"] for name in ("prepare", "web", "worker", "storage")} == {
        "secret"
    }
    [identity] = json.loads(composed.file["configs"]["s3"]["content"])["identities"]
    assert identity["credentials"] == [{"accessKey": "key", "secretKey": "secret"}]
    assert identity["actions"] == ["Admin:open", "Admin:closed"]


def test_only_our_own_processes_reach_what_holds_data():
    services = Composed({"SITE_URL": "https://summit.example", "COMPOSE_PROFILES": "storage", **SECRETS}).services
    holds = {"database", "cache", "storage"}
    assert {name for name, service in services.items() if service["networks"] == ["back"]} == holds
    assert services["proxy"]["networks"] == ["front"]
    assert not any("ports" in services[name] for name in holds)


class Started:
    """The services as processes; ``ports`` by what they are for."""

    def __init__(self, folder: Path, image: Path, stack: ExitStack, *, with_storage: bool) -> None:
        self.folder, self.image, self.stack = folder, image, stack
        self.ports = {name: free_port() for name in ("web", "probes", "database", "cache", "storage", "http", "https")}
        self.site = f"https://localhost:{self.ports['https']}"
        env = {"SITE_URL": self.site, "MAIL_URL": f"file://{folder}/var/mail", "WEB_WORKERS": "1", **SECRETS}
        if with_storage:
            env |= {"COMPOSE_PROFILES": "storage", "S3_ENDPOINT": "http://storage:8333", "S3_PUBLIC_BUCKET": "summit-open",
                    "S3_PRIVATE_BUCKET": "summit-closed", "S3_ACCESS_KEY": "access", "S3_SECRET_KEY": "secret"}  # fmt: skip
        self.composed = Composed(env, self._here())

    def _here(self) -> list[tuple[str, str]]:
        """Names of hosts, paths and ports in containers, and what they are on this machine."""
        ports = self.ports
        return [
            (r"^/srv/summit/var", f"{self.folder}/var"),
            (r"@database/", f"@127.0.0.1:{ports['database']}/"),
            (r"@cache$", f"@127.0.0.1:{ports['cache']}"),
            (r"^http://storage:8333", f"http://127.0.0.1:{ports['storage']}"),
            (r"^web:8000$", f"127.0.0.1:{ports['web']}"),
            (r"^http://127\.0\.0\.1/", f"http://127.0.0.1:{ports['http']}/"),
            (r"127\.0\.0\.1:8000/", f"127.0.0.1:{ports['web']}/"),
            (r"127\.0\.0\.1:9000/", f"127.0.0.1:{ports['probes']}/"),
            (r"^8000$", str(ports["web"])),
            (r"^9000$", str(ports["probes"])),
            (r"\bpython\b", sys.executable),
            (r"^http://127\.0\.0\.1:8333/status", f"http://127.0.0.1:{ports['storage']}/"),
            (r"redis-server -", f"redis-server - --port {ports['cache']} --bind 127.0.0.1"),
            (r"-s3\.port=8333", f"-s3.port={ports['storage']}"),
        ]

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def told(self, name: str) -> str:
        return self.log(name).read_text(encoding="utf-8", errors="replace")[-3000:]

    def run(self, name: str) -> None:
        """Start a service; it is there when its own check says so."""
        command, env = self.composed.command(name), self.composed.environment(name)
        if name == "database":
            command = self._database(env)
        elif name == "proxy":
            command = [str(CADDY), "run", "--config", str(ROOT / "deploy/Caddyfile"), "--adapter", "caddyfile"]
            env |= {"HTTP_PORT": str(self.ports["http"]), "HTTPS_PORT": str(self.ports["https"]), "HOME": str(self.folder),
                    "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}  # fmt: skip
        elif name == "storage":
            # Another server of S3 than in the container: this one is a package.
            command = s3_server.command(self.ports["storage"])
        self.stack.enter_context(running(command, env, self.log(name)))
        if "healthcheck" in self.composed.services[name]:
            assert wait_for(lambda: self.is_healthy(name), 120), self.told(name)

    def is_healthy(self, name: str) -> bool:
        env = self.composed.environment(name) | {"PGPORT": str(self.ports["database"])}
        check = self.composed.check(name)
        if check[0] == "redis-cli":
            check[1:1] = ["-p", str(self.ports["cache"])]
        return subprocess.run(check, env=env, capture_output=True, check=False).returncode == 0

    def _database(self, env: dict[str, str]) -> list[str]:
        """What the image does with an empty volume: a superuser with this password, our file, then the server."""
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        data, port = self.folder / "postgresql", str(self.ports["database"])
        data.mkdir()
        (self.folder / "password").write_text(env["POSTGRES_PASSWORD"])
        if as_user:
            shutil.chown(data, "postgres")
        program = {name: str(INITDB[-1].with_name(name)) for name in ("initdb", "pg_ctl", "postgres")}
        subprocess.run([*as_user, program["initdb"], "-D", data, "-U", "postgres", "--auth-local=trust",
                        "--auth-host=scram-sha-256", f"--pwfile={self.folder / 'password'}"], check=True, capture_output=True)  # fmt: skip
        alone = f"-p {port} -k {data} -c listen_addresses="
        subprocess.run([*as_user, program["pg_ctl"], "-D", data, "-o", alone, "-w", "-l", f"{data}/log", "start"], check=True,
                       capture_output=True)  # fmt: skip
        # The socket is there, the address is not: nobody takes it for ready.
        assert not self.is_healthy("database")
        [ours] = [each.split(":")[0] for each in self.composed.services["database"]["volumes"] if "initdb.d" in each]
        init = {**env, "PGHOST": str(data), "PGPORT": port}
        subprocess.run(["bash", "-e", ROOT / ours], env=init, check=True, capture_output=True)
        subprocess.run([*as_user, program["pg_ctl"], "-D", data, "-w", "stop"], check=True, capture_output=True)
        return [
            *as_user,
            program["postgres"],
            "-D",
            str(data),
            "-p",
            port,
            "-k",
            str(data),
            "-c",
            "listen_addresses=127.0.0.1",
        ]

    def prepare(self) -> str:
        """Runs to its end, which the others wait for."""
        env = self.composed.environment("prepare")
        if "storage" in self.composed.services:
            # Files in volumes are where a database without any table is migrated.
            fill(env["DATABASE_URL"], partial(manage, env, "migrate", "-v0"))
        shutil.copytree(self.image, self.folder / "var/static")
        done = subprocess.run(
            self.composed.command("prepare"), cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, url: str) -> tuple[int, str]:
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        with urllib.request.urlopen(url, timeout=30, context=trust) as answer:
            return answer.status, answer.read().decode()


def manage(env: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The static files that the image brings, gathered once as they are when it is built."""
    folder = tmp_path_factory.mktemp("image")
    env = Composed({"SITE_URL": "https://summit.example", **SECRETS}, [(r"^/srv/summit/var", str(folder))])
    manage(env.environment("prepare"), "collectstatic", "--noinput", "-v0")
    return folder / "static"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(False, id="files in volumes"),
        pytest.param(True, id="files in buckets"),
    ],
)
def started(request, image):
    if WITHOUT:
        pytest.skip(f"needs {', '.join(WITHOUT)}")
    folder = scratch()
    (folder / "var").mkdir()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        found = Started(folder, image, stack, with_storage=request.param)
        found.said = ""
        for name in found.composed.order():
            if name == "prepare":
                found.said = found.prepare()
            else:
                found.run(name)
        yield found


def test_people_reach_the_site_through_the_proxy_and_all_is_ready(started):
    status, page = started.get(f"{started.site}/en/")
    assert status == 200 and "<html" in page
    assert wait_for(lambda: started.get(f"http://127.0.0.1:{started.ports['probes']}/readyz?strict")[0] == 200)
    assert all(
        started.is_healthy(name) for name, service in started.composed.services.items() if "healthcheck" in service
    )
    assert re.search(r"Installation key: \S{12,}", started.said)
    assert ("Made the bucket summit-open." in started.said) == ("storage" in started.composed.services)


def test_the_database_lets_our_user_have_its_own_database_alone(started):
    address = started.composed.environment("web")["DATABASE_URL"]
    with psycopg.connect(address) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False,) * 5
    for hostile in ("CREATE ROLE another", "CREATE DATABASE another", "COPY (SELECT 1) TO PROGRAM 'true'"):
        with (
            psycopg.connect(address, autocommit=True) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(hostile)
    others = [address.replace("/summit", "/postgres"), address.replace(SECRETS["POSTGRES_PASSWORD"], "wrong"),
              address.replace("summit:", "postgres:"), address.replace(f"{SECRETS['POSTGRES_PASSWORD']}@", "@")]  # fmt: skip
    for each in others:
        assert each != address
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(each)


def test_the_cache_asks_for_its_password_and_takes_no_orders(started):
    port = started.ports["cache"]
    for password in (None, "wrong"):
        with Redis(port=port, password=password) as client, pytest.raises(RedisError):
            client.get("a")
    with Redis(port=port, password=SECRETS["REDIS_PASSWORD"]) as client:
        assert client.set("a", 1) and client.incr("a") == 2
        for order in (("FLUSHALL",), ("CONFIG", "SET", "dir", "/tmp"), ("SHUTDOWN",), ("MONITOR",), ("KEYS", "*"),
                      ("EVAL", "return 1", "0"), ("REPLICAOF", "127.0.0.1", "1"), ("ACL", "SETUSER", "another")):  # fmt: skip
            with pytest.raises(RedisError, match="no permissions"):
                client.execute_command(*order)
    # The password stands in no list of processes.
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            assert SECRETS["REDIS_PASSWORD"].encode() not in process.read_bytes()


def test_what_the_site_counts_is_counted_in_redis(started):
    """Signing in counts; a cache of its own for each process would leave Redis empty."""
    with Redis(port=started.ports["cache"], password=SECRETS["REDIS_PASSWORD"]) as client:
        started.get(f"http://127.0.0.1:{started.ports['probes']}/readyz")
        for _time in range(3):
            with contextlib.suppress(urllib.error.HTTPError):
                started.get(f"{started.site}/api/v1/nothing/")
        assert wait_for(lambda: list(client.scan_iter()), 30)
