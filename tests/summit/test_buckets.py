"""Files in buckets of an object storage: a server of S3 in a process of its own, two machines with disks of their own.

The server believes any signature: what is signed is looked at here.
"""

import importlib
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests import node, s3_server
from tests.s3_server import names

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def server():
    with s3_server.running() as running:
        yield running


@pytest.fixture
def storage(server, tmp_path):
    """(the client, the environment of an installation whose files lie in two new buckets)."""
    client = server.client()
    environment = {
        **server.buckets(tmp_path.name.replace("_", "-")),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shared.sqlite3'}",
        "SECRET_KEY": "of both machines, which is long enough for everything",
        "TICKET_SIGNING_KEY": "of both machines",
    }
    yield client, environment
    client.close()


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_one_machine_takes_another_works_on_and_the_first_gives_out(storage, tmp_path):
    client, environment = storage
    a, b = (
        {**environment, "VAR_DIR": str(tmp_path / name), "MEDIA_ROOT": str(tmp_path / name / "media")} for name in "ab"
    )
    node.run("prepare", **a)
    told = node.run("take", **a)
    assert node.run("work", **b)["failed"] == []
    given, from_b = node.run("give", told, **a), node.run("give", told, **b)
    status = {name: answer["status"] for name, answer in given.items()}
    assert status == {**dict.fromkeys(given, 200), "gone": 404}
    assert "New: ABC001 Opening" in given["import"]["text"]
    assert "hong@people.example" in given["export"]["text"]
    assert [given[name]["begins"][:4] for name in ("badges", "booklet", "portrait", "small")] == [
        "%PDF",
        "%PDF",
        "RIFF",
        "RIFF",
    ]
    assert {name: answer["sha256"] for name, answer in given.items() if name not in {"import", "gone"}} == {
        name: answer["sha256"] for name, answer in from_b.items() if name not in {"import", "gone"}
    }
    # Nothing of it lies on either disk.
    assert [
        path for path in files_below(tmp_path) if path.startswith(("a/private", "b/private", "a/media", "b/media"))
    ] == []
    private = {name.partition("/")[0] for name in names(client, environment["S3_PRIVATE_BUCKET"])}
    assert private == {"badges", "exports", "imports", "prints"}
    assert {name.partition("/")[0] for name in names(client, environment["S3_PUBLIC_BUCKET"])} == {"portraits"}
    for name in ("badges", "export"):
        headers = given[name]["headers"]
        assert "no-store" in headers["Cache-Control"] and "private" in headers["Cache-Control"]
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert given["badges"]["headers"]["Content-Disposition"] == 'inline; filename="badges-ogp2021.pdf"'
    assert given["export"]["headers"]["Content-Disposition"] == 'attachment; filename="ogp2021-registrations.csv"'
    # Strangers read neither.
    for bucket in (environment["S3_PRIVATE_BUCKET"], environment["S3_PUBLIC_BUCKET"]):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{environment['S3_ENDPOINT']}/{bucket}/{names(client, bucket)[0]}")
    # While the object storage is away, what needs no file is there, and the rest says when to try again.
    away = node.run("give", told, **{**a, "S3_ENDPOINT": "http://127.0.0.1:1"})
    expected = {**dict.fromkeys(away, 503), "import": 200}
    assert {name: answer["status"] for name, answer in away.items()} == expected
    assert away["badges"]["headers"]["Retry-After"] == "5"
    assert "Files cannot be read or kept just now" in away["booklet"]["text"]
    # What is old goes from the buckets, whichever machine tidies up.
    node.run("tidy", **b)
    assert {name.partition("/")[0] for name in names(client, environment["S3_PRIVATE_BUCKET"])} == {"prints"}


def test_signed_addresses_are_for_one_file_one_minute_and_say_how_it_is_given(storage, tmp_path):
    client, environment = storage
    machine = {**environment, "VAR_DIR": str(tmp_path / "a"), "PRIVATE_FILES": "signed"}
    node.run("prepare", **machine)
    told = node.run("take", **machine)
    node.run("work", **machine)
    given = node.run("give", told, **machine)
    expected = {
        "badges": ("application/pdf", 'inline; filename="badges-ogp2021.pdf"'),
        "export": ("text/csv; charset=utf-8", 'attachment; filename="ogp2021-registrations.csv"'),
    }
    for name, (kind, disposition) in expected.items():
        answer = given[name]
        assert answer["status"] == 302
        assert "no-store" in answer["headers"]["Cache-Control"]
        assert answer["headers"]["Referrer-Policy"] == "no-referrer"
        parts = urlsplit(answer["headers"]["Location"])
        assert f"{parts.scheme}://{parts.netloc}" == environment["S3_ENDPOINT"]
        [key] = [key for key in names(client, environment["S3_PRIVATE_BUCKET"]) if key.startswith(name)]
        assert parts.path == f"/{environment['S3_PRIVATE_BUCKET']}/{key}"
        signed = {key: values[0] for key, values in parse_qs(parts.query).items()}
        assert signed["X-Amz-Expires"] == "60"
        assert signed["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
        assert signed["X-Amz-Credential"].startswith("test-access/")
        assert signed["X-Amz-SignedHeaders"] == "host"
        assert len(signed["X-Amz-Signature"]) == 64
        assert signed["response-content-type"] == kind
        assert signed["response-content-disposition"] == disposition
        assert signed["response-cache-control"] == "private, no-store"
        assert "test-secret" not in parts.query
        with urllib.request.urlopen(answer["headers"]["Location"]) as file:
            assert file.headers["Content-Disposition"] == disposition
            assert file.read()
    # What everybody may read stays at its own address.
    assert given["portrait"]["status"] == 200 and "Location" not in given["portrait"]["headers"]


def test_an_object_storage_without_its_packages_is_told_in_words(monkeypatch):
    monkeypatch.setitem(sys.modules, "storages.backends.s3", None)
    monkeypatch.delitem(sys.modules, "summit.buckets", raising=False)
    with pytest.raises(ImproperlyConfigured, match=r"-r requirements-s3\.txt"):
        importlib.import_module("summit.buckets")
    monkeypatch.delitem(sys.modules, "summit.buckets", raising=False)


def test_the_servers_environment_is_made_once_and_holds_libraries_of_its_own():
    command = [sys.executable, "-m", "summit.machine", "s3-server"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _each in range(2)]
    first, second = (process.communicate(timeout=300)[0] for process in both)
    assert first == second
    held = "import importlib.util as u; print(*(bool(u.find_spec(name)) for name in ('moto', 'django')))"
    done = subprocess.run([first.strip(), "-c", held], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
