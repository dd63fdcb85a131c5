"""Where files lie: static ones with hashed names, also inside ES module imports, compressed once; private ones apart."""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import models
from whitenoise.storage import CompressedManifestStaticFilesStorage

from summit.lib import own_files

DRAFT = ".draft"
# What pages link: each says with @import what it is made of.
SHEETS = tuple(
    f"summit/css/{name}.css"
    for name in ("public-hangul", "public-latin", "workspace-hangul", "workspace-latin", "screens", "stage")
)


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Without the second line ``import "./b.js"`` would keep its plain name and browsers an old copy of it."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            for name in SHEETS:
                if name in paths:
                    self.bundle(name, *paths[name])
                    paths[name] = (self, name)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def bundle(self, name: str, source: Any, path: str) -> None:
        """One request instead of ten before the first paint. Written anew each time: only its parts may have changed."""
        self.delete(name)
        with source.open(path) as file:
            self.save(name, file)
        bundled = Path(self.path(name))
        run_esbuild(bundled, Path(self.location))
        # A slow network shows the system's font at once and keeps it; ours is there for the next page.
        text = bundled.read_text(encoding="utf-8").replace("font-display:swap", "font-display:optional")
        bundled.write_text(text, encoding="utf-8")


def run_esbuild(sheet: Path, root: Path) -> None:
    """Put what ``sheet`` imports into it. Fonts stay where they are: each is written onto itself.

    Raises ``ImproperlyConfigured`` where esbuild is not installed.
    """
    program = next((settings.NODE_MODULES / "@esbuild").glob("*/bin/esbuild"), None)
    if program is None:
        raise ImproperlyConfigured("esbuild is missing. Install it with: npm ci")
    places = [f"--outbase={root}", f"--outdir={root}", "--asset-names=[dir]/[name]", "--allow-overwrite"]
    command: list[str | Path] = [
        program,
        sheet,
        "--bundle",
        "--minify",
        "--log-level=error",
        "--loader:.woff2=file",
        *places,
    ]
    subprocess.run(command, check=True)


class PrivateFolder(FileSystemStorage):
    """The folder ``PRIVATE_ROOT``, which no web server serves and nobody else on the machine reads.

    A file is there when it is whole, never half written.
    """

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=own_files.FILE, directory_permissions_mode=own_files.FOLDER)

    @property
    def base_location(self) -> str:
        return str(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:
        return str(Path(self.base_location).absolute())

    def _save(self, name: str, content: File[Any]) -> str:
        own_files.make_folder(Path(self.location))
        own_files.close_to_others(Path(self.location))
        draft = super()._save(f"{name}.{secrets.token_hex(8)}{DRAFT}", content)  # type: ignore[misc]  # not in the stubs
        Path(self.path(draft)).replace(self.path(name))
        return name

    def url(self, name: str | None) -> str:
        """Raises ``ValueError``: a view gives it out, see ``summit/views/private_files.py``."""
        raise ValueError("Private files have no address of their own.")


def private_files() -> Storage:
    """Where badges, exports, uploads to be read and kept prints lie; files come through a view that asks who wants them.

    What everybody may read (portraits, slides, pictures) lies in the default storage, and is read through ``/media/``.
    """
    return storages["private"]


def is_private(field: models.FileField) -> bool:
    """Whether a column's files lie there: by what it was declared with, whichever storage that gives by now."""
    return getattr(field, "_storage_callable", None) is private_files


def delete_files(rows: models.QuerySet[Any]) -> int:
    """Delete what lies in the ``file`` of each row, and keep the rows. Returns how many files went."""
    found = list(rows)
    for row in found:
        row.file.delete(save=False)
        rows.model._default_manager.filter(pk=row.pk).update(file="")
    return len(found)


def forget_strays(*, older_than: datetime) -> int:
    """Delete private files that no row names: processes that ended half-way left them. Returns how many."""
    files, gone = private_files(), 0
    for folder, names in _named().items():
        try:
            found = files.listdir(folder)[1]
        except FileNotFoundError:
            continue
        for stray in {f"{folder}{name}" for name in found} - names:
            # Somebody else tidies up as well.
            with suppress(FileNotFoundError):
                if files.get_modified_time(stray) < older_than:
                    files.delete(stray)
                    gone += 1
    return gone


def _named() -> dict[str, set[str]]:
    """Folder of the private storage → the files in it that rows name."""
    found: dict[str, set[str]] = {}
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, models.FileField) and is_private(field):
                rows = model._default_manager.exclude(**{field.name: ""})
                found.setdefault(str(field.upload_to), set()).update(rows.values_list(field.name, flat=True))
    return found
