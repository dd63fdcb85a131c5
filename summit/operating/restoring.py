"""Bringing a backup back into an installation that is empty: everything is checked first, and nothing half is left."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable

from django.core.files.base import File
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from summit.mailing import holding
from summit.models import Summit, User
from summit.operating import dumps, manifest, stored_files
from summit.operating.backup_place import BackupPlace
from summit.operating.manifest import BadBackup, Manifest, Part

Say = Callable[[str], None]
NOT_EMPTY = "This installation is not empty: it has {}. A backup is restored into an empty one alone."


def restore(place: BackupPlace, say: Say) -> Manifest:
    """Raises ``BadBackup`` where it may not be; then the installation is as empty as before."""
    found = checked(place, say)
    engine = dumps.engine()
    if engine.vendor != found.engine:
        raise BadBackup(
            f"The backup is of a database of {found.engine}, this installation has {engine.vendor}. Set DATABASE_URL to a {found.engine} database."
        )
    refuse_newer(found)
    refuse_others(found)
    written: list[Part] = []
    try:
        say("Database ...")
        engine.load(
            place.read(found.database),
            found,
            list(holding.statements(copied_at=found.begun)),
            lambda: restore_files(place, found, written, say),
        )
    except dumps.NotMigrated:
        raise
    except BaseException:
        for part in written:
            stored_files.storages()[part.storage].delete(part.path)
        raise
    return found


def checked(place: BackupPlace, say: Say) -> Manifest:
    """What the backup says of itself; every byte of it is what was written."""
    found, place.key = manifest.read(place.text(manifest.NAME))
    say(f"Backup of {found.begun}, release {found.release}, {len(found.parts)} files. Checking ...")
    for part in found.parts:
        place.check(part)
    return found


def refuse_newer(found: Manifest) -> None:
    known = set(MigrationLoader(None).disk_migrations)
    missing = [f"{app}.{name}" for app, names in found.migrations.items() for name in names if (app, name) not in known]
    if missing:
        raise BadBackup(
            f"The backup is of another release ({found.release}), this is {manifest.release()}, which does not know "
            f"{', '.join(missing[:3])}{' ...' if len(missing) > 3 else ''}. Install that release, or a newer one."
        )


def refuse_others(found: Manifest) -> None:
    """Raises ``BadBackup`` unless nobody has begun anything here. Files of the same backup may be there: a restoring that
    was killed left them."""
    tables = connection.introspection.table_names()
    for what, model in {"summits": Summit, "accounts": User}.items():
        if model._meta.db_table in tables and (count := model._default_manager.count()):
            raise BadBackup(NOT_EMPTY.format(f"{count} {what}"))
    ours = {(part.storage, part.path) for part in found.files}
    foreign = [
        f"{name}/{path}"
        for name, storage in stored_files.storages().items()
        for path in stored_files.paths(storage)
        if (name, path) not in ours
    ]
    if foreign:
        raise BadBackup(NOT_EMPTY.format(f"{len(foreign)} files, such as {foreign[0]}"))


def restore_files(place: BackupPlace, found: Manifest, written: list[Part], say: Say) -> None:
    """Save every file under its name; each is among ``written`` as soon as it may be there."""
    for number, part in enumerate(found.files, 1):
        storage = stored_files.storages()[part.storage]
        if storage.exists(part.path):
            if digest(stored_files.chunks(storage.open(part.path))) != digest(place.read(part)):
                raise BadBackup(f"This installation is not empty: {part.storage}/{part.path} is another file.")
            continue
        with tempfile.TemporaryFile() as copy:
            for chunk in place.read(part):
                copy.write(chunk)
            copy.seek(0)
            written.append(part)
            storage.save(part.path, File(copy))
        if number % 100 == 0:
            say(f"Files: {number} of {len(found.files)}")
    say(f"Files: {len(found.files)} of {len(found.files)}")


def digest(chunks: Iterable[bytes]) -> bytes:
    known = hashlib.sha256()
    for chunk in chunks:
        known.update(chunk)
    return known.digest()
