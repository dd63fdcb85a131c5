"""Names under which earlier releases queued their work: what waited during an update still runs. Gone in the next release."""

from summit.mailing.outbox import deliver_batch, deliver_mail

__all__ = ["deliver_batch", "deliver_mail"]
