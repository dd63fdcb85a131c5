"""The database engine for SQLite: a number too large for its column is refused here, too.

SQLite keeps 64 bits in any column, so Django refuses nothing smaller there. What is entered on one database must fit
into the other, and the same mistake must meet the same words.
"""

from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.operations import DatabaseOperations as SqliteOperations


class DatabaseOperations(SqliteOperations):
    integer_field_range = BaseDatabaseOperations.integer_field_range


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
