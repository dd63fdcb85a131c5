"""A backup in a folder that only its owner reads."""

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from summit.operating.backup_place import BLOCK, BackupPlace
from summit.operating.manifest import BadBackup


class BackupFolder(BackupPlace):
    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def __str__(self) -> str:
        return str(self.root)

    def make(self) -> None:
        if self.root.exists() and (not self.root.is_dir() or any(self.root.iterdir())):
            raise BadBackup(f"{self.root} is there already and not empty. A backup never writes over anything.")
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def _put(self, name: str, chunks: Iterable[bytes]) -> None:
        place = self.root / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            place.unlink()
            raise

    def finish(self, name: str, content: bytes) -> None:
        half = f".{name}"
        self._put(half, [content])
        (self.root / half).rename(self.root / name)
        folder = os.open(self.root, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def text(self, name: str) -> bytes:
        if not self.root.is_dir():
            raise BadBackup(f"There is no folder {self.root}.")
        return super().text(name)

    def _size(self, name: str) -> int | None:
        place = self.root / name
        return place.stat().st_size if place.is_file() else None

    def _blocks(self, name: str) -> Iterator[bytes]:
        with (self.root / name).open("rb") as file:
            yield from iter(lambda: file.read(BLOCK), b"")
