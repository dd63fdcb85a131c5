"""The workspace's lists of sessions, tracks and imports."""
