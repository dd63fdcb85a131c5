"""What stands below a field for a password."""

from typing import Any

from django import template

from summit.accounts.leaked_passwords import SHORTEST
from summit.accounts.password_strength import STRONG_FROM, WEAK_BELOW, WORDS

register = template.Library()


@register.inclusion_tag("summit/forms/_password.html")
def password_help(field: Any) -> dict[str, Any]:
    """A button that shows it, and beside the first field of a new one how strong it is; for scripts alone."""
    new = field.field.widget.attrs.get("autocomplete") == "new-password" and bool(field.help_text)
    return {
        "id": field.id_for_label,
        "words": WORDS if new else {},
        "shortest": SHORTEST,
        "weak_below": WEAK_BELOW,
        "strong_from": STRONG_FROM,
    }
