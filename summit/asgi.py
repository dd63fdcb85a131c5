"""ASGI entry point; the measured choice is WSGI (see DECISIONS.md)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")
application = get_asgi_application()
