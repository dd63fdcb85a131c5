"""Transcripts in the open data: of sessions that are over, and of those alone."""

from datetime import timedelta

import time_machine

from sessions.exports import transcripts
from sessions.live import captions
from sessions.live.captions import Line
from sessions.models import Session
from tests.factories import make_session


def test_what_was_said_is_open_data_once_the_session_is_over(summit):
    session, hidden = make_session(summit), make_session(summit, "HIDDEN")
    for each in (session, hidden):
        writer = captions.invite(each, "ko", "", by=None)
        with time_machine.travel(each.starts_at + timedelta(minutes=1), tick=False):
            captions.write(writer, [Line("=1+1", 5, 9, "사회자")])
            assert transcripts.table(summit).rows == []
    Session.objects.filter(pk=hidden.pk).update(published_at=None)
    with time_machine.travel(session.ends_at + timedelta(minutes=1), tick=False):
        found = transcripts.table(summit)
    assert found.rows == [[session.code, "ko", 5, 9, "사회자", "=1+1"]]
