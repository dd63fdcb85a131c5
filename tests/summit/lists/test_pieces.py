"""What a question about many rows asks with."""

import pytest
from django.core.exceptions import ValidationError

from sessions.models import Session, Track
from summit.lists.pieces import chosen_from, not_chosen_yet, of_model
from tests.factories import make_category, make_track


def test_none_of_the_rows_is_chosen_by_its_name_and_never_by_saying_nothing(summit):
    track = make_track(summit)
    field = not_chosen_yet(chosen_from("Track", lambda s: s.tracks.all(), "No track")(summit))
    assert [value for value, _label in field.choices] == ["", "-", track.pk]
    assert field.clean("-") is None
    assert field.clean(str(track.pk)) == Track.objects.get()
    with pytest.raises(ValidationError):
        field.clean("")


def test_what_must_have_one_offers_no_none(summit):
    category = make_category(summit)
    field = not_chosen_yet(chosen_from("Category", lambda s: s.categories.all(), None)(summit))
    assert [value for value, _label in field.choices] == ["", category.pk]
    for value in ("", "-"):
        with pytest.raises(ValidationError):
            field.clean(value)


def test_a_choice_of_a_column_begins_unchosen(summit):
    field = not_chosen_yet(of_model(Session, "kind")(summit))
    assert next(iter(field.choices))[0] == "" and field.initial == ""
    with pytest.raises(ValidationError):
        field.clean("")
    assert field.clean("breakout") == "breakout"
