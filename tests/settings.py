"""The product's settings, with what tests must not touch taken elsewhere."""

import os
import tempfile
from pathlib import Path

from summit.settings import *  # noqa: F403

_scratch = Path(tempfile.gettempdir()) / f"summit-tests-{os.getuid()}"
# Local state of the developer (database, mail, demonstration log-ins) is not the tests' to touch.
VAR = _scratch / os.environ.get("PYTEST_XDIST_WORKER", "one")
MEDIA_ROOT = _scratch / "media"
PRIVATE_ROOT = _scratch / "private"
SITE_URL = "http://testserver"
SITE_HOST = "testserver"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Static files as they lie in the tree: no collecting before a test run.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "summit.storage.PrivateFolder"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Switched on where limits are what is tested.
RATE_LIMITS = False
STAFF_TWO_FACTORS = False
DEBUG = False
# The styleguide is a page of developers; its address must exist to be tested.
SECURE_SSL_REDIRECT = False
LOGGING = {"version": 1, "disable_existing_loggers": True}
