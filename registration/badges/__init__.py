"""Badges as one PDF: ``draw(faces)`` for a person, a desk or a whole summit.

HTML and CSS in ``templates/registration/badge/`` are the design. WeasyPrint lays out one page for each distinct
background (colour, summit, category, attendance); everything personal is then written onto it with HarfBuzz, which is
what makes thousands of badges a matter of seconds. Text that our fonts cannot write alone (emoji, Hanja, two directions
in one line) sends that one badge through WeasyPrint as a whole.

The package needs Django's settings and template engine, and no model.
"""

from collections.abc import Callable, Iterable

from registration.badges.face import Face
from registration.badges.layout import Layout

__all__ = ["Face", "Layout", "draw"]


def draw(faces: Iterable[Face], *, layout: Layout = Layout.A6, progress: Callable[[int], None] | None = None) -> bytes:
    """One PDF with a badge for each of ``faces``, in their order.

    ``progress`` is told how many badges are done, at least every 50 and once at the end. Raises ``ValueError`` when
    there are no faces.
    """
    from registration.badges import stamping  # loads WeasyPrint and HarfBuzz: a second for who draws nothing

    batch = tuple(faces)
    if not batch:
        raise ValueError("There is nobody to draw a badge for.")
    return stamping.Batch(batch, layout, progress).pdf()
