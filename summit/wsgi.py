"""WSGI entry point: ``granian --interface wsgi summit.wsgi:application``."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from summit.lib.request_ids import Identified

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")
application = Identified(get_wsgi_application())

from summit.operating import alarms, error_reporting  # noqa: E402  models are there from here on
from summit.public_pages import build  # noqa: E402

# What runs here is what lies here now: an update may replace the files before the first page is asked for.
build()
alarms.watch()
error_reporting.begin()
# What was loaded at start-up never becomes garbage: leaving it out of every collection shortens pauses.
gc.freeze()
