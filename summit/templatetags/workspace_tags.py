"""What the shell of the workspace shows around every page."""

from typing import Any

from django import template

from summit import navigation
from summit.models import Summit, User

register = template.Library()


@register.simple_tag(takes_context=True)
def workspace_groups(context: Any) -> list[tuple[str, str, list[navigation.Link]]]:
    """The groups of the navigation, each as (name, label, links)."""
    request, summit = context["request"], context.get("summit")
    return navigation.groups(request, summit) if isinstance(summit, Summit) else []


@register.simple_tag(takes_context=True)
def other_summits(context: Any) -> list[Summit]:
    """The summits somebody works on beside the one shown."""
    user, summit = context["request"].user, context.get("summit")
    if not isinstance(user, User) or summit is None:
        return []
    own = Summit.objects.filter(pk__in=user.memberships.accepted().values("summit"))
    return list(own.exclude(pk=summit.pk).order_by("-starts_on", "code"))
