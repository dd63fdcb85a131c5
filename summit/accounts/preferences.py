"""How somebody wants the workspace to look, wherever they sign in. It concerns nobody else, so no history is kept."""

from collections.abc import Mapping
from typing import Any

from summit.models import User
from summit.navigation import GROUPS

# What may be set, and to which values; the first is how it is without a choice.
CHOICES: Mapping[str, tuple[str, ...]] = {"density": ("roomy", "dense"), "side": ("open", "closed")}
COLLAPSIBLE = frozenset(group.name for group in GROUPS if group.label)


def of(user: Any) -> dict[str, Any]:
    """``density``, ``side``, and ``closed``: the groups of the navigation that are folded."""
    kept = getattr(user, "preferences", None) or {}
    found: dict[str, Any] = {name: kept.get(name) or values[0] for name, values in CHOICES.items()}
    return found | {"closed": [name for name in kept.get("closed", []) if name in COLLAPSIBLE]}


def set_preferences(user: User, wanted: Mapping[str, str]) -> User:
    """Set what is known of ``wanted``; ``fold`` and ``unfold`` name a group. Anything else is passed over."""
    kept = of(user)
    kept |= {name: value for name, value in wanted.items() if value in CHOICES.get(name, ())}
    closed = set(kept["closed"])
    closed |= {wanted.get("fold", "")} & COLLAPSIBLE
    closed -= {wanted.get("unfold", "")}
    user.preferences = {**kept, "closed": sorted(closed)}
    user.save(update_fields=["preferences"])
    return user
