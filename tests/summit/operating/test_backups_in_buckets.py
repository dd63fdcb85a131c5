"""Backups in a bucket of a real server of S3, and back."""

import hashlib
import os
import re
import socket
import sys
import time
import tracemalloc
from contextlib import closing, suppress
from datetime import UTC, datetime

import pytest

from summit.operating import backup_bucket, backup_targets, findings
from summit.operating.backup_bucket import BackupBucket
from summit.operating.manifest import BadBackup, Part
from tests import s3_server
from tests.bench.world import free_port
from tests.redis_server import SlowWay
from tests.s3_server import KEYS, names
from tests.summit.operating.test_backups import KEY, fill

pytestmark = [pytest.mark.database, pytest.mark.processes]
MB = 1024 * 1024
# The direction, as a way knows it.
ANSWERS = 1.0


@pytest.fixture(scope="module")
def server():
    with s3_server.running() as running:
        yield running


@pytest.fixture(scope="module")
def client(server):
    with closing(server.client()) as client:
        client.create_bucket(Bucket="backups")
        yield client


def settings_for(address: str) -> dict[str, object]:
    """Of this process, as the environment of an operator gives them."""
    known = {"endpoint_url": address, "region_name": "us-east-1"}
    return {"S3": {**known, "access_key": KEYS["S3_ACCESS_KEY"], "secret_key": KEYS["S3_SECRET_KEY"]}}


@pytest.fixture
def here(server, client, settings):
    for name, value in settings_for(server.address).items():
        setattr(settings, name, value)
    return settings


@pytest.fixture
def place(request):
    """A place in the bucket that no other test has."""
    return f"s3://backups/{re.sub(r'[^a-z0-9]+', '-', request.node.name.lower())[:60]}"


def below(client, place: str) -> list[str]:
    folder = place.removeprefix("s3://backups/") + "/"
    return [name.removeprefix(folder) for name in names(client, "backups", folder)]


def uploads(client) -> list[str]:
    """What was begun in pieces and neither ended nor given up."""
    return [each["Key"] for each in client.list_multipart_uploads(Bucket="backups").get("Uploads", ())]


@pytest.mark.parametrize("key", [{}, KEY], ids=["plain", "encrypted"])
def test_every_row_and_every_file_comes_back_from_a_bucket(server, client, install, place, key):
    original, target = fill(install()), install(migrated=False)
    told = {"S3_ENDPOINT": server.address, **KEYS, **key}
    code, out, said = original.run("backup", place, **told)
    assert code == 0, said
    assert out.startswith(f"{place}: ") and "3 files" in out
    ending = ".sealed" if key else ""
    assert [name.removesuffix(ending) for name in below(client, place)] == [
        "database.sqlite3" if original.databases.is_sqlite else "database.dump",
        "files/private/badges/empty.pdf",
        "files/private/imports/아젠다 1.csv",
        "files/public/portraits/0123456789.webp",
        "manifest.json",
    ]
    before = original.rows()
    code, _out, said = target.run("restore", place, **told)
    assert code == 0, said
    after = target.rows()
    assert [row[1] for row in after.pop("summit_mailhold")] == ["restored"]
    assert before.pop("summit_mailhold") == []
    assert len(before["registration_registration"]) == 1
    assert after == before
    assert target.files() == original.files()
    assert len(original.files()) == 3


def test_files_that_lie_in_buckets_come_back_into_other_buckets_and_into_folders(server, client, install, place):
    original, in_buckets, in_folders = fill(install()), install(), install()
    files = original.files()
    mine, others = (server.buckets(f"of-{name}") for name in ("mine", "others"))
    for name, content in files.items():
        part, path = name.split("/", 1)
        client.put_object(
            Bucket=mine["S3_PUBLIC_BUCKET" if part == "media" else "S3_PRIVATE_BUCKET"], Key=path, Body=content
        )
    code, out, said = original.run("backup", place, **mine, **KEY)
    assert (code, "3 files" in out) == (0, True), said
    code, _out, said = in_buckets.run("restore", place, **others, **KEY)
    assert code == 0, said
    code, _out, said = in_folders.run("restore", place, S3_ENDPOINT=server.address, **KEYS, **KEY)
    assert code == 0, said
    assert in_folders.files() == files
    assert in_buckets.files() == {}
    back = {}
    for part, bucket in (("media", others["S3_PUBLIC_BUCKET"]), ("private", others["S3_PRIVATE_BUCKET"])):
        for name in names(client, bucket):
            back[f"{part}/{name}"] = client.get_object(Bucket=bucket, Key=name)["Body"].read()
    assert back == files


def test_a_backup_that_is_killed_on_its_way_to_a_bucket_is_known_as_such(server, client, install, place):
    original, target = fill(install()), install()
    pipe, told = original.folder / "media" / "zz" / "pipe", {"S3_ENDPOINT": server.address, **KEYS}
    pipe.parent.mkdir()
    # Nobody writes into it: whoever reads it waits.
    os.mkfifo(pipe)
    process = original.begin("backup", place, **told)
    deadline = time.monotonic() + 240
    while not below(client, place) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    process.kill()
    process.communicate()
    assert below(client, place) == ["files/public/portraits/0123456789.webp"]
    pipe.unlink()
    code, _out, said = target.call("restore", place, **settings_for(server.address))
    assert (code, f"{place} has no manifest.json: the backup was interrupted" in said) == (1, True), said
    assert target.files() == {}
    code, _out, said = original.call("backup", place, **settings_for(server.address))
    assert (code, "never writes over anything" in said) == (1, True), said
    code, _out, said = original.call("backup", f"{place}-again", **settings_for(server.address))
    assert code == 0, said


def test_a_backup_that_fails_leaves_nothing_in_the_bucket(server, client, install, place):
    original = fill(install())
    broken = original.folder / "private" / "zz" / "broken.pdf"
    broken.parent.mkdir()
    # A disk that cannot be read.
    broken.symlink_to("/proc/self/mem")
    code, _out, said = original.call("backup", place, **settings_for(server.address))
    assert (code, "No backup was made. [Errno 5]" in said) == (1, True), said
    assert below(client, place) == []
    assert uploads(client) == []


def test_a_storage_that_is_away_is_a_sentence(install, place):
    made = install()
    away = settings_for(f"http://127.0.0.1:{free_port()}")
    for command, sentence in (("backup", "No backup was made."), ("restore", "Not restored.")):
        code, _out, said = made.call(command, place, **away)
        assert (code, f"{sentence} The object storage says: Could not connect" in said) == (1, True), said


SPOILT = {
    "missing": (lambda client, at: client.delete_object(**at), "is missing from the backup"),
    "shorter": (lambda client, at: client.put_object(**at, Body=b"less"), "is damaged: 4 bytes instead of"),
    "another": (lambda client, at: client.put_object(**at, Body=bytes(200_000)), "its checksum is another"),
}


def test_what_was_spoilt_in_a_bucket_is_refused_and_nothing_stays(server, client, install, place):
    original, target = fill(install()), install()
    assert original.call("backup", place, **settings_for(server.address))[0] == 0
    portrait = {
        "Bucket": "backups",
        "Key": place.removeprefix("s3://backups/") + "/files/public/portraits/0123456789.webp",
    }
    for how in ("another", "shorter", "missing"):
        spoil, sentence = SPOILT[how]
        spoil(client, portrait)
        code, _out, said = target.call("restore", place, **settings_for(server.address))
        assert (code, sentence in said) == (1, True), said
        assert target.files() == {}


def test_what_is_long_goes_in_pieces_and_never_lies_in_memory(here, client, place, monkeypatch):
    monkeypatch.setattr(backup_bucket, "PIECE", 5 * MB)
    known = hashlib.sha256()

    def content():
        for number in range(64):
            block = number.to_bytes(4, "big") * (MB // 4)
            known.update(block)
            yield block

    made = backup_targets.place(place)
    tracemalloc.start()
    try:
        part = made.write("database.dump", content())
        made.check(part)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (part.size, part.sha256) == (64 * MB, known.hexdigest())
    assert peak < 24 * MB
    kept = client.head_object(Bucket="backups", Key=f"{made.folder}/database.dump")
    assert kept["ETag"].strip('"').endswith("-13")
    assert uploads(client) == []


class CuttingWay(SlowWay):
    """A way to the storage on which each connection breaks after so many bytes of answers."""

    def __init__(self, address: str, size: int) -> None:
        self.size, self.cut = size, 0
        super().__init__(int(address.rpartition(":")[2]), ANSWERS)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def _hand_on(self, source: socket.socket, target: socket.socket, seconds: float) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
                passed += len(data)
                if seconds == ANSWERS and passed > self.size:
                    self.cut += 1
                    break
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def test_a_connection_that_breaks_is_made_anew_where_it_broke(here, server, place):
    content = os.urandom(10 * MB)
    made = backup_targets.place(place)
    part = made.write("database.dump", [content])
    with closing(CuttingWay(server.address, 3 * MB)) as way:
        here.S3 = settings_for(way.address)["S3"]
        assert b"".join(backup_targets.place(place).read(part)) == content
        assert way.cut >= 3
    # Where nobody answers any more, it is given up.
    with pytest.raises(BadBackup, match="The object storage says"):
        backup_targets.place(place).check(part)


def test_what_changed_after_it_was_checked_is_noticed_while_it_is_read(here, client, place):
    made = backup_targets.place(place)
    part = made.write("database.dump", [b"as it was"])
    made.check(part)
    client.put_object(Bucket="backups", Key=f"{made.folder}/database.dump", Body=b"as it is!")
    with pytest.raises(BadBackup, match="its checksum is another"):
        list(made.read(part))
    with pytest.raises(BadBackup, match="names a file outside"):
        made.check(Part("../other/manifest.json", 1, ""))


def test_names_that_are_no_place_for_a_backup(here, client):
    for named, sentence in {
        "s3://backups": "has a folder of its own",
        "s3://backups/": "has a folder of its own",
        "s3://No_Bucket/a": "neither a folder nor s3://",
        "https://storage.example/a": "neither a folder nor s3://",
    }.items():
        with pytest.raises(BadBackup, match=sentence):
            backup_targets.place(named)
    here.S3_PRIVATE_BUCKET = "backups"
    with pytest.raises(BadBackup, match="holds files of this installation"):
        backup_targets.place("s3://backups/a").make()
    with pytest.raises(BadBackup, match="NoSuchBucket"):
        backup_targets.place("s3://of-nobody/a").make()


def test_without_the_packages_it_is_told_in_words(here, monkeypatch):
    monkeypatch.delattr("summit.operating.backup_bucket")
    monkeypatch.setitem(sys.modules, "summit.operating.backup_bucket", None)
    with pytest.raises(BadBackup, match=r"-r requirements-s3\.txt"):
        backup_targets.place("s3://backups/a")


def test_doctor_knows_the_newest_whole_backup_in_a_bucket(here, client):
    def told() -> tuple[str, str]:
        [finding] = findings.judged("backups", findings.backups)
        return finding.state, finding.told

    here.BACKUP_ROOT = "s3://backups/daily/"
    assert told() == ("FAIL", "none below s3://backups/daily/")
    named = backup_targets.named_by_the_time()
    assert re.fullmatch(r"s3://backups/daily/\d{4}-\d\d-\d\dT\d{6}Z", named)
    whole = backup_targets.place(named)
    whole.make()
    whole.finish("manifest.json", b"{}")
    # One begun later was interrupted; what is named otherwise is nobody's.
    for begun in ("daily/9999-01-01T000000Z/database.dump", "daily/other/manifest.json"):
        client.put_object(Bucket="backups", Key=begun, Body=b"")
    assert told() == ("OK", "the newest is 0 hours old")
    assert abs((backup_targets.newest() - datetime.now(UTC)).total_seconds()) < 120
    assert isinstance(whole, BackupBucket) and findings.space()
    here.S3 = settings_for(f"http://127.0.0.1:{free_port()}")["S3"]
    state, sentence = told()
    assert state == "FAIL" and "The object storage says: Could not connect" in sentence
