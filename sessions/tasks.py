"""Names under which earlier releases queued their work: what waited during an update still runs. Gone in the next release."""

from sessions.imports.jobs import run_import

__all__ = ["run_import"]
