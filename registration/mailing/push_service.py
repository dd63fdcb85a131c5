"""The way to the push services of browsers: one request over TLS to a public address, and what its answer means.

The address is one that a browser gave, that is: anybody. So it is looked up here, must lead to the public internet alone, and
is connected to as it was looked up; no answer is read, and none leads elsewhere.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings

from summit.models import Summit

# Seconds for the connection and for the answer.
PATIENCE = 10
# ... and for all of it: an answer that drips is none.
PATIENCE_IN_ALL = 20
HTTPS = 443
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
# RFC 8030 5.2: how long the service keeps what a browser that is away has not fetched.
KEPT_FOR = 30 * 60
URGENCY = {True: "high", False: "normal"}


class Outcome(StrEnum):
    LEFT = "left"
    # The browser has unsubscribed, or is no more (RFC 8030 7.3).
    GONE = "gone"
    FAILED = "failed"


class NotPublic(OSError):
    """The name leads into a network of somebody's own."""


def is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        # Ways by which an address of the older internet hides in one of the newer (RFC 3056, 4380, 6052).
        if found.sixtofour or found.teredo or found in TRANSLATED:
            return False
        found = found.ipv4_mapped or found
    return found.is_global and not found.is_multicast


def looked_up(host: str) -> tuple[str, int]:
    """Where a host is, as (address, port). Raises :class:`NotPublic` where any of its addresses is not public, and
    ``OSError``."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)]
    if not found or not all(map(is_public, found)):
        raise NotPublic(host)
    return found[0], HTTPS


def trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Line(http.client.HTTPSConnection):
    """A connection to where a host was found to be, under the host's own name."""

    def connect(self) -> None:
        plain = socket.create_connection(looked_up(self.host), self.timeout)
        try:
            self.sock = trust().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def send(endpoint: str, body: bytes, authorization: str, *, urgent: bool = False, seconds: int = KEPT_FOR) -> Outcome:
    """Hand over what is encrypted for one browser (RFC 8030 5)."""
    parts = urlsplit(endpoint)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Authorization": authorization, "Content-Encoding": "aes128gcm", "Urgency": URGENCY[urgent],
               "Content-Type": "application/octet-stream", "TTL": str(max(0, min(seconds, KEPT_FOR)))}  # fmt: skip
    line = _Line(parts.hostname or "", timeout=PATIENCE)
    end = threading.Timer(PATIENCE_IN_ALL, _cut, [line])
    end.daemon = True
    end.start()
    try:
        line.request("POST", path, body, headers)
        status = line.getresponse().status
    except (OSError, http.client.HTTPException, ValueError):
        return Outcome.FAILED
    finally:
        end.cancel()
        line.close()
    if status in {404, 410}:
        return Outcome.GONE
    return Outcome.LEFT if 200 <= status < 300 else Outcome.FAILED


def _cut(line: http.client.HTTPSConnection) -> None:
    with suppress(OSError):
        if line.sock:
            line.sock.shutdown(socket.SHUT_RDWR)


def contact(summit: Summit) -> str:
    """Whom a push service writes to about what is sent (RFC 8292 2.1)."""
    return f"mailto:{summit.contact_email}" if summit.contact_email else str(settings.SITE_URL)
