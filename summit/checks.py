"""Misconfiguration as sentences with a hint, not as tracebacks."""

import ctypes.util
import importlib.util
import ipaddress
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

SHORTEST_KEY = 12
SHORTEST_BACKUP_KEY = 16


@register("summit")
def site_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.SITE_HOST not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        return [
            Error(
                "The host of SITE_URL is not among ALLOWED_HOSTS.",
                hint=f"Add {settings.SITE_HOST} to ALLOWED_HOSTS, or leave ALLOWED_HOSTS empty.",
                id="summit.E001",
            )
        ]
    return []


@register("summit")
def browser_packages(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not (settings.NODE_MODULES / "pretendard").exists():
        return [Error("The faces and browser code are not installed.", hint="Run: make setup", id="summit.E002")]
    return []


@register("summit")
def system_libraries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    missing = [
        package
        for library, package in (("pango-1.0", "libpango-1.0-0"), ("harfbuzz-subset", "libharfbuzz-subset0"))
        if ctypes.util.find_library(library) is None
    ]
    if missing:
        return [
            checks.Warning(
                "Badges need system libraries that are not here.",
                hint=f"Run: apt-get install {' '.join(missing)}",
                id="summit.W001",
            )
        ]
    return []


@register("summit")
def installation_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if 0 < len(settings.INSTALLATION_KEY) < SHORTEST_KEY:
        return [
            Error(
                "INSTALLATION_KEY can be guessed.",
                hint=f"Give it at least {SHORTEST_KEY} characters, or leave it empty: start --empty prints one.",
                id="summit.E003",
            )
        ]
    return []


@register("summit")
def backup_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if 0 < len(settings.BACKUP_KEY) < SHORTEST_BACKUP_KEY:
        return [
            Error(
                "BACKUP_KEY can be guessed.",
                hint=f"Give it at least {SHORTEST_BACKUP_KEY} characters. Whoever finds a backup has time to try.",
                id="summit.E030",
            )
        ]
    return []


@register("summit")
def metrics_networks(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    wrong = [each for each in settings.METRICS_NETWORKS if not _is_network(each)]
    if wrong:
        return [
            Error(
                f"METRICS_NETWORKS names no network: {', '.join(wrong)}",
                hint="Write addresses with the length of their network, such as 10.0.0.0/8, separated by commas.",
                id="summit.E031",
            )
        ]
    return []


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


@register("summit")
def error_reporting(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.SENTRY_DSN and importlib.util.find_spec("sentry_sdk") is None:
        return [
            Error(
                "SENTRY_DSN is set, and what sends errors there is not installed.",
                hint="Run: pip install sentry-sdk, or leave SENTRY_DSN empty.",
                id="summit.E032",
            )
        ]
    return []


@register("summit", deploy=True)
def production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.MAILERS["default"]["BACKEND"].endswith("EmlBackend"):
        found.append(
            checks.Warning(
                "Mail is written to a folder and reaches nobody.",
                hint="Set MAIL_URL to your mail server.",
                id="summit.W002",
            )
        )
    if not settings.REDIS_URL:
        found.append(
            checks.Warning(
                "Rate limits are counted in each process apart.",
                hint="Set REDIS_URL so that all workers share one cache.",
                id="summit.W003",
            )
        )
    return found
