"""Where files lie: static ones with hashed names, also inside ES module imports, compressed once; private ones apart."""

from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Without the second line ``import "./b.js"`` would keep its plain name and browsers an old copy of it."""

    support_js_module_import_aggregation = True
    manifest_strict = False


def private_files() -> FileSystemStorage:
    """A folder that no web server serves; files come through a view that asks who wants them."""
    return FileSystemStorage(location=settings.PRIVATE_ROOT)


def delete_files(rows: models.QuerySet[Any]) -> int:
    """Delete what lies in the ``file`` of each row, and keep the rows. Returns how many files went."""
    found = list(rows)
    for row in found:
        row.file.delete(save=False)
        rows.model._default_manager.filter(pk=row.pk).update(file="")
    return len(found)
