"""Letting people in: signed tickets and check-ins."""
