"""Where a backup lies: a folder or a bucket, in which nothing is ever written over."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from summit.operating import sealing
from summit.operating.manifest import BadBackup, Part

BLOCK = 1024 * 1024


class Digested:
    """Chunks on their way; ``size`` and ``sha256`` are of those that have passed."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks, self.size, self._known = chunks, 0, hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.size += len(chunk)
            self._known.update(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        return self._known.hexdigest()


class BackupPlace(ABC):
    """``key`` encrypts what is written and reads it again; None leaves it as it is. ``str()`` is its name for people.

    Every method raises :class:`BadBackup`, with a sentence, where the place does not do what is asked.
    """

    key: bytes | None = None

    @abstractmethod
    def make(self) -> None:
        """Raises :class:`BadBackup` where something lies there already."""

    @abstractmethod
    def remove(self) -> None:
        """Take away what was written, as far as that is possible."""

    @abstractmethod
    def finish(self, name: str, content: bytes) -> None:
        """Write the file that says that all the others are whole: there at once, or not at all."""

    @abstractmethod
    def _put(self, name: str, chunks: Iterable[bytes]) -> None:
        """A file, of which no half remains where ``chunks`` fails."""

    @abstractmethod
    def _size(self, name: str) -> int | None:
        """In bytes; None where there is no such file."""

    @abstractmethod
    def _blocks(self, name: str) -> Iterator[bytes]:
        """A file as it lies there."""

    def write(self, name: str, chunks: Iterable[bytes], *, storage: str = "", path: str = "") -> Part:
        """One part, of which no half remains where ``chunks`` fails."""
        name = f"{name}.sealed" if self.key else name
        passed = Digested(sealing.sealed(chunks, self.key, name) if self.key else chunks)
        self._put(name, passed)
        return Part(name, passed.size, passed.sha256, storage, path)

    def text(self, name: str) -> bytes:
        """A small file as it is."""
        if self._size(name) is None:
            raise BadBackup(f"{self} has no {name}: the backup was interrupted, or this is none. Use another one.")
        return b"".join(self._blocks(name))

    def check(self, part: Part) -> None:
        """Raises :class:`BadBackup` unless the part is there, byte for byte."""
        size = self._size(inside(part))
        if size is None:
            raise BadBackup(f"{part.name} is missing from the backup. Use another one.")
        if size != part.size:
            raise BadBackup(f"{part.name} is damaged: {size} bytes instead of {part.size}. Use another backup.")
        for _block in self._as_written(part):
            pass

    def read(self, part: Part) -> Iterator[bytes]:
        """The content of a part, as it was before it was encrypted. Raises :class:`BadBackup`, at the latest at the end."""
        chunks = self._as_written(part)
        try:
            yield from sealing.opened(chunks, self.key, part.name) if self.key else chunks
        except sealing.Damaged as error:
            raise BadBackup(f"{part.name} is damaged: it was not written with this key. Use another backup.") from error

    def _as_written(self, part: Part) -> Iterator[bytes]:
        passed = Digested(self._blocks(inside(part)))
        yield from passed
        if passed.sha256 != part.sha256:
            raise BadBackup(f"{part.name} is damaged: its checksum is another. Use another backup.")


def inside(part: Part) -> str:
    """The name of the part. Raises :class:`BadBackup` where it leads out of the backup."""
    name = PurePosixPath(part.name)
    if name.is_absolute() or ".." in name.parts:
        raise BadBackup(f"The backup names a file outside of it: {part.name}")
    return part.name
