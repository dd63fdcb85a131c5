"""Small makers of rows with sensible defaults; say only what the test is about."""

from tests.factories.make import (
    at,
    make_category,
    make_desk,
    make_organisation,
    make_page,
    make_places,
    make_question,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_user,
    make_venue,
    person,
)

__all__ = [
    "at",
    "make_category",
    "make_desk",
    "make_organisation",
    "make_page",
    "make_places",
    "make_question",
    "make_registration",
    "make_room",
    "make_session",
    "make_speaker",
    "make_summit",
    "make_track",
    "make_user",
    "make_venue",
    "person",
]
