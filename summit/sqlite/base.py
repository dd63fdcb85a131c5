"""The database engine for SQLite: a number too large for its column is refused here, too.

SQLite keeps 64 bits in any column, so Django refuses nothing smaller there. What is entered on one database must fit
into the other, and the same mistake must meet the same words.
"""

import sqlite3
from contextlib import closing

from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.features import DatabaseFeatures as SqliteFeatures
from django.db.backends.sqlite3.operations import DatabaseOperations as SqliteOperations


def knows_json() -> bool:
    """Whether this SQLite knows JSON: asked of a database of its own.

    Django asks within a transaction of the real one. While another writes there, the answer is an error, which it takes
    for a no; whatever is started at that moment then ends with a hundred complaints about columns.
    """
    with closing(sqlite3.connect(":memory:")) as memory:
        try:
            memory.execute("SELECT JSON('{}')")
        except sqlite3.OperationalError:
            return False
    return True


class DatabaseFeatures(SqliteFeatures):
    supports_json_field = knows_json()


class DatabaseOperations(SqliteOperations):
    integer_field_range = BaseDatabaseOperations.integer_field_range


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
