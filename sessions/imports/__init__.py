"""Programmes from elsewhere: files of other software (``schedules``), anybody's sheet (``tables``), our own format
(``loaders``), and the jobs that check a file before it is written.
"""
