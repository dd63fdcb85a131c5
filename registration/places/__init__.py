"""How many may come, and seats in sessions: capacity, bookings, waitlists, offers."""
