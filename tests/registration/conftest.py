"""Files of its own for a test."""

import pytest
from django.core.files.storage import FileSystemStorage

from registration.models import BadgeJob, Photo


@pytest.fixture
def own_media(monkeypatch, tmp_path):
    """Badges that a test draws go with it."""
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(BadgeJob._meta.get_field("file"), "storage", storage)
    return tmp_path


@pytest.fixture
def own_photos(monkeypatch, tmp_path):
    """Photos that a test sends go with it."""
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(Photo._meta.get_field("file"), "storage", storage)
    return tmp_path
