"""Identifiers that buttons and addresses say."""

from uuid import UUID

from django.http import Http404


def guid_or_404(said: str) -> UUID:
    """Raises ``Http404`` for what is none."""
    try:
        return UUID(said)
    except ValueError:
        raise Http404 from None
