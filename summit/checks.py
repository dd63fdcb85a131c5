"""Misconfiguration as sentences with a hint, not as tracebacks."""

import ctypes.util
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

SHORTEST_KEY = 12


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


@register("summit", deploy=True)
def production_database(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"] not in {"summit.sqlite", "django.db.backends.sqlite3"}:
        return []
    return [
        checks.Warning(
            "The database is SQLite: one machine, one writer at a time.",
            hint="Set DATABASE_URL to a PostgreSQL database.",
            id="summit.W020",
        )
    ]


@register("summit", deploy=True)
def production_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A generated key is lost with its folder: everybody is signed out, printed badges no longer verify."""
    if not settings.HTTPS or not settings.GENERATED_KEYS:
        return []
    return [
        checks.Warning(
            f"Made by the machine and kept under var/ alone: {', '.join(settings.GENERATED_KEYS)}.",
            hint="Set them (NAME, or NAME_FILE for a file), the same on every machine, and keep a copy.",
            id="summit.W021",
        )
    ]


@register("summit", deploy=True)
def production_proxy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """TLS ends in front of us: without these settings every page redirects to itself, or all people have one address."""
    if not settings.HTTPS:
        return []
    found: list[CheckMessage] = []
    if settings.SECURE_PROXY_SSL_HEADER is None:
        found.append(
            checks.Warning(
                "SITE_URL is https, but nothing says which requests came by https: pages redirect to themselves.",
                hint="Put a proxy with TLS in front (deploy/) and set BEHIND_PROXY=1.",
                id="summit.W022",
            )
        )
    if settings.TRUSTED_PROXIES < 1:
        found.append(
            checks.Warning(
                "Everybody seems to come from the proxy's address: one person's tries use up the limits of all.",
                hint="Set TRUSTED_PROXIES to the number of proxies in front, 1 for those in deploy/.",
                id="summit.W023",
            )
        )
    return found
