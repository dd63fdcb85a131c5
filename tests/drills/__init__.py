"""Drills: what must hold while processes are killed. Each prints one line and ends with 1 where it did not hold."""
