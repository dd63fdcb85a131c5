"""Files of its own for a test."""

import pytest
from django.core.files.storage import FileSystemStorage

from summit.models import ExportJob


@pytest.fixture
def own_media(monkeypatch, tmp_path):
    """What a test exports goes with it."""
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(ExportJob._meta.get_field("file"), "storage", storage)
    return tmp_path
