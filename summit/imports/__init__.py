"""Our own import format: tables as JSON or CSV, read row by row, all or nothing, with a report; and the loaders of this
app's tables.
"""
