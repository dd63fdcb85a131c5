"""The page of conflicts: all in words, accepted with a reason, opened again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions.models import AcceptedConflict
from summit.models import HistoryEntry, Membership
from tests.factories import make_room, make_session, make_speaker, make_track, make_user

PAGE = "/en/ogp2021/organiser/agenda/conflicts/"
KEY = "room_taken:grand-101:CIV001:CIV002"


@pytest.fixture
def client(organiser, as_user):
    return as_user(organiser)


@pytest.fixture
def pair(summit):
    room, track = make_room(summit), make_track(summit)
    return [make_session(summit, code, room=room, track=track) for code in ("CIV001", "CIV002")]


def accept(client, **changed):
    return client.post(PAGE, {"key": KEY, "reason": "One of them is on stage.", "action": "accept", **changed})


def test_what_cannot_be_comes_first_each_with_its_sessions(client, pair):
    response = client.get(PAGE)
    assert [told.conflict.rule for told in response.context["conflicts"]] == ["room_taken", "track_clash"]
    content = response.content.decode()
    assert "Grand Ballroom 101 is taken twice at the same time." in content
    assert "Two sessions of the track Civic space run at the same time." in content
    assert content.count('href="/en/ogp2021/organiser/sessions/CIV001/placement/"') == 2
    assert "2 open conflicts" in content


def test_a_conflict_is_accepted_with_a_reason_and_opened_again(client, pair, organiser):
    response = client.post(
        PAGE, {"key": KEY, "reason": " On stage\r\n\u202etogether ", "action": "accept"}, follow=True
    )
    assert "The conflict was accepted." in response.content.decode()
    row = AcceptedConflict.objects.get()
    assert (row.reason, row.by) == ("On stage together", organiser)
    assert [told.conflict.key for told in response.context["accepted"]] == [KEY]
    assert len(response.context["conflicts"]) == 1
    assert "“On stage together”" in response.content.decode()
    response = client.post(PAGE, {"key": KEY, "action": "reopen"}, follow=True)
    assert not AcceptedConflict.objects.exists() and len(response.context["conflicts"]) == 2
    assert list(HistoryEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "conflict.accept",
        "conflict.reopen",
    ]


@pytest.mark.parametrize(("reason", "message"), [("", "Fill in “Reason"), (" \u200b ", "Say why"), ("x" * 301, "300")])
def test_without_a_good_reason_nothing_is_accepted_and_nothing_typed_is_lost(client, pair, reason, message):
    response = accept(client, reason=reason)
    assert response.status_code == 422
    content = response.content.decode()
    assert message in content and content.count('aria-invalid="true"') == 1
    assert not reason.startswith("x") or f'value="{reason}"' in content
    assert not AcceptedConflict.objects.exists()


@pytest.mark.parametrize("key", ["", "room_taken:grand-101:CIV001:CIV009", "x" * 5000, "<script>\r\n"])
def test_a_conflict_that_is_gone_is_not_accepted(client, pair, key):
    response = client.post(PAGE, {"key": key, "reason": "why", "action": "accept"}, follow=True)
    assert "That conflict is gone" in response.content.decode()
    assert not AcceptedConflict.objects.exists()


def test_track_leads_decide_where_all_sessions_are_theirs(summit, pair, as_user):
    user = make_user("lead@team.example", summit=summit, role="track_lead")
    pair[0].track.leads.add(Membership.objects.get(user=user))
    other = make_session(summit, "CIV003", room=pair[0].room)
    lead = as_user(user)
    assert lead.get(PAGE).context["mine"] == {KEY, "track_clash:civic-space:CIV001:CIV002"}
    assert accept(lead, key=f"room_taken:grand-101:CIV001:{other.code}").status_code == 404
    assert accept(lead).status_code == 302
    assert AcceptedConflict.objects.get().key == KEY


@pytest.mark.parametrize("role", ["viewer", "translator", "moderator"])
def test_who_only_reads_decides_nothing(summit, pair, as_user, role):
    reader = as_user(make_user(summit=summit, role=role))
    content = reader.get(PAGE).content.decode()
    assert "is taken twice" in content and "<form method" not in content.split("<main")[1].split("</main")[0]
    for key in (KEY, "gone"):
        assert accept(reader, key=key).status_code == 404
    assert not AcceptedConflict.objects.exists()


def test_a_long_list_has_pages_and_no_more_queries(summit, client, pair):
    numbers = []
    client.get(PAGE)  # the numbers of the navigation are counted once in a while
    for count in (1, 60):
        for number in range(count):
            make_session(
                summit, f"Q{count:02}{number:03}", room=pair[0].room, people=[make_speaker(summit, f"{count} {number}")]
            )
        with CaptureQueriesContext(connection) as asked:
            response = client.get(PAGE)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
    assert len(response.context["conflicts"]) == 50
    assert client.get(f"{PAGE}?page=9999").context["page"].number == response.context["page"].paginator.num_pages
    assert client.get(f"{PAGE}?page=x").status_code == 200
