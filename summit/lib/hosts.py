"""Names of hosts as the network knows them."""

import ipaddress
import re

LABEL = re.compile(r"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")


def host_name(said: str) -> str:
    """The name as it stands in DNS and in the header of a request: in ASCII (IDNA), in small letters.

    Raises ``ValueError`` for what is no name of several parts: an address with its path, a number, a name of one word.
    """
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
    """The host of a ``Host`` header."""
    return header.lower().rpartition(":")[0] if re.search(r":\d*\Z", header) else header.lower()
