"""Mail that must not get lost: the outbox, and the tasks that empty it."""
