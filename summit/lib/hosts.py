"""Names of hosts as the network knows them, and a summit's paths at the installation and at its own host.

At the installation a path holds the summit's code, at the summit's own host it does not: ``/ko/<code>/agenda/`` here
is ``/ko/agenda/`` there, ``/<code>/schedule.ics`` is ``/schedule.ics``. What belongs to accounts and the workspace
lies at the installation alone.
"""

import ipaddress
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import urlsplit

from django.conf import settings

LABEL = re.compile(r"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")


# Characters of a name as people write it; DNS has 253 octets (RFC 1035, 2.3.4).
LONGEST = 300


def host_name(said: str) -> str:
    """The name as it stands in DNS and in the header of a request: in ASCII (IDNA), in small letters.

    Raises ``ValueError`` for what is no name of several parts: an address with its path, a number, a name of one word.
    """
    if len(said) > LONGEST:  # preparing a name costs time in the square of its length
        raise ValueError(said)
    try:
        name = said.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(said) from error
    labels = name.split(".")
    if len(name) > 253 or len(labels) < 2 or not all(LABEL.match(label) for label in labels) or labels[-1].isdigit():
        raise ValueError(said)
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name
    raise ValueError(said)


def without_port(header: str) -> str:
    """The host of a ``Host`` header, without the dot that a fully qualified name may end in."""
    host = header.lower().rpartition(":")[0] if re.search(r":\d*\Z", header) else header.lower()
    return host.removesuffix(".")


# The code of the summit at whose own host this request is answered; "" at the installation and outside requests.
_served: ContextVar[str] = ContextVar("served", default="")

# Lies at both, outside any summit.
SHARED = frozenset(
    {"", "static", "media", "favicon.ico", "robots.txt", "sitemap.xml", "me.json", "healthz", "own-hosts"}
)
# Lies at the installation alone: outside any language, below a language, below a summit.
APART = frozenset({"admin", "api", "go", "styleguide"})
APART_IN_LANGUAGE = frozenset({"account", "my", "set-up"})
WORKSPACE = frozenset(
    {
        *("organiser", "desk", "hosting", "my-sessions", "my-profile", "my-delegations"),
        *("team-invitations", "host-invitations", "profile-claims"),
    }
)
# Our element for other sites asks the API of the host it comes from.
EMBED = ["agenda", "embed"]
# What a summit's addresses go on with after its code.
STEPS = WORKSPACE | {
    *(
        "agenda",
        "captions",
        "civic",
        "data",
        "delegations",
        "hosts",
        "numbers",
        "offline",
        "feedback",
        "outcomes",
        "pages",
        "participants",
        "privacy",
        "register",
        "registrations",
        "rooms",
        "schedule",
        "screen",
    ),
    *(
        "sessions",
        "shared",
        "shared-agendas",
        "speaker",
        "speakers",
        "talk",
        "tracks",
        "venue",
        "widgets",
        "my",
        "my-agenda",
    ),
}


def served() -> str:
    """The code of the summit at whose own host this request is answered, else ""."""
    return _served.get()


def own_host(domain: str, code: str) -> str:
    """The host at which the summit is served without its code; "" where it has none that is its own.

    A name of the installation's is none. A code that is also the name of a page could not be told from it.
    """
    return "" if domain in (settings.SITE_HOST, *settings.ALLOWED_HOSTS) or code in STEPS else domain


@contextmanager
def serving(code: str) -> Iterator[None]:
    """What is done meanwhile is done at that summit's own host."""
    token = _served.set(code)
    try:
        yield
    finally:
        _served.reset(token)


def origin(host: str) -> str:
    """Scheme, host and port of an own host: reached as the installation is, by another name."""
    parts = urlsplit(settings.SITE_URL)
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


def parts(path: str) -> tuple[str, list[str]]:
    """The language in front ("" for none) and the first three steps after it, without query and fragment."""
    steps = re.split(r"[?#]", path, maxsplit=1)[0].split("/")[1:5]
    language = steps.pop(0) if steps and steps[0] in dict(settings.LANGUAGES) else ""
    return language, steps


def first_step(path: str) -> str:
    """What stands after the language: a summit's code, or the name of a page."""
    _language, steps = parts(path)
    return steps[0] if steps else ""


def at_own_host(path: str, code: str) -> str:
    """A path of the installation as it is at the summit's own host."""
    language, steps = parts(path)
    if not steps or steps[0] != code:
        return path
    before = f"/{language}" if language else ""
    return f"{before}/{path.removeprefix(f'{before}/{code}').removeprefix('/')}"


def at_installation(path: str, code: str) -> str:
    """A path of the summit's own host as it is at the installation."""
    language, steps = parts(path)
    first = steps[0] if steps else ""
    if first == code or first in (APART_IN_LANGUAGE if language else APART | SHARED):
        return path
    return f"/{language}/{code}{path.removeprefix(f'/{language}')}" if language else f"/{code}{path}"


def is_apart(path: str, code: str) -> bool:
    """Whether a path of the installation is answered there alone: accounts, the workspace, the API and what shows it."""
    language, steps = parts(path)
    first, second = [*steps, "", ""][:2]
    if language and first == code:
        return second in WORKSPACE or steps[1:3] == EMBED
    return first in (APART_IN_LANGUAGE if language else APART)


def link_to_installation(path: str) -> str:
    """A link to a path that ``reverse`` made here, at the installation wherever it is read."""
    return settings.SITE_URL + at_installation(path, served()) if served() else path
