"""What has been drawn is found again; what takes long is the worker's."""

import os
import threading
import time

import pytest

from sessions.prints import kept
from sessions.prints.kept import draw_print
from sessions.prints.orders import Order
from tests.factories import make_session

CARDS, BOOKLET = Order("cards", ("en",), "A4"), Order("booklet", ("en",), "A5")


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path


def draw(summit, order=CARDS):
    return kept.draw(summit, order, kept.stamp(summit))


def test_a_document_is_drawn_once_for_each_revision(summit):
    make_session(summit)
    assert kept.find(summit, CARDS) is None
    path = draw(summit)
    drawn_at = path.stat().st_mtime_ns
    assert kept.find(summit, CARDS) == path
    assert draw(summit) == path
    assert path.stat().st_mtime_ns == drawn_at
    summit.raise_revision()
    assert kept.find(summit, CARDS) is None
    assert draw(summit) != path


def test_files_of_old_revisions_go(summit):
    make_session(summit)
    for number in range(4):
        os.utime(draw(summit), (number, number))
        summit.raise_revision()
    assert len(list(kept.folder(summit).glob("cards-*.pdf"))) == kept.KEPT_FILES


def test_other_peoples_documents_stay(summit):
    make_session(summit)
    for order in (CARDS, Order("cards", ("en",), "Letter"), Order("cards", ("ko",), "A4")):
        draw(summit, order)
        summit.raise_revision()
        draw(summit, order)
    assert len(list(kept.folder(summit).glob("*.pdf"))) == 6


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
    assert kept.find(summit, BOOKLET).read_bytes().startswith(b"%PDF-1.7")
    assert list(kept.folder(summit).glob("*.asked")) == []


def test_a_worker_that_got_lost_is_asked_again(summit):
    make_session(summit)
    assert kept.ask(summit, BOOKLET)
    [note] = kept.folder(summit).glob("*.asked")
    long_ago = time.time() - kept.ASK_AGAIN_AFTER - 1
    os.utime(note, (long_ago, long_ago))
    assert kept.ask(summit, BOOKLET) is True
    assert kept.ask(summit, BOOKLET) is False


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
    assert [path.suffix for path in kept.folder(summit).iterdir()] == [".lock"]


@pytest.mark.parametrize(
    ("number", "order", "quick"),
    [(7, BOOKLET, True), (8, BOOKLET, False), (60, CARDS, True), (61, CARDS, False), (31, Order("cards", ("ko", "en"), "A4"), False)],
)  # fmt: skip
def test_only_small_documents_are_drawn_while_somebody_waits(number, order, quick):
    assert kept.is_quick(number, order) is quick
