"""Misconfiguration as sentences with a hint, not as tracebacks."""

import ctypes.util
import importlib.util
import ipaddress
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

SHORTEST_KEY = 12
SHORTEST_BACKUP_KEY = 16
# How a database may be spoken to (libpq): in the clear, or as the server likes; encrypted to whoever answers; to whom the
# certificate says.
UNENCRYPTED, UNKNOWN, KNOWN = ("disable", "allow", "prefer"), ("require",), ("verify-ca", "verify-full")


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
def object_storage(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if bool(settings.S3_PUBLIC_BUCKET) != bool(settings.S3_PRIVATE_BUCKET):
        found.append(
            Error(
                "Only one of S3_PUBLIC_BUCKET and S3_PRIVATE_BUCKET is set: the other files stay on one machine's disk.",
                hint="Set both, or neither.",
                id="summit.E021",
            )
        )
    if settings.S3_PRIVATE_BUCKET and settings.S3_PUBLIC_BUCKET == settings.S3_PRIVATE_BUCKET:
        found.append(
            Error(
                "S3_PUBLIC_BUCKET and S3_PRIVATE_BUCKET are the same bucket: whoever opens one opens badges and exports.",
                hint="Make a second bucket.",
                id="summit.E022",
            )
        )
    if settings.PRIVATE_FILES not in {"stream", "signed"}:
        hint = "Write stream or signed."
        found.append(Error("PRIVATE_FILES is neither stream nor signed.", hint=hint, id="summit.E023"))
    elif settings.PRIVATE_FILES == "signed" and not settings.S3_PRIVATE_BUCKET:
        found.append(
            Error(
                "PRIVATE_FILES=signed needs an object storage: a folder has no addresses to sign.",
                hint="Set S3_PRIVATE_BUCKET, or PRIVATE_FILES=stream.",
                id="summit.E024",
            )
        )
    return found


@register("summit")
def several_machines(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Buckets are what several machines share; without Redis each of them counts for itself."""
    if settings.S3_PRIVATE_BUCKET and not settings.REDIS_URL and settings.RATE_LIMITS:
        return [
            checks.Warning(
                "Files are shared between machines, but each process of each counts rate limits for itself.",
                hint="Set REDIS_URL to one Redis for all machines; otherwise every machine allows as much again.",
                id="summit.W025",
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
    if settings.FORMER_COOKIES:
        found.append(
            checks.Warning(
                "FORMER_COOKIES is set: cookies are taken as earlier releases gave them, without the prefix __Host-.",
                hint="Take it away once every web server runs this release (docs/upgrading.md).",
                id="summit.W024",
            )
        )
    return found


@register("summit")
def database_encryption(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    mode = settings.DATABASES["default"].get("OPTIONS", {}).get("sslmode", "prefer")
    if mode in (*UNENCRYPTED, *UNKNOWN, *KNOWN):
        return []
    return [
        Error(
            "DATABASE_URL has an sslmode that PostgreSQL does not know.",
            hint=f"Write one of {', '.join((*KNOWN, *UNKNOWN, *UNENCRYPTED))}.",
            id="summit.E033",
        )
    ]


def is_elsewhere(host: str) -> bool:
    """Whether a connection to this host leaves the machine. A name without a dot is that of a container beside us, and
    what begins with a slash, or nothing at all, a socket of this machine."""
    if not host or host.startswith("/"):
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return "." in host and not host.endswith(".localhost")


@register("summit", deploy=True)
def encrypted_connections(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whatever leaves the machine is encrypted, and for whoever the certificate names."""
    return [*_database_in_the_clear(), *_services_in_the_clear()]


def _database_in_the_clear() -> Iterator[CheckMessage]:
    known = settings.DATABASES["default"]
    hosts = re.split(",", known.get("HOST") or "")
    if "sqlite" in known["ENGINE"] or not any(is_elsewhere(host) for host in hosts):
        return
    mode = known.get("OPTIONS", {}).get("sslmode", "prefer")
    if mode in UNENCRYPTED:
        yield checks.Warning(
            f"The database is on another machine, and sslmode={mode} lets everything go there in the clear.",
            hint="Add ?sslmode=verify-full&sslrootcert=/path/of/its/authority.pem to DATABASE_URL (sslrootcert=system for "
            "those the machine knows).",
            id="summit.W026",
        )
    elif mode in UNKNOWN:
        yield checks.Warning(
            f"sslmode={mode} encrypts for whoever answers in place of the database.",
            hint="Write sslmode=verify-full in DATABASE_URL, with sslrootcert=/path/of/its/authority.pem or sslrootcert=system.",
            id="summit.W027",
        )


def _services_in_the_clear() -> Iterator[CheckMessage]:
    for url in filter(None, re.split("[;,]", settings.REDIS_URL)):
        parts = urlsplit(url)
        is_checked = parts.scheme == "rediss" and parse_qs(parts.query).get("ssl_cert_reqs", ["required"]) == [
            "required"
        ]
        if is_elsewhere(parts.hostname or "") and not is_checked:
            yield checks.Warning(
                "Redis is on another machine, and its certificate is not asked for.",
                hint="Write rediss:// in REDIS_URL (?ssl_ca_certs=/path.pem for an authority of your own), and no ssl_cert_reqs.",
                id="summit.W028",
            )
    mail = settings.MAILERS["default"].get("OPTIONS", {})
    if is_elsewhere(mail.get("host", "")) and not (mail.get("use_tls") or mail.get("use_ssl")):
        yield checks.Warning(
            "Mails, with links and codes in them, go to the mail server in the clear.",
            hint="Write smtps://…, or smtp://…?tls=1, in MAIL_URL.",
            id="summit.W029",
        )
    storage = urlsplit(settings.S3["endpoint_url"] or "")
    if storage.scheme == "http" and is_elsewhere(storage.hostname or ""):
        yield checks.Warning(
            "Files, and the signatures that open them, go to the object storage in the clear.",
            hint="Write https:// in S3_ENDPOINT.",
            id="summit.W034",
        )
