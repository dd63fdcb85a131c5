import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from tests.factories import make_page, make_room, make_session, make_venue


def test_codes_and_addresses_are_unique_in_their_summit(summit):
    make_room(summit, "grand-101")
    for again in (
        lambda: make_room(summit, "grand-101"),
        lambda: make_venue(summit, "coex"),
        lambda: make_page(summit, "privacy"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again()


@pytest.mark.parametrize(
    ("field", "value"),
    [("code", "Grand Ballroom"), ("code", "1st"), ("stream_url", "javascript:alert(1)"), ("capacity", 200_000)],
)
def test_a_room_with_a_wrong_value_is_refused(summit, field, value):
    room = make_room(summit)
    setattr(room, field, value)
    with pytest.raises(ValidationError) as error:
        room.full_clean()
    assert list(error.value.message_dict) == [field]


def test_a_room_in_use_cannot_be_lost(summit):
    room = make_room(summit)
    make_session(summit, room=room)
    with pytest.raises(ProtectedError):
        room.delete()
    with pytest.raises(ProtectedError):
        room.venue.delete()
