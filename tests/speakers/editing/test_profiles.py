from speakers.editing import profiles
from summit.models import HistoryEntry
from tests.factories import make_speaker, make_user


def test_a_shared_address_is_new_each_time_and_gone_when_revoked(summit):
    person, user = make_speaker(summit), make_user()
    first = profiles.share_calendar(person, by=user)
    second = profiles.share_calendar(person, by=user)
    assert first != second
    assert len(second) == 32
    person.refresh_from_db()
    assert person.calendar_token == second
    profiles.revoke_calendar(person, by=user)
    person.refresh_from_db()
    assert person.calendar_token == ""


def test_history_says_who_and_keeps_the_secret(summit):
    person, user = make_speaker(summit), make_user()
    token = profiles.share_calendar(person, by=user)
    profiles.revoke_calendar(person, by=user)
    entries = list(HistoryEntry.objects.order_by("pk"))
    assert [(entry.action, entry.by, entry.subject_key) for entry in entries] == [
        ("speaker.share_calendar", user, str(person.pk)),
        ("speaker.revoke_calendar", user, str(person.pk)),
    ]
    assert all(token not in str(entry.changes) + entry.subject_name for entry in entries)
