"""Where a backup lies: a folder that only its owner reads, in which nothing is ever written over."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from summit.operating import sealing
from summit.operating.manifest import BadBackup, Part

BLOCK = 1024 * 1024


class BackupFolder:
    """``key`` encrypts what is written and reads it again; None leaves it as it is."""

    def __init__(self, root: Path, key: bytes | None = None) -> None:
        self.root, self.key = root, key

    def make(self) -> None:
        """Raises :class:`BadBackup` where something lies there already."""
        if self.root.exists() and (not self.root.is_dir() or any(self.root.iterdir())):
            raise BadBackup(f"{self.root} is there already and not empty. A backup never writes over anything.")
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def write(self, name: str, chunks: Iterable[bytes], *, storage: str = "", path: str = "") -> Part:
        """One part, of which no half remains where ``chunks`` fails."""
        name = f"{name}.sealed" if self.key else name
        size, digest = 0, hashlib.sha256()
        place = self.root / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in sealing.sealed(chunks, self.key, name) if self.key else chunks:
                    file.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            place.unlink()
            raise
        return Part(name, size, digest.hexdigest(), storage, path)

    def finish(self, name: str, content: bytes) -> None:
        """Write the file that says that all the others are whole: there at once, or not at all."""
        half = self.root / f".{name}"
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.rename(self.root / name)
        folder = os.open(self.root, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def text(self, name: str) -> bytes:
        """A small file as it is. Raises :class:`BadBackup` where it is not there."""
        if not self.root.is_dir():
            raise BadBackup(f"There is no folder {self.root}.")
        if not (self.root / name).is_file():
            raise BadBackup(f"{self.root} has no {name}: the backup was interrupted, or this is none. Use another one.")
        return (self.root / name).read_bytes()

    def _place(self, part: Part) -> Path:
        name = PurePosixPath(part.name)
        if name.is_absolute() or ".." in name.parts:
            raise BadBackup(f"The backup names a file outside of it: {part.name}")
        return self.root / name

    def check(self, part: Part) -> None:
        """Raises :class:`BadBackup` unless the part is there, byte for byte."""
        place = self._place(part)
        if not place.is_file():
            raise BadBackup(f"{part.name} is missing from the backup. Use another one.")
        if (size := place.stat().st_size) != part.size:
            raise BadBackup(f"{part.name} is damaged: {size} bytes instead of {part.size}. Use another backup.")
        with place.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != part.sha256:
                raise BadBackup(f"{part.name} is damaged: its checksum is another. Use another backup.")

    def read(self, part: Part) -> Iterator[bytes]:
        """The content of a part, as it was before it was encrypted. Raises :class:`BadBackup`, at the latest at the end."""
        with self._place(part).open("rb") as file:
            chunks = iter(lambda: file.read(BLOCK), b"")
            try:
                yield from sealing.opened(chunks, self.key, part.name) if self.key else chunks
            except sealing.Damaged as error:
                raise BadBackup(
                    f"{part.name} is damaged: it was not written with this key. Use another backup."
                ) from error
