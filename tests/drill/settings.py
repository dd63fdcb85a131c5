"""The product's settings for the short drill: static files as they lie in the tree, found once, not gathered and compressed."""

from summit.settings import *  # noqa: F403
from summit.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
