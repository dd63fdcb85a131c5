"""Making a backup: files, the database of one moment, the files that came meanwhile, and last the manifest."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings

from summit.operating import dumps, manifest, stored_files
from summit.operating.backup_place import BackupPlace
from summit.operating.manifest import Manifest, Part

Say = Callable[[str], None]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def back_up(place: BackupPlace, say: Say) -> Manifest:
    """Write a backup to a place where nothing lies. What fails leaves nothing behind; what is killed leaves no
    manifest. Raises ``BadBackup`` and ``OSError``.
    """
    salt, engine, begun = manifest.new_salt(), dumps.engine(), now()
    key = manifest.key_for(salt)
    place.key = key
    place.make()
    try:
        parts: dict[tuple[str, str], Part] = {}
        copy_files(place, parts, say)
        say("Database ...")
        with engine.dump() as dump:
            database = place.write(engine.part, dump.chunks)
        say(f"Database: {sum(dump.rows.values())} rows, {database.size / 1e6:.1f} MB")
        # Names are never used twice: what the database names is in the first round or came since.
        copy_files(place, parts, say)
        made = Manifest(
            release=manifest.release(),
            site=settings.SITE_URL,
            engine=engine.vendor,
            engine_version=dump.engine_version,
            begun=begun,
            ended=now(),
            migrations=dump.migrations,
            rows=dump.rows,
            parts=[database, *parts.values()],
            encryption=manifest.encryption(key),
            keep_beside=manifest.fingerprints(salt),
            salt=salt.hex(),
        )
        place.finish(manifest.NAME, manifest.written(made, key))
    except BaseException:
        place.remove()
        raise
    return made


def copy_files(place: BackupPlace, parts: dict[tuple[str, str], Part], say: Say) -> None:
    """Add every file that is not among ``parts`` yet."""
    size = sum(part.size for part in parts.values())
    for name, storage in stored_files.storages().items():
        for path in stored_files.paths(storage):
            if (name, path) in parts:
                continue
            try:
                file = storage.open(path)
            except FileNotFoundError:  # it was deleted a moment ago
                continue
            part = place.write(f"files/{name}/{path}", stored_files.chunks(file), storage=name, path=path)
            parts[name, path] = part
            size += part.size
            if len(parts) % 100 == 0:
                say(f"Files: {len(parts)}, {size / 1e6:.1f} MB")
    say(f"Files: {len(parts)}, {size / 1e6:.1f} MB")
