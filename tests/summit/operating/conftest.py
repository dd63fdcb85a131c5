import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.summit.operating.installations import Installation

_number = count(1)


@contextmanager
def installer(folder: Path) -> Iterator[Callable[..., Installation]]:
    made: list[Installation] = []

    def one(*, migrated: bool = True) -> Installation:
        name = f"summit_installed_{os.getpid()}_{next(_number)}"
        made.append(Installation(folder / name, name, migrated=migrated))
        return made[-1]

    yield one
    for each in made:
        each.drop()


@pytest.fixture
def install(tmp_path, django_db_setup, django_db_blocker):
    """``install()`` is one more installation, gone after the test."""
    with django_db_blocker.unblock(), installer(tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def install_for_all(tmp_path_factory, django_db_setup, django_db_blocker):
    """The same for all tests of a module, which change nothing of it."""
    with django_db_blocker.unblock(), installer(tmp_path_factory.mktemp("installed")) as one:
        yield one
