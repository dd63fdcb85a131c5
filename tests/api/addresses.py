"""Every address of the API with real codes in it."""

from types import SimpleNamespace
from typing import Any

from api.schema import document


def every_documented(full: SimpleNamespace) -> dict[str, str]:
    """Documented path → an address that has data."""
    keys = {
        "tracks": full.track.slug, "sessions": full.session.code, "speakers": full.speaker.code,
        "organisations": full.host.code, "rooms": full.room.code, "pages": full.page.slug,
    }  # fmt: skip
    found = {}
    for path in document("en")["paths"]:
        word = path.removeprefix("/api/v1/summits/{summit}/").split("/")[0]
        address = path.replace("{summit}", full.summit.code)
        found[path] = address.replace("{code}", keys.get(word, "")).replace("{slug}", keys.get(word, ""))
    return found


def leaves(value: Any, at: str = "") -> list[tuple[str, Any]]:
    """Every (path of keys, value) in a JSON value."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, f"{at}.{key}")]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner, at)]
    return [(at, value)]
