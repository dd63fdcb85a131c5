"""Files and folders that nobody reads but the user whom Summit runs as: they hold names, mails, log-ins."""

import os
from contextlib import suppress
from pathlib import Path

FILE, FOLDER = 0o600, 0o700
EVERYBODY = 0o007


def make_folder(path: Path) -> None:
    """Make the folder where it is not there; those above it are made as usual."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=FOLDER, exist_ok=True)


def write(path: Path, content: bytes) -> None:
    """Write the file anew; it is closed to others before it holds anything."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE), "wb") as file:
        os.fchmod(file.fileno(), FILE)
        file.write(content)


def create(path: Path) -> None:
    """Make an empty file where there is none and where one can be made; whoever opens it says what is wrong."""
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE))


def close_to_others(path: Path) -> None:
    """Close what everybody on the machine could read, as earlier releases left it. What a group may is left to it."""
    # Not ours to close, or gone.
    with suppress(PermissionError, FileNotFoundError, NotADirectoryError):
        if path.stat().st_mode & EVERYBODY:
            path.chmod(FOLDER if path.is_dir() else FILE)
