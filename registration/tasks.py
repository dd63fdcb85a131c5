"""Names under which earlier releases queued their work: what waited during an update still runs. Gone in the next release."""

from registration.badges.printing import draw_badges
from registration.mailing.announcing import publish_planned, tell_affected
from registration.places.bookings import expire_offers
from registration.registering.lifecycle import send_link

__all__ = ["draw_badges", "expire_offers", "publish_planned", "send_link", "tell_affected"]
