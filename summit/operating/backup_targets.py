"""What operators name for a backup: a folder, or ``s3://bucket/folder``."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from summit.operating import manifest
from summit.operating.backup_folder import BackupFolder
from summit.operating.backup_place import BackupPlace
from summit.operating.manifest import BadBackup

BUCKET = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/?(.*)")


def _in_bucket(named: str) -> tuple[str, str] | None:
    """(bucket, folder); None where a folder of this machine is named. Raises :class:`BadBackup`."""
    if "://" not in named:
        return None
    if found := BUCKET.fullmatch(named):
        return found[1], found[2].strip("/")
    raise BadBackup(f"{named} is neither a folder nor s3://bucket/folder.")


def _buckets() -> ModuleType:
    try:
        from summit.operating import backup_bucket  # boto3 is only there where something lies in a bucket
    except (ImportError, ImproperlyConfigured) as error:
        raise BadBackup(
            "Buckets need packages that are not installed. Run: uv pip install --no-deps --require-hashes -r requirements-s3.txt"
        ) from error
    return backup_bucket


def place(named: str) -> BackupPlace:
    """Raises :class:`BadBackup` where it can be none."""
    lies = _in_bucket(named)
    if lies is None:
        return BackupFolder(Path(named))
    bucket, folder = lies
    if not folder:
        raise BadBackup(f"A backup in a bucket has a folder of its own there: s3://{bucket}/…")
    made: BackupPlace = _buckets().BackupBucket(bucket, folder)
    return made


def named_by_the_time() -> str:
    """A place below ``BACKUP_ROOT``. Raises :class:`BadBackup` where that is not set."""
    if not settings.BACKUP_ROOT:
        raise BadBackup("Where to? Name a folder or s3://bucket/folder, or set BACKUP_ROOT.")
    return f"{str(settings.BACKUP_ROOT).rstrip('/')}/{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"


def root_here() -> Path | None:
    """``BACKUP_ROOT``, where it is a folder."""
    named = str(settings.BACKUP_ROOT or "")
    return Path(named) if named and "://" not in named else None


def newest() -> datetime | None:
    """When the newest whole backup below ``BACKUP_ROOT`` ended. Raises :class:`BadBackup` where nobody can tell."""
    root = str(settings.BACKUP_ROOT)
    if lies := _in_bucket(root):
        found: datetime | None = _buckets().newest(*lies, manifest.NAME)
        return found
    whole = [path.stat().st_mtime for path in Path(root).glob(f"*/{manifest.NAME}")]
    return datetime.fromtimestamp(max(whole), UTC) if whole else None
