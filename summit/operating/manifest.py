"""What a backup says of itself: ``manifest.json``, written last, so that one that was interrupted has none.

JSON with ``format``, ``version``, ``release``, ``site``, ``engine``, ``engine_version``, ``begun``, ``ended`` (ISO 8601),
``migrations`` (``{app: [name]}``), ``rows`` (``{table: count}``), ``parts`` (see :class:`Part`), ``encryption`` (null, or how
the key is derived), ``keep_beside`` (names of secrets that are not in it, with a fingerprint each), and ``seal``: the
SHA-256 of all the rest, or its HMAC under the key of an encrypted one.
"""

import hashlib
import hmac
import json
import re
import secrets
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from summit.operating import sealing

NAME = "manifest.json"
FORMAT, VERSION = "summit-backup", 1
# Their names become part of statements.
TABLE = re.compile(r"[a-z0-9_]+")
# What a restored installation needs and no backup holds.
SESSIONS, TICKETS = ("SECRET_KEY", "SECRET_KEY_FALLBACKS"), ("TICKET_SIGNING_KEY", "TICKET_SIGNING_KEYS_OLD")
KEPT_BESIDE = (*SESSIONS, *TICKETS)
# What follows where a secret is none of those of its kind.
OTHER_SECRET = {
    SESSIONS: "whoever signed in with it has to do so again, links that were mailed for a new password do not work, and "
    "second factors that were encrypted with it cannot be read",
    TICKETS: "printed badges and tickets signed with it will not verify",
}


class BadBackup(Exception):
    """The backup cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup: ``name`` in it, its ``size`` in bytes and ``sha256`` as it lies there; which ``storage`` it
    comes from (``public``, ``private``; "" for the database), and the file's ``path`` there."""

    name: str
    size: int
    sha256: str
    storage: str = ""
    path: str = ""


@dataclass(slots=True)
class Manifest:
    release: str
    site: str
    engine: str
    engine_version: str
    begun: str
    ended: str
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    parts: list[Part]
    encryption: dict[str, Any] | None
    keep_beside: dict[str, str]
    salt: str
    format: str = FORMAT
    version: int = VERSION
    seal: str = field(default="")

    @property
    def database(self) -> Part:
        return next(part for part in self.parts if not part.storage)

    @property
    def files(self) -> list[Part]:
        return [part for part in self.parts if part.storage]


def release() -> str:
    """The version of this software."""
    project = Path(settings.BASE_DIR, "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(project)["project"]["version"])


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def fingerprints(salt: bytes) -> dict[str, str]:
    """Of each secret that is set a few bytes by which it is known again, and from which nobody learns it; of several
    they stand behind each other, with a blank between."""
    found = {}
    for name in KEPT_BESIDE:
        value = getattr(settings, name)
        secrets_ = [value] if isinstance(value, str) else value
        found[name] = " ".join(sealing.derived(each, salt)[:8].hex() for each in secrets_)
    return {name: told for name, told in found.items() if told}


def key_for(salt: bytes) -> bytes | None:
    """The key of a backup, of ``BACKUP_KEY``; None where none is set."""
    return sealing.derived(settings.BACKUP_KEY, salt) if settings.BACKUP_KEY else None


def encryption(key: bytes | None) -> dict[str, Any] | None:
    if key is None:
        return None
    return {"kdf": "scrypt", **sealing.COST, "cipher": "chacha20-poly1305", "check": sealing.tag(key, b"check")}


def _seal(facts: dict[str, Any], key: bytes | None) -> str:
    rest = {name: value for name, value in facts.items() if name != "seal"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()
    return sealing.tag(key, b"manifest " + text) if key else hashlib.sha256(text).hexdigest()


def written(manifest: Manifest, key: bytes | None) -> bytes:
    facts = asdict(manifest)
    facts["seal"] = _seal(facts, key)
    return json.dumps(facts, ensure_ascii=False, indent=1).encode() + b"\n"


def read(text: bytes) -> tuple[Manifest, bytes | None]:
    """The manifest and the key of its backup. Raises :class:`BadBackup`."""
    try:
        facts = json.loads(text)
        if facts["format"] != FORMAT:
            raise BadBackup("This is no backup of this software.")
        if facts["version"] != VERSION:
            raise BadBackup(f"Backups of version {facts['version']} are read by a newer release.")
        key = _key(facts)
        if not hmac.compare_digest(_seal(facts, key), facts["seal"]):
            raise BadBackup(f"{NAME} is damaged: it is not what was written. Use another backup.")
        if not all(TABLE.fullmatch(name) and isinstance(count, int) for name, count in facts["rows"].items()):
            raise BadBackup(f"{NAME} names tables that no release has.")
        manifest = Manifest(**{**facts, "parts": [Part(**part) for part in facts["parts"]]})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadBackup(f"{NAME} is damaged and cannot be read. Use another backup.") from error
    return manifest, key


def _key(facts: dict[str, Any]) -> bytes | None:
    if facts["encryption"] is None:
        return None
    key = key_for(bytes.fromhex(facts["salt"]))
    if key is None:
        raise BadBackup("The backup is encrypted. Set BACKUP_KEY, or BACKUP_KEY_FILE, to the key it was made with.")
    if not hmac.compare_digest(sealing.tag(key, b"check"), facts["encryption"]["check"]):
        raise BadBackup("BACKUP_KEY is not the key this backup was made with.")
    return key


def foreign_secrets(manifest: Manifest) -> list[str]:
    """What follows where this installation lacks a secret, one sentence each; one that stands among the former ones here
    is not lacking."""
    mine = fingerprints(bytes.fromhex(manifest.salt))
    here = {kind: {each for name in kind for each in mine.get(name, "").split()} for kind in OTHER_SECRET}
    return [
        f"{name} is another one: {follows}. Set the one of the installation that was backed up, or add it to {kind[1]}."
        for kind, follows in OTHER_SECRET.items()
        for name in kind
        if set(manifest.keep_beside.get(name, "").split()) - here[kind]
    ]
