"""Files in buckets of an object storage: a server of S3 in a process of its own, two machines with disks of their own.

The server (moto) keeps strangers out, but believes any signature: what is signed is looked at here.
"""

import importlib.util
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from tests import node
from tests.bench.world import free_port

WITHOUT = [name for name in ("boto3", "moto", "storages", "flask_cors") if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(WITHOUT), reason=f"needs the packages of the group s3: {', '.join(WITHOUT)}")
KEYS = {"S3_ACCESS_KEY": "test-access", "S3_SECRET_KEY": "test-secret"}


@pytest.fixture(scope="module")
def endpoint():
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + 120
    try:
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < until and process.poll() is None, "the server of S3 does not start"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def storage(endpoint, tmp_path):
    """(the client, the environment of an installation whose files lie in two new buckets)."""
    import boto3

    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test-access",
                          aws_secret_access_key="test-secret")  # fmt: skip
    buckets = {name: f"{name}-{tmp_path.name.replace('_', '-')}"[:60].rstrip("-") for name in ("public", "private")}
    for name in buckets.values():
        client.create_bucket(Bucket=name)
    environment = {
        "S3_ENDPOINT": endpoint,
        "S3_PUBLIC_BUCKET": buckets["public"],
        "S3_PRIVATE_BUCKET": buckets["private"],
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shared.sqlite3'}",
        "SECRET_KEY": "of both machines, which is long enough for everything",
        "TICKET_SIGNING_KEY": "of both machines",
        **KEYS,
    }
    yield client, environment
    client.close()


def test_missing_buckets_are_made_once_and_those_of_others_left_alone(storage, tmp_path):
    client, environment = storage
    named = {
        **environment,
        "S3_PUBLIC_BUCKET": "made-by-the-command",
        "DJANGO_SETTINGS_MODULE": "summit.settings",
        "VAR_DIR": str(tmp_path / "a"),
    }
    told = [subprocess.run([sys.executable, "manage.py", "make_buckets"], env={**os.environ, **named}, cwd=settings.BASE_DIR,
                           capture_output=True, text=True, check=True).stdout for _time in range(2)]  # fmt: skip
    # The private one was there.
    assert told == [f"Made the bucket {named['S3_PUBLIC_BUCKET']}.\n", ""]
    client.head_bucket(Bucket=named["S3_PUBLIC_BUCKET"])


def test_where_files_lie_in_folders_no_bucket_is_asked_for(capsys):
    call_command("make_buckets")
    assert capsys.readouterr().out == ""


def names(client, bucket: str) -> list[str]:
    return sorted(found["Key"] for found in client.list_objects_v2(Bucket=bucket).get("Contents", ()))


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
    with pytest.raises(ImproperlyConfigured, match="uv pip install boto3 django-storages"):
        importlib.import_module("summit.buckets")
    monkeypatch.delitem(sys.modules, "summit.buckets", raising=False)
