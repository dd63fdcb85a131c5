"""Small typed readers for environment variables. Empty means: the default. Nonsense fails loudly instead of guessing."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


class BadSetting(ValueError):
    """An environment variable holds a value that cannot be understood."""


def env_str(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    raw = os.environ.get(name, "")
    value = raw.strip().lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise BadSetting(f"{name}={raw!r}: write 1 or 0")


def env_choice(name: str, choices: tuple[str, ...]) -> str:
    """One of the words; the first is the default."""
    value = env_str(name, choices[0]).lower()
    if value not in choices:
        raise BadSetting(f"{name}={value!r}: write {' or '.join(choices)}")
    return value


def env_int(name: str, default: int) -> int:
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return int(raw)
    except ValueError as error:
        raise BadSetting(f"{name}={raw!r}: write a whole number") from error


def env_float(name: str, default: float) -> float:
    """A number above nothing, like a number of seconds."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError as error:
        raise BadSetting(f"{name}={raw!r}: write a number such as 0.5") from error
    if not 0 < value < float("inf"):
        raise BadSetting(f"{name}={raw!r}: write a number above 0")
    return value


def env_list(name: str, default: list[str]) -> list[str]:
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    return [part.strip() for part in raw.split(",") if part.strip()]


def env_given(name: str) -> str:
    """The secret from ``NAME`` or from the file named by ``NAME_FILE``; "" where neither is set."""
    if value := os.environ.get(name, "").strip():
        return value
    path = os.environ.get(f"{name}_FILE", "").strip()
    return Path(path).read_text(encoding="utf-8").strip() if path else ""


def env_secrets(name: str) -> list[str]:
    """Secrets from ``NAME``, or from the file named by ``NAME_FILE``: between commas or one a line."""
    return [part.strip() for line in env_given(name).splitlines() for part in line.split(",") if part.strip()]


def env_secret(name: str, *, keep_in: Path, length: int = 50) -> str:
    """The secret from ``NAME``, from the file named by ``NAME_FILE``, or one made once and kept in ``keep_in``."""
    if value := env_given(name):
        return value
    keep_in.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(keep_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return keep_in.read_text(encoding="utf-8").strip()
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(length))
    return keep_in.read_text(encoding="utf-8").strip()


def mailer_from_url(url: str) -> dict[str, Any]:
    """``file:///folder`` or ``smtp[s]://user:password@host:port?tls=1`` as a ``MAILERS`` entry."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {"BACKEND": "summit.lib.mailbox.EmlBackend", "OPTIONS": {"folder": parts.path}}
    if parts.scheme == "memory":
        return {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        # The value may hold a password: it is not repeated.
        raise BadSetting("MAIL_URL: write smtp://user:password@host:port?tls=1 or file:///folder")
    options: dict[str, Any] = {
        "host": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 25),
    }
    if parts.username:
        options |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    if parts.scheme == "smtps":
        options["use_ssl"] = True
    elif parse_qs(parts.query).get("tls") == ["1"]:
        options["use_tls"] = True
    options["timeout"] = 20
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
