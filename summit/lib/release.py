"""What a release is: the content of its files, wherever and whenever they were unpacked."""

import hashlib
import os
from pathlib import Path

FOLDERS = ("summit", "sessions", "speakers", "registration", "api", "templates")
KINDS = (".py", ".html", ".mo", ".css", ".js", ".txt")
# What libraries and browser packages it runs with.
LOCKS = ("requirements.txt", "package-lock.json")


def fingerprint(root: Path) -> str:
    """Eight hexadecimal digits, the same on every machine with the same code, templates, translations and packages.

    Reads some eight hundred files; a process asks once.
    """
    digest = hashlib.sha256()
    for name in sorted([*_files(root), *(name for name in LOCKS if (root / name).is_file())]):
        with open(root / name, "rb", buffering=0) as file:  # noqa: PTH123  half the time of Path.read_bytes
            content = file.read()
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:8]


def _files(root: Path) -> list[str]:
    """Below ``root``, with ``/`` between the parts."""
    return [
        f"{os.path.relpath(folder, root)}/{name}"
        for top in FOLDERS
        for folder, _folders, names in os.walk(root / top)
        for name in names
        if name.endswith(KINDS)
    ]
