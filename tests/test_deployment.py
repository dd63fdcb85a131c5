"""What is deployed is what the code reads: Procfile, compose.yaml, .env.example, the proxies and the units of systemd."""

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.urls import get_resolver

from summit.lib.body_limits import TEXTS, largest_body
from summit.operating import supervisor
from tests.summit.test_bodies import somewhere
from tests.test_documentation import read, variables
from tests.test_matrix import patterns
from tests.test_proxies import NGINX, command_of

ROOT = Path(settings.BASE_DIR)
COMPOSE = yaml.safe_load(read("compose.yaml"))
SERVICES = COMPOSE["services"]
OURS = {"prepare", "web", "worker", "probes"}
# NAME, NAME:-default, NAME:?message; a default may hold another one.
USED = re.compile(r"\$\{(\w+)")
OFFERED = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", read(".env.example"), re.MULTILINE))
# Set by compose.yaml or read by the proxy in it, and by nothing else.
OF_COMPOSE = {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}


def test_the_compose_file_follows_the_specification():
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_compose_brings_everything():
    assert set(SERVICES) == {"proxy", "web", "worker", "probes", "prepare", "database", "cache", "storage"}
    for name, service in SERVICES.items():
        assert service["restart"] == ("on-failure" if name == "prepare" else "unless-stopped"), name
        if name not in {"prepare", "worker"}:
            assert service["healthcheck"]["test"], name
    # To the world only the proxy is open.
    ports = {name: service.get("ports", []) for name, service in SERVICES.items()}
    assert [name for name, given in ports.items() if any(not port.startswith("127.0.0.1:") for port in given)] == [
        "proxy"
    ]
    named = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert {volume for volume in named if not volume.startswith(".")} == set(COMPOSE["volumes"])


def test_compose_hands_on_all_that_the_settings_read():
    """By the one .env, which .env.example lists; what stands in compose.yaml itself is read, too."""
    assert variables() <= set(OFFERED)
    for name in OURS:
        assert SERVICES[name]["env_file"] == [{"path": ".env", "required": False}], name
        assert set(SERVICES[name]["environment"]) <= variables(), name
    assert set(USED.findall(read("compose.yaml"))) <= set(OFFERED)


def test_the_example_offers_what_is_read_and_nothing_else():
    # Of `start`, and of Compose itself.
    of_others = {"PORT", "HOST", "COMPOSE_PROFILES"}
    assert set(OFFERED) - variables() - OF_COMPOSE - of_others == set()
    assert {name for name in OF_COMPOSE if name not in USED.findall(read("compose.yaml"))} == set()


def test_defaults_of_the_procfile_are_those_of_the_example():
    found = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", read("Procfile")))
    # Whoever runs the Procfile without `start` wants to be reached from elsewhere.
    assert found.pop("HOST") == "0.0.0.0"
    assert {name: OFFERED[name] for name in found} == found
    assert int(found["WEB_THREADS"]) == settings.WEB_THREADS


def test_compose_runs_lines_of_the_procfile():
    lines = supervisor.commands(read("Procfile"))
    for name in lines:
        assert SERVICES[name]["command"] == f"python -m summit.operating.supervisor {name}"
    assert json.loads(re.search(r"^CMD (\[.*\])$", read("Dockerfile"), re.MULTILINE)[1])[-1] in lines


def test_behind_the_proxy_of_compose_https_is_known_and_nobody_is_sent_round_in_circles():
    for name in OURS:
        told = SERVICES[name]["environment"]
        assert (told["BEHIND_PROXY"], told["TRUSTED_PROXIES"]) == ("1", "1")
        assert "SECURE_SSL_REDIRECT" not in told
    port = SERVICES["web"]["environment"]["PORT"]
    assert SERVICES["proxy"]["environment"]["WEB_ADDRESS"] == f"web:{port}"
    assert f"127.0.0.1:{port}/healthz" in SERVICES["web"]["healthcheck"]["test"][-1]
    assert f":{SERVICES['probes']['environment']['PROBE_PORT']}/readyz" in SERVICES["probes"]["healthcheck"]["test"][-1]


def test_whoever_is_stopped_has_time_for_what_is_under_way():
    assert all(int(SERVICES[name]["stop_grace_period"].rstrip("s")) > supervisor.GRACE for name in OURS)
    for unit in units().values():
        assert int(unit["Service"]["TimeoutStopSec"]) > supervisor.GRACE
    # The web server ends what does not end by itself before the supervisor does.
    assert max(map(int, re.findall(r"--workers-kill-timeout (\d+)", read("Procfile")))) < supervisor.GRACE


def units():
    found = {}
    for path in sorted((ROOT / "deploy/systemd").glob("*.service")):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str
        unit.read(path)
        found[path.stem] = unit
    return found


def test_every_line_of_the_procfile_is_a_unit_that_comes_back():
    assert {f"summit-{name}" for name in supervisor.commands(read("Procfile"))} == set(units())
    for name, unit in units().items():
        service = unit["Service"]
        assert (service["Restart"], unit["Unit"]["StartLimitIntervalSec"]) == ("always", "0")
        assert service["ExecStart"].endswith(f"-m summit.operating.supervisor {name.removeprefix('summit-')}")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_reads_its_units():
    paths = sorted(map(str, (ROOT / "deploy/systemd").glob("*.service")))
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True, check=False
    )
    # That nothing is installed under /srv is no fault of the units.
    wrong = [line for line in said.stderr.splitlines() if "deploy/systemd" in line and "not executable" not in line]
    assert [line for line in wrong if "Unknown" in line or "Failed to parse" in line] == []


def sizes():
    """(address, bytes it takes of whoever is signed in) of every address there is."""
    walked = [(app, entry) for app, entry in patterns(get_resolver()) if entry.name]
    return [(somewhere(app, entry), largest_body(entry.callback, {}, signed_in=lambda: True)) for app, entry in walked]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "found", "megabytes"),
    [("nginx.conf", r"location ~ (\^\S+)", r"client_max_body_size (\d+)m"), ("Caddyfile", r"path_regexp (\^\S+)", r"max_size (\d+)MB")],
)  # fmt: skip
def test_the_proxies_let_pass_what_the_application_takes(name, found, megabytes):
    text = read(f"deploy/{name}")
    takes_files = [re.compile(each) for each in re.findall(found, text)]
    small, large = sorted({int(each) * 1_000_000 for each in re.findall(megabytes, text)})
    asked = sizes()
    assert small >= TEXTS and large >= max(most for _path, most in asked)
    # Under a summit's own host its code is missing.
    own = [(path.replace("/ogp2021/", "/", 1), most) for path, most in asked]
    for path, most in asked + own:
        room = large if any(each.search(path) for each in takes_files) else small
        assert most <= room, path


@pytest.mark.skipif(
    shutil.which("caddy", path=str(Path(sys.executable).parent)) is None, reason="Caddy is not installed"
)
def test_caddy_reads_its_file():
    caddy = Path(sys.executable).with_name("caddy")
    env = {"SITE_URL": "https://summit.example", "HOME": "/nonexistent"}
    said = subprocess.run([caddy, "validate", "--config", "deploy/Caddyfile", "--adapter", "caddyfile"], cwd=ROOT, env=env,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert "not formatted" not in said.stderr


@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
def test_nginx_reads_its_file(tmp_path):
    names = {"SITE_HOST": "summit.example", "HTTP_PORT": "8080", "HTTPS_PORT": "8443", "CERTIFICATE_FOLDER": str(tmp_path),
             "WEB_ADDRESS": "127.0.0.1:8000", "OTHER_ADDRESS": "127.0.0.1:8000"}  # fmt: skip
    command, env = command_of("nginx", tmp_path, names)
    said = subprocess.run([*command, "-t"], env=env, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    # A certificate whose authority cannot be asked is no fault of the file's; newer releases would write "http2" elsewhere.
    warned = [line for line in said.stderr.splitlines() if "[" in line and not re.search(r"ssl_stapling|http2", line)]
    assert warned == []


def test_the_image_has_the_programs_of_the_databases_version():
    """`manage.py backup` refuses those of an older one."""
    server = re.fullmatch(r"postgres:(\d+)", SERVICES["database"]["image"])[1]
    assert re.findall(r"postgresql-client-(\d+)", read("Dockerfile")) == [server]


def test_packages_for_an_object_storage_are_those_of_the_lock_file_and_what_they_bring():
    locked, with_storage = (dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", read(name), re.MULTILINE))
                            for name in ("requirements.txt", "requirements-s3.txt"))  # fmt: skip
    assert {"boto3", "django-storages"} <= with_storage.keys()
    # botocore takes an older release of this one alone; icalendar takes both.
    assert {name for name, version in locked.items() if with_storage.get(name) != version} <= {"python-dateutil"}
    assert read("requirements-s3.txt").count("--hash=") > len(with_storage)
    assert "--require-hashes -r requirements-s3.txt" in read("Dockerfile")


def test_proxies_let_go_of_idle_connections_before_the_web_server_does():
    """What is sent into a connection that is just ending is lost, and a POST is not sent again."""
    upstream = re.search(r"upstream summit \{(.*?)\n\}", read("deploy/nginx.conf"), re.DOTALL)[1]
    kept = [re.search(r"\bkeepalive_timeout (\d+)s;", upstream), re.search(r"^\t+keepalive (\d+)s$", read("deploy/Caddyfile"), re.MULTILINE)]  # fmt: skip
    for found in kept:
        assert int(found[1]) * 2 <= int(OFFERED["WEB_HEADER_TIMEOUT"])
