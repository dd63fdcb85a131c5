"""The database engine for SQLite: a number too large for its column is refused here, too.

SQLite keeps 64 bits in any column, so Django refuses nothing smaller there. What is entered on one database must fit
into the other, and the same mistake must meet the same words. The file is closed to others on the machine.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.features import DatabaseFeatures as SqliteFeatures
from django.db.backends.sqlite3.operations import DatabaseOperations as SqliteOperations

from summit.lib import own_files


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

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Nobody else on the machine reads the file; what SQLite writes beside it has the same mode."""
        path = Path(str(conn_params["database"]))
        if path.is_absolute():  # neither in memory nor told by a URI
            own_files.create(path)
            for each in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
                own_files.close_to_others(each)
        return super().get_new_connection(conn_params)
