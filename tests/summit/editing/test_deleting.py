"""Taking a whole summit away."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from registration.door import checkin
from registration.models import Registration
from summit.editing import deleting
from summit.editing.opening import OtherThanAsked, close_to_public, open_to_public
from summit.models import HistoryEntry, Role, Room, Summit
from tests.factories import (
    at,
    make_desk,
    make_organisation,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_user,
)


@pytest.fixture
def private(db):
    return make_summit("new2027", is_public=False, agenda_published_at=None)


@pytest.fixture
def owner(private):
    return make_user("owner@new.example", summit=private, role=Role.OWNER)


@pytest.fixture
def full(summit, organiser):
    """One of everything that holds on to something else."""
    room, speaker, host = make_room(summit), make_speaker(summit), make_organisation(summit)
    make_session(summit, track=make_track(summit), room=room, hosts=[host], people=[speaker], starts_at=at(15, 10))
    checkin.check_in(make_registration(summit), desk=make_desk(summit), by=organiser, nonce="one")
    return summit


def test_all_of_it_goes_with_its_files_and_one_line_stays(full, organiser, django_capture_on_commit_callbacks):
    other = make_summit("ogp2023")
    full.logo.save("logo.webp", ContentFile(b"logo"))
    session, speaker = full.sessions.get(), full.speakers.get()
    slides = default_storage.save(f"slides/{session.guid.hex}-0123456789.pdf", ContentFile(b"%PDF"))
    session.materials.create(kind="slides", url=f"/media/{slides}", title={"en": "Slides"})
    speaker.portrait.save("portrait-0123456789.webp", ContentFile(b"face"))
    names = [full.logo.name, slides, speaker.portrait.name]
    with django_capture_on_commit_callbacks(execute=True):
        deleting.delete_summit(full, typed=" ogp2021 ", as_operator=True, by=organiser)
    assert list(Summit.objects.all()) == [other]
    assert (
        not Room.objects.exists() and not Registration.objects.exists() and not any(map(default_storage.exists, names))
    )
    line = HistoryEntry.objects.get()
    assert (line.action, line.summit, line.by, line.changes["code"]) == (
        "summit.delete",
        None,
        organiser,
        ["ogp2021", None],
    )
    assert (line.changes["sessions"], line.changes["registrations"]) == ([1, 0], [1, 0])


def test_what_was_never_public_goes_by_its_owner_and_nobody_else(private, owner, organiser):
    with pytest.raises(deleting.NotOwner):
        deleting.delete_summit(private, typed="new2027", by=organiser)
    deleting.delete_summit(private, typed="new2027", seen=deleting.losses(private).fingerprint, by=owner)
    assert not Summit.objects.filter(code="new2027").exists()


def test_what_was_public_once_stays_also_when_it_is_closed_again(private, owner, organiser):
    open_to_public(private, by=organiser)
    close_to_public(private, by=organiser)
    with pytest.raises(deleting.WasPublic):
        deleting.delete_summit(Summit.objects.get(code="new2027"), typed="new2027", by=owner)


@pytest.mark.parametrize("typed", ["", "NEW2027", "new2026", "new2027 please", "\u202enew2027"])
def test_another_address_deletes_nothing(private, owner, typed):
    with pytest.raises(deleting.OtherCode):
        deleting.delete_summit(private, typed=typed, by=owner)
    assert Summit.objects.exists()


def test_more_than_was_told_is_told_first(private, owner):
    seen = deleting.losses(private).fingerprint
    make_speaker(private)
    with pytest.raises(OtherThanAsked):
        deleting.delete_summit(private, typed="new2027", seen=seen, by=owner)
