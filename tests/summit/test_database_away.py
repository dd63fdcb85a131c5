"""For real: PostgreSQL is stopped and started again below a web server and a worker, which both go on."""

import json
import re
import tempfile
from pathlib import Path

import pytest

from tests.databases import fill
from tests.installations import Catcher, Installation, OwnPostgresql, answer_of, log_of
from tests.waiting import wait_for

pytestmark = pytest.mark.skipif(not OwnPostgresql.is_there(), reason="no programs of PostgreSQL are installed")

MADE = """
from allauth.account.models import EmailAddress
summit = make.make_summit("forum")
make.make_session(summit, "ONE")
make.make_category(summit, "delegate")
user = make.make_user("organiser@team.example", summit=summit, role="organiser", is_staff=True)
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session.save()
print(session.session_key)
"""
MAILS = """
from summit.mailing import outbox
outbox.queue_many([(Message(kind="note", to=f"p{n}@people.example", subject="s", text="t"), []) for n in range(40)])
"""
COUNT = "print(Message.objects.filter(state='sent').count(), WorkerBeat.objects.count())"
# Addresses that need the database, what asks for them, and in which language the answer must be.
NEED_IT = [
    ("/ko/forum/register/", {}, "ko"),
    ("/en/forum/register/", {}, "en"),
    ("/en/forum/organiser/", {"signed_in": True}, "en"),
    ("/ko/forum/organiser/registrations/", {"signed_in": True}, "ko"),
    ("/ko/forum/organiser/registrations/", {"signed_in": True, "HX_Request": "true"}, "ko"),
    ("/admin/", {"signed_in": True}, "ko"),
    ("/api/v1/summits/forum/sessions/", {"Accept_Language": "en"}, "json"),
    ("/forum/schedule.ics", {}, "ko"),
    ("/forum/schedule.json", {"Accept": "application/json"}, "json"),
    ("/me.json", {"signed_in": True, "Accept": "application/json"}, "json"),
]


@pytest.fixture
def postgresql():
    # It runs as a user of its own, who may not look into pytest's folders.
    with tempfile.TemporaryDirectory(prefix="summit-postgresql-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = OwnPostgresql(Path(folder, "data"))
        server.start()
        yield server
        server.stop()


def asked(address, path, session, *, signed_in=False, **headers):
    return answer_of(address, path, **headers, **({"Cookie": f"sessionid={session}"} if signed_in else {}))


def is_told(address, path, session, headers, language):
    status, told, body = asked(address, path, session, **headers)
    if status != 503 or int(told.get("retry-after", 0)) <= 0:
        return False
    if language == "json":
        return json.loads(body)["error"]["code"] == "busy"
    words = {"ko": "곧 다시 열립니다", "en": "We will be back in a moment"}[language]
    return f'<html lang="{language}">' in body and words in body


def test_web_and_worker_go_on_when_the_database_does(tmp_path, postgresql):
    catcher = Catcher(pause=0.2)
    with catcher.listening() as mail:
        installation = Installation(tmp_path, postgresql.url, MAIL_URL=mail)
        fill(postgresql.url, lambda: installation.run("migrate", "-v0"))
        session = installation.ask(MADE)
        try:
            goes_on(installation, postgresql, catcher, session)
        finally:
            installation.close()


def goes_on(installation, postgresql, catcher, session):
    address, worker = installation.web(), installation.worker()
    web = installation.processes[0]
    installation.ask(MAILS)
    for path in ("/en/forum/", "/ko/forum/agenda/"):
        assert answer_of(address, path)[0] == 200
    assert wait_for(lambda: len(catcher.accepted) >= 3)

    postgresql.stop()  # in the middle of a batch of mails
    assert wait_for(lambda: answer_of(address, "/en/forum/register/")[0] == 503)
    wrong = [
        (one, asked(address, one[0], session, **one[1]))
        for one in NEED_IT
        if not is_told(address, one[0], session, *one[1:])
    ]
    assert wrong == []
    for path in ("/en/forum/", "/ko/forum/agenda/"):
        assert answer_of(address, path)[0] == 200, "what is kept is given"
    assert wait_for(lambda: len(re.findall("The database is busy", log_of(worker))) >= 5)
    assert (worker.poll(), web.poll()) == (None, None)

    postgresql.start()
    assert wait_for(lambda: answer_of(address, "/en/forum/register/")[0] == 200)
    ends = {path: asked(address, path, session, **headers)[0] for path, headers, _language in NEED_IT}
    assert set(ends.values()) <= {200, 302}, ends
    # The one and only worker has gone on with what it was at.
    assert wait_for(lambda: installation.ask(COUNT) == "40 1"), installation.ask(COUNT) + log_of(worker)
    assert sorted(to for to, _id in catcher.accepted) == sorted(f"p{n}@people.example" for n in range(40))
    assert (worker.poll(), web.poll()) == (None, None)
