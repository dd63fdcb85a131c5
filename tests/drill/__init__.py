"""``make drill``: two machines, what they share, people who use them, and everything that can break, broken in turn."""
