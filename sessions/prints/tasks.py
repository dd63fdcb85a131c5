"""Names under which earlier releases queued their work: what waited during an update still runs. Gone in the next release."""

from sessions.prints.kept import draw_print

__all__ = ["draw_print"]
