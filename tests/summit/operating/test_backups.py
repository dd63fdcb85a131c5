"""Backups and restoring as an operator does them: commands, whole databases, files on the disk."""

import json
import os
import shutil
import stat
import time
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.utils import timezone

from summit import history
from summit.mailing import outbox
from summit.mailing.outbox import Attached
from summit.models import HistoryEntry, MailHold, Message, Summit
from summit.operating import dumps, manifest
from summit.operating.manifest import BadBackup
from tests import factories
from tests.summit.operating.installations import Installation

pytestmark = pytest.mark.database
KEY = {"BACKUP_KEY": "correct horse battery staple"}
# More than a chunk of what is encrypted, and nothing that is repeated.
LONG = os.urandom(200_000)


def fill(made: Installation) -> Installation:
    """An installation in the middle of its work."""
    with made.used():
        summit = factories.make_summit(name={"ko": "서밋 ‘가’", "en": "A 'summit'\n\\N"})
        user = factories.make_user("organiser@team.example", summit=summit, role="organiser", name="박수정")
        factories.make_registration(summit, email="gildong@people.example", name="홍길동")
        history.record("summit.settings", summit, by=user, summit=summit, changes={"slogan": ("", "열린회복 \x1f\"'")})
        message = Message(kind="confirmed", to="a@people.example", subject="제목", text="본문\n", summit=summit)
        outbox.queue(message, [Attached("a.ics", "text/calendar", bytes(range(256)))])
    made.write("media/portraits/0123456789.webp", LONG)
    made.write("private/badges/empty.pdf", b"")
    made.write("private/imports/아젠다 1.csv", "제목\n".encode())
    return made


@pytest.fixture
def original(install):
    return fill(install())


@pytest.fixture(scope="module")
def kept(install_for_all):
    """An installation, and a backup of it that is not encrypted."""
    made = fill(install_for_all())
    assert made.call("backup", made.folder / "backup")[0] == 0
    return made, made.folder / "backup"


@pytest.fixture
def backup(kept, tmp_path):
    """A copy of that backup, to be spoilt."""
    shutil.copytree(kept[1], tmp_path / "backup")
    return tmp_path / "backup"


def restored(original, target, folder: Path, **key: str) -> str:
    code, out, told = target.run("restore", folder, **key)
    assert code == 0, told
    return out + told


@pytest.mark.parametrize(("key", "migrated"), [({}, False), (KEY, True)], ids=["plain", "encrypted"])
def test_every_row_and_every_file_comes_back(original, install, tmp_path, key, migrated):
    code, out, told = original.run("backup", tmp_path / "backup", **key)
    assert code == 0, told
    assert "3 files" in out and "SECRET_KEY, TICKET_SIGNING_KEY" in out
    assert "Database: " in told
    target = install(migrated=migrated)
    before = original.rows()
    said = restored(original, target, tmp_path / "backup", **key)
    after = target.rows()
    assert "Mail is held (1 waiting)" in said and "is another one" not in said
    [(_key, reason, *_moments)] = after.pop("summit_mailhold")
    assert (reason, before.pop("summit_mailhold")) == ("restored", [])
    assert len(before["registration_registration"]) == 1
    assert after == before
    assert target.files() == original.files()
    assert len(original.files()) == 3


def test_nobody_else_may_read_it_and_an_encrypted_one_shows_nothing(original, tmp_path):
    folder = tmp_path / "backup"
    original.call("backup", folder, **KEY)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    everything = b"".join(path.read_bytes() for path in files)
    for known in ("홍길동".encode(), b"gildong@people.example", LONG[:64], b"s" * 60, KEY["BACKUP_KEY"].encode()):
        assert known not in everything
    assert not list(original.folder.glob("backup-*"))


def test_other_secrets_are_told(backup, install):
    code, _out, told = install().call("restore", backup, TICKET_SIGNING_KEY="u" * 60)
    assert code == 0
    assert "TICKET_SIGNING_KEY is another one: printed badges" in told
    assert "SECRET_KEY is" not in told.replace("TICKET_SIGNING_KEY is", "")


def test_former_secrets_are_kept_beside_a_backup_as_well(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "key of today", []
    settings.TICKET_SIGNING_KEY, settings.TICKET_SIGNING_KEYS_OLD = "tickets of today", []
    salt = manifest.new_salt()

    def backed_up() -> manifest.Manifest:
        return manifest.Manifest("1", "", "", "", "", "", {}, {}, [], None, manifest.fingerprints(salt), salt.hex())

    plain = backed_up()
    # What nobody has is not named.
    assert set(plain.keep_beside) == {"SECRET_KEY", "TICKET_SIGNING_KEY"}
    settings.SECRET_KEY_FALLBACKS, settings.TICKET_SIGNING_KEYS_OLD = ["key of may", "key of june"], ["tickets of may"]
    whole = backed_up()
    assert set(whole.keep_beside) == set(manifest.KEPT_BESIDE)
    assert manifest.foreign_secrets(whole) == []
    # A key that was changed meanwhile stands among the former ones.
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "key of tomorrow", ["key of today"]
    assert manifest.foreign_secrets(plain) == []
    settings.TICKET_SIGNING_KEYS_OLD = []
    sentences = manifest.foreign_secrets(whole)
    assert [each.split(" is another one: ")[0] for each in sentences] == [
        "SECRET_KEY_FALLBACKS",
        "TICKET_SIGNING_KEYS_OLD",
    ]
    assert sentences[1].endswith("or add it to TICKET_SIGNING_KEYS_OLD.")


def test_a_backup_shows_one_moment_while_people_write(original, install, tmp_path):
    with original.used():
        summit = Summit.objects.get()
        process, written = original.begin("backup", tmp_path / "backup"), 0
        while process.poll() is None:
            with transaction.atomic():
                for action in ("first.half", "second.half"):
                    history.record(action, summit, by=None, summit=summit)
            written += 1
        _out, told = process.communicate()
    assert process.returncode == 0, told
    assert written
    target = install()
    code, _out, told = target.call("restore", tmp_path / "backup")
    assert code == 0, told
    with target.used():
        first, second = (HistoryEntry.objects.filter(action=f"{half}.half").count() for half in ("first", "second"))
    assert first == second


def test_a_backup_that_is_killed_is_known_as_such(original, install, tmp_path):
    folder, pipe = tmp_path / "backup", original.folder / "media" / "zz" / "pipe"
    pipe.parent.mkdir()
    # Nobody writes into it: whoever reads it waits.
    os.mkfifo(pipe)
    process = original.begin("backup", folder)
    deadline = time.monotonic() + 120
    while not list(folder.rglob("*.webp")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.communicate()
    assert list(folder.rglob("*.webp"))
    target = install()
    code, _out, told = target.call("restore", folder)
    assert code == 1
    assert "has no manifest.json: the backup was interrupted" in told
    assert target.files() == {}
    pipe.unlink()
    code, _out, told = original.call("backup", folder)
    assert (code, "never writes over anything" in told) == (1, True)
    assert original.call("backup", tmp_path / "another")[0] == 0


def test_a_backup_that_fails_leaves_nothing(original, tmp_path):
    with original.used(), connections["default"].cursor() as cursor:
        cursor.execute("DROP TABLE django_migrations")
    code, _out, told = original.call("backup", tmp_path / "backup")
    assert code == 1
    assert "No backup was made." in told and "django_migrations" in told
    assert not (tmp_path / "backup").exists()
    assert not list(original.folder.glob("backup-*"))


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(bytes(content))


def database(folder: Path) -> Path:
    return next(folder.glob("database.*"))


def rewrite(folder: Path, **facts) -> None:
    """The manifest of somebody who writes another one that is right in itself."""
    found, key = manifest.read((folder / manifest.NAME).read_bytes())
    for name, value in facts.items():
        setattr(found, name, value)
    (folder / manifest.NAME).write_bytes(manifest.written(found, key))


SPOILT = {
    "a byte of the database": (lambda folder: flip(database(folder), 5000), "is damaged: its checksum is another"),
    "a byte of a file": (lambda folder: flip(next(folder.rglob("*.webp")), 100_000), "0123456789.webp is damaged"),
    "a file is missing": (lambda folder: next(folder.rglob("*.csv")).unlink(), "1.csv is missing from the backup"),
    "a file is longer": (
        lambda folder: next(folder.rglob("*.csv")).write_bytes(b"x" * 99),
        "1.csv is damaged: 99 bytes",
    ),
    "the manifest": (lambda folder: flip(folder / "manifest.json", 300), "manifest.json is damaged"),
    "another engine": (lambda folder: rewrite(folder, engine="oracle"), "is of a database of oracle"),
    "other rows": (lambda folder: rewrite(folder, rows={"summit_summit": 7}), "other rows than"),
    "a table": (lambda folder: rewrite(folder, rows={'x"; --': 1}), "names tables that no release has"),
    "a path": (lambda folder: rewrite(folder, parts=[manifest.Part("../x", 1, "")]), "names a file outside of it"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_spoilt_is_refused_and_nothing_stays(backup, install, how):
    spoil, sentence = SPOILT[how]
    spoil(backup)
    target = install()
    before = target.rows()
    code, _out, told = target.call("restore", backup)
    assert (code, sentence in told) == (1, True), told
    assert target.files() == {}
    assert target.rows() == before
    assert not list(target.folder.glob("restore-*"))


def test_without_its_key_it_is_refused(original, install, tmp_path):
    original.call("backup", tmp_path / "backup", **KEY)
    target = install()
    for key, sentence in (
        ("", "The backup is encrypted. Set BACKUP_KEY"),
        ("another key altogether", "is not the key"),
    ):
        code, _out, told = target.call("restore", tmp_path / "backup", BACKUP_KEY=key)
        assert (code, sentence in told) == (1, True), told
    assert target.files() == {}


def test_an_older_release_refuses_a_backup_of_a_newer_one(original, install, tmp_path):
    with original.used(), connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('summit', '9999_of_later', %s)",
            [timezone.now()],
        )
    original.call("backup", tmp_path / "backup")
    target = install()
    code, _out, told = target.call("restore", tmp_path / "backup")
    assert code == 1
    assert "does not know summit.9999_of_later" in told
    assert target.files() == {}


def test_only_an_empty_installation_takes_it(backup, install):
    with_file, with_summit = install(), install()
    with_file.write("media/portraits/other-file.webp", b"mine")
    code, _out, told = with_file.call("restore", backup)
    assert (code, "it has 1 files, such as public/portraits/other-file.webp" in told) == (1, True), told
    with with_summit.used():
        factories.make_summit("mine")
    before = with_summit.rows()
    code, _out, told = with_summit.call("restore", backup)
    assert (code, "This installation is not empty: it has 1 summits" in told) == (1, True), told
    assert with_summit.rows() == before
    assert with_file.files() == {"media/portraits/other-file.webp": b"mine"}


def test_restoring_goes_on_where_it_was_killed(kept, backup, install):
    """Files come before the database; those of the same backup may lie there already, and no other."""
    target = install()
    target.write("media/portraits/0123456789.webp", b"half")
    code, _out, told = target.call("restore", backup)
    assert (code, "portraits/0123456789.webp is another file" in told) == (1, True), told
    assert list(target.files()) == ["media/portraits/0123456789.webp"]
    target.write("media/portraits/0123456789.webp", LONG)
    code, _out, told = target.call("restore", backup)
    assert code == 0, told
    assert target.files() == kept[0].files()


def test_a_root_for_backups_is_enough(original, tmp_path):
    code, out, _told = original.call("backup", BACKUP_ROOT=tmp_path / "all")
    assert code == 0
    [folder] = (tmp_path / "all").iterdir()
    facts = json.loads((folder / "manifest.json").read_text())
    assert str(folder) in out
    assert facts["begun"] <= facts["ended"]
    code, _out, told = original.call("backup")
    assert (code, "set BACKUP_ROOT" in told) == (1, True)


def test_programs_of_another_version_are_named():
    with pytest.raises(BadBackup, match="postgresql-client-99"):
        dumps.client("pg_dump", 99)
    with pytest.raises(BadBackup, match="pg_nothing is not here"):
        dumps.client("pg_nothing", 15)


def test_a_backup_of_held_mail_holds_it_again(original, install, tmp_path):
    with original.used():
        MailHold.objects.create(pk=1, reason="restored")
    original.call("backup", tmp_path / "backup")
    target = install()
    code, _out, told = target.call("restore", tmp_path / "backup")
    assert code == 0, told
    with target.used():
        assert MailHold.objects.get().copied_at is not None
