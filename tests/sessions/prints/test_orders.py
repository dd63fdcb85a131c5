from datetime import date

import pytest

from sessions.prints.orders import NoSuchPrint, Order, order

KNOWN = ["ko", "en"]


def test_an_empty_address_asks_for_the_usual():
    assert order("booklet", known=KNOWN, default=["ko"]) == Order("booklet", ("ko",), "A5")


def test_an_order_names_one_file_and_survives_the_queue():
    asked = order("door", known=KNOWN, default=KNOWN, day="2021-12-15", room="grand-101", paper="Letter")
    assert asked.name == "door-grand-101-2021-12-15-ko-en-Letter"
    assert Order.restored(asked.stored()) == asked
    assert asked.day == date(2021, 12, 15)


@pytest.mark.parametrize(
    "values",
    [
        {"languages": "fr"}, {"languages": "ko,ko"}, {"languages": "ko,"}, {"languages": ","}, {"languages": "../../etc"}, {"languages": "ko,en,ko"},
        {"paper": "a4"}, {"paper": "A0"}, {"paper": "A4;}"}, {"day": "20211215"}, {"day": "2021-W50-3"}, {"day": "2021-12-32"}, {"day": "\u0662\u0660\u0662\u0661-12-15"},
    ],
)  # fmt: skip
def test_a_value_that_is_none_of_ours_is_refused(values):
    with pytest.raises(NoSuchPrint):
        order("booklet", known=KNOWN, default=["ko"], **values)


def test_cards_and_doors_are_never_as_small_as_a5():
    for kind in ("cards", "door"):
        with pytest.raises(NoSuchPrint):
            order(kind, known=KNOWN, default=["ko"], paper="A5")
