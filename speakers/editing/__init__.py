"""Verbs on profiles and organisations: texts, portraits, inviting their people, and claiming a profile."""
