"""What the public reads: the agenda and its search, what is beside a session, calendars, JSON-LD, screens. Reads only."""
