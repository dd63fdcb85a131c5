"""All files of an installation: what people uploaded for everybody, and what is private."""

from collections.abc import Iterator
from contextlib import suppress

from django.core.files.base import File
from django.core.files.storage import Storage, default_storage

from summit.storage import private_files

BLOCK = 1024 * 1024


def storages() -> dict[str, Storage]:
    """Each by the name a backup calls it."""
    return {"public": default_storage, "private": private_files()}


def paths(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of a storage, folder by folder; none where nothing was ever kept."""
    with suppress(FileNotFoundError):
        folders, files = storage.listdir(folder)
        yield from (f"{folder}/{name}" if folder else name for name in sorted(files))
        for name in sorted(folders):
            yield from paths(storage, f"{folder}/{name}" if folder else name)


def chunks(file: File) -> Iterator[bytes]:
    with file:
        yield from iter(lambda: file.read(BLOCK), b"")
