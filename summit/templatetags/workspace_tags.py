"""What the shell of the workspace shows around every page."""

from typing import Any

from django import template

from summit import navigation
from summit.accounts import preferences
from summit.models import Right, Summit, User

register = template.Library()


@register.simple_tag(takes_context=True)
def workspace_groups(context: Any) -> list[tuple[str, str, list[navigation.Link]]]:
    """The groups of the navigation, each as (name, label, links)."""
    request, summit = context["request"], context.get("summit")
    return navigation.groups(request, summit) if isinstance(summit, Summit) else []


@register.simple_tag(takes_context=True)
def workspace_preferences(context: Any) -> dict[str, Any]:
    """How the reader wants the workspace to look: ``density``, ``side``, ``closed``."""
    return preferences.of(context["request"].user)


@register.simple_tag(takes_context=True)
def workspace_look(context: Any) -> str:
    """The classes of the shell that follow from the reader's choices."""
    look = preferences.of(context["request"].user)
    return f" {look['density']}" + (" folded" if look["side"] == "closed" else "")


@register.simple_tag(takes_context=True)
def workspace_additions(context: Any) -> list[tuple[str, str]]:
    """(address, label) of all that the reader may add."""
    rights: frozenset[Right] = getattr(context["request"], "rights", frozenset())
    summit = context.get("summit")
    return navigation.additions(rights, summit) if isinstance(summit, Summit) else []


@register.simple_tag(takes_context=True)
def other_summits(context: Any) -> list[Summit]:
    """The summits somebody works on beside the one shown."""
    user, summit = context["request"].user, context.get("summit")
    if not isinstance(user, User) or summit is None:
        return []
    own = Summit.objects.filter(pk__in=user.memberships.accepted().values("summit"))
    return list(own.exclude(pk=summit.pk).order_by("-starts_on", "code"))
