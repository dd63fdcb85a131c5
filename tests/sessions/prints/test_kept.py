"""What has been drawn is found again; what takes long is the worker's."""

import threading
import time
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.base import ContentFile

from sessions.prints import kept
from sessions.prints.kept import draw_print
from sessions.prints.orders import Order
from summit.storage import private_files
from tests.factories import make_session

CARDS, BOOKLET = Order("cards", ("en",), "A4"), Order("booklet", ("en",), "A5")


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.PRIVATE_ROOT, settings.VAR = tmp_path / "private", tmp_path


def files(summit):
    return private_files().listdir(kept.folder(summit))[1]


def draw(summit, order=CARDS):
    return kept.draw(summit, order, kept.stamp(summit))


def test_a_document_is_drawn_once_for_each_revision(summit):
    make_session(summit)
    assert kept.find(summit, CARDS) is None
    name = draw(summit)
    drawn_at = private_files().get_modified_time(name)
    assert kept.find(summit, CARDS) == name
    assert draw(summit) == name
    assert private_files().get_modified_time(name) == drawn_at
    summit.raise_revision()
    assert kept.find(summit, CARDS) is None
    assert draw(summit) != name


def test_files_of_old_revisions_go(summit):
    make_session(summit)
    names = []
    for _number in range(4):
        names.append(draw(summit).rpartition("/")[2])
        summit.raise_revision()
        time.sleep(0.02)
    assert sorted(files(summit)) == sorted(names[-kept.KEPT_FILES :])


def test_other_peoples_documents_stay(summit):
    make_session(summit)
    for order in (CARDS, Order("cards", ("en",), "Letter"), Order("cards", ("ko",), "A4")):
        draw(summit, order)
        summit.raise_revision()
        draw(summit, order)
    assert len(files(summit)) == 6


def test_two_who_ask_at_once_get_one_drawing(summit, monkeypatch):
    drawn, together = [], threading.Barrier(2)

    def slowly(_summit, _order):
        drawn.append(1)
        time.sleep(0.2)
        return b"%PDF"

    def ask():
        together.wait()
        kept.draw(summit, CARDS, "1-same")

    monkeypatch.setattr("sessions.prints.sheets.cards", slowly)
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [1]


def test_the_worker_draws_what_was_asked_for_once(summit, work):
    make_session(summit)
    assert kept.ask(summit, BOOKLET) is True
    assert kept.ask(summit, BOOKLET) is False
    assert work() == 1
    with private_files().open(kept.find(summit, BOOKLET)) as file:
        assert file.read(8) == b"%PDF-1.7"


def test_a_worker_that_got_lost_is_asked_again(summit):
    make_session(summit)
    assert kept.ask(summit, BOOKLET)
    with time_machine.travel(time.time() + kept.ASK_AGAIN_AFTER + 1):
        assert kept.ask(summit, BOOKLET) is True
        assert kept.ask(summit, BOOKLET) is False


def test_what_two_machines_asked_for_is_drawn_once(summit, work, monkeypatch):
    make_session(summit)
    for _machine in range(2):
        assert kept.ask(summit, CARDS)
        cache.clear()
    drawn = []
    monkeypatch.setattr("sessions.prints.sheets.cards", lambda _summit, _order: drawn.append(1) or b"%PDF")
    assert work() == 2
    assert drawn == [1]


def test_what_another_machine_drew_meanwhile_is_there_once(summit, monkeypatch):
    def meanwhile(_summit, _order):
        private_files().save(kept.file_of(summit, CARDS, "1-same"), ContentFile(b"%PDF of another"))
        return b"%PDF"

    monkeypatch.setattr("sessions.prints.sheets.cards", meanwhile)
    name = kept.draw(summit, CARDS, "1-same")
    assert [name.rpartition("/")[2]] == files(summit)
    with private_files().open(name) as file:
        assert file.read() == b"%PDF of another"


def test_the_worker_lets_go_of_what_is_no_longer_there(summit):
    make_session(summit, published_at=None)
    assert draw_print.call(summit.code, BOOKLET.stored(), "1-x") is False
    assert draw_print.call("gone", BOOKLET.stored(), "1-x") is False


def test_nothing_half_written_is_left_when_drawing_fails(summit, monkeypatch):
    def fails(_summit, _order):
        raise RuntimeError("no fonts")

    monkeypatch.setattr("sessions.prints.sheets.cards", fails)
    with pytest.raises(RuntimeError):
        draw(summit)
    assert [path for path in Path(private_files().location).rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("number", "order", "quick"),
    [(7, BOOKLET, True), (8, BOOKLET, False), (60, CARDS, True), (61, CARDS, False), (31, Order("cards", ("ko", "en"), "A4"), False)],
)  # fmt: skip
def test_only_small_documents_are_drawn_while_somebody_waits(number, order, quick):
    assert kept.is_quick(number, order) is quick
