"""What asks for files asks a real object storage: pages, probes, doctor; and what they do while it hangs or is away."""

import gc
import io
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from sessions.editing import files
from summit import buckets
from summit.buckets import ANSWERS_IN, StorageAway
from summit.editing import pictures
from summit.lib.circuit_breaker import CircuitBreaker
from summit.operating import findings, probes
from summit.storage import private_files
from tests import factories as make
from tests import s3_server
from tests.s3_server import names

pytestmark = pytest.mark.processes
# Seconds: longer than a busy machine takes for a page.
RESTS = 12


@pytest.fixture(scope="module")
def server():
    with s3_server.running() as running:
        yield running


@pytest.fixture
def bucket(server, settings, monkeypatch, request):
    """(the client, names of the public and the private bucket), in which this process keeps its files."""
    made = server.buckets(request.node.name.replace("_", "-")[-40:])
    options = {"endpoint_url": made["S3_ENDPOINT"], "access_key": made["S3_ACCESS_KEY"], "secret_key": made["S3_SECRET_KEY"],
               "region_name": "us-east-1"}  # fmt: skip
    names = settings.S3_PUBLIC_BUCKET, settings.S3_PRIVATE_BUCKET = made["S3_PUBLIC_BUCKET"], made["S3_PRIVATE_BUCKET"]
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "summit.buckets.PublicBucket", "OPTIONS": {**options, "bucket_name": names[0]}},
        "private": {"BACKEND": "summit.buckets.PrivateBucket", "OPTIONS": {**options, "bucket_name": names[1]}},
    }
    monkeypatch.setattr(buckets, "_breaker", CircuitBreaker("The object storage", ANSWERS_IN, RESTS))
    client = server.client()
    yield client, *names
    client.close()


def picture(width: int) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, 400), (1, 2, 3)).save(made, "PNG")
    return made.getvalue()


def shown(path: str) -> tuple[int, bytes]:
    answer = Client().get(path)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return answer.status_code, content


def test_slides_and_pictures_lie_in_the_bucket_and_are_shown(db, bucket, django_capture_on_commit_callbacks):
    client, public, private = bucket
    session = make.make_session(make.make_summit(), "DIG001")
    slides = b"%PDF-1.7 " + bytes(range(256)) * 40_000  # more than waits in memory
    made = files.add_slides(session, slides, title={"en": "Slides"}, by=None)
    assert shown(made.url) == (200, slides)
    logo = pictures.store(picture(800), pictures.LOGO)
    copy = pictures.duplicate(logo)
    assert copy.startswith("pictures/logo-") and copy != logo
    assert shown(f"/media/{copy}") == shown(f"/media/{logo}")
    assert shown(f"/media/{logo}")[1].startswith(b"RIFF")
    assert pictures.duplicate("pictures/logo-that-is-gone.webp") == ""
    assert len(names(client, public)) == 3 and names(client, private) == []
    with django_capture_on_commit_callbacks(execute=True):
        pictures.forget(logo)
    assert shown(f"/media/{logo}")[0] == 404
    assert shown(f"/media/{copy}")[0] == 200


def test_no_name_is_used_twice(bucket):
    client, _public, private = bucket
    first, second = (private_files().save("exports/a.csv", ContentFile(text)) for text in (b"1", b"2"))
    assert first == "exports/a.csv" and second != first
    for name, text in ((first, b"1"), (second, b"2")):
        with private_files().open(name) as file:
            assert file.read() == text
    assert names(client, private) == sorted([first, second])


def test_what_is_there_and_what_is_not_is_told_as_of_a_folder(bucket):
    client, _public, private = bucket
    client.put_object(Bucket=private, Key="exports/a.csv", Body=b"")
    client.put_object(Bucket=private, Key="exports/old/b.csv", Body=b"")
    assert private_files().listdir("exports") == (["old"], ["a.csv"])
    assert private_files().listdir("badges") == ([], [])
    assert private_files().get_modified_time("exports/a.csv").tzinfo is not None
    with pytest.raises(FileNotFoundError):
        private_files().get_modified_time("exports/none.csv")
    with pytest.raises(FileNotFoundError):
        private_files().open("exports/none.csv")
    assert private_files().exists("exports/none.csv") is False


def test_doctor_and_probes_write_there_and_leave_nothing(db, bucket, monkeypatch):
    client, public, private = bucket
    monkeypatch.setattr(probes, "_written", -probes.WRITTEN_FOR)
    assert {finding.what: finding.state for finding in findings.storage()} == {
        "public files": "OK",
        "private files": "OK",
    }
    assert probes.storage() == ""
    assert names(client, public) == names(client, private) == []
    client.delete_bucket(Bucket=private)
    public_one, private_one = findings.storage()
    assert (public_one.state, private_one.state, "NoSuchBucket" in private_one.told) == ("OK", "FAIL", True)
    assert f"in the bucket {private}" in private_one.remedy


def test_a_storage_that_hangs_is_waited_for_once_and_then_left_alone(db, server, bucket):
    name = default_storage.save("portraits/0123456789ab-cd.webp", ContentFile(b"RIFF"))
    assert shown(f"/media/{name}") == (200, b"RIFF")
    server.hang()
    try:
        began = time.monotonic()
        with pytest.raises(StorageAway):
            default_storage.open(name)
        waited = time.monotonic() - began
        assert ANSWERS_IN * 0.9 < waited < 2 * ANSWERS_IN + 8
        began = time.monotonic()
        for ask in (default_storage.exists, default_storage.size, default_storage.open, private_files().delete):
            with pytest.raises(StorageAway):
                ask(name)
        assert time.monotonic() - began < ANSWERS_IN / 2
        answer = Client().get(f"/media/{name}")
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert Client().get("/healthz").status_code == 200
        with pytest.raises(StorageAway):
            files.add_slides(make.make_session(make.make_summit(), "DIG001"), b"%PDF-1.7", title={"en": "A"}, by=None)
    finally:
        server.go_on()
    # A file that was begun to be fetched is closed; a warning of it would fail this test.
    gc.collect()
    until = time.monotonic() + 60
    while shown(f"/media/{name}") != (200, b"RIFF"):
        assert time.monotonic() < until, "it is not asked again"
        time.sleep(0.2)


def test_while_the_storage_is_away_every_node_stays(db, bucket, monkeypatch):
    """It is away for all nodes at once: a load balancer would have none left."""
    monkeypatch.setattr(probes, "RUNNERS", [probes.Runner("storage", lambda: "StorageAway")])
    assert probes.readiness()["status"] == "degraded"


def test_where_files_lie_on_the_nodes_own_disk_it_goes(db, settings, monkeypatch):
    settings.S3_PUBLIC_BUCKET = ""
    monkeypatch.setattr(probes, "RUNNERS", [probes.Runner("storage", lambda: "OSError")])
    assert probes.readiness()["status"] == "unavailable"
