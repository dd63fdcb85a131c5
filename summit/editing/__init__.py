"""Verbs on a summit, its rooms and its pages, and what every edit needs that somebody else may be making as well: the
versions a form stands on, and the refusal that tells who changed what.
"""
