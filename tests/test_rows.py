"""How tests are dealt out: what belongs together goes to one process, and who asks a database at first hand is known."""

from pathlib import Path

import pytest
from django.conf import settings
from xdist.scheduler import LoadScopeScheduling

from tests import conftest
from tests.conftest import ABOVE, PROCESSES, ROWS, TOGETHER, Rows

ROOT = Path(settings.BASE_DIR)


class Config:
    """As much of pytest's as a scheduler asks for while it deals out."""

    option = type("Option", (), {"loadscopereorder": True, "verbose": 0})

    def getvalue(self, name):
        return {"dist": self.dist, "tx": []}[name]

    def __init__(self, dist="loadscope"):
        self.dist = dist


class Node:
    """A process that takes what it is given."""

    shutting_down = False

    def __init__(self, given):
        self.given = given

    def send_runtest_some(self, numbers):
        self.given.append(numbers)


@pytest.fixture
def scheduler(monkeypatch):
    monkeypatch.setattr("xdist.scheduler.loadscope.parse_tx_spec_config", lambda config: [1])
    return conftest.pytest_xdist_make_scheduler(Config(), None)


def test_what_belongs_together_goes_to_one_process_and_before_all_others(scheduler):
    names = ["tests/summit/test_cache.py::test_one", "tests/test_proxies.py::test_a[caddy]", "tests/summit/test_cache.py::test_two",
             "tests/test_composed.py::test_b[files in volumes]", "tests/summit/test_seed.py::test_c", "tests/test_proxies.py::test_d"]  # fmt: skip
    given = []
    node = Node(given)
    scheduler.add_node(node)
    scheduler.add_node_collection(node, names)
    scheduler.schedule()
    # Whole rows first, then what stands alone, each for whoever is free.
    assert given[0] == [1, 3, 5]
    assert all(len(numbers) == 1 for numbers in given[1:])


def test_another_way_of_dealing_out_is_left_to_who_asks_for_it():
    assert conftest.pytest_xdist_make_scheduler(Config("load"), None) is None
    assert issubclass(Rows, LoadScopeScheduling)


def test_rows_name_modules_that_are_there_each_once():
    assert [name for name in {*TOGETHER, *PROCESSES} if not (ROOT / name).is_file()] == []
    assert sum(map(len, ROWS)) == len(set().union(*ROWS))
    assert not [name for name in ABOVE if not list((ROOT / "tests").rglob(f"{name}/__init__.py"))]


def test_a_module_is_marked_as_it_stands_in_a_row():
    marked = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if "mark.processes" in path.read_text(encoding="utf-8") and path != Path(__file__)
    }
    assert marked <= PROCESSES


@pytest.mark.parametrize(
    ("folder", "fixtures", "marks", "below"),
    [
        ("registration/places", [], [], True),
        ("registration/places", ["as_user"], [], False),
        ("registration/places", ["client", "race"], [], True),
        ("registration/views", [], [], False),
        ("registration/views", ["client"], [pytest.mark.postgresql], True),
        ("sessions/exports", [], [pytest.mark.django_db(transaction=True)], True),
        ("api", [], [pytest.mark.django_db], False),
    ],
)
def test_who_asks_at_first_hand_is_known_by_fixtures_room_and_connections(folder, fixtures, marks, below):
    class Item:
        nodeid = f"tests/{folder}/test_a.py::test_views"
        fixturenames = ["db", *fixtures]

        def get_closest_marker(self, name):
            return next((mark.mark for mark in marks if mark.name == name), None)

    assert conftest.is_below(Item()) is below
