"""Mail that is held: nothing leaves, nothing fails, and an operator decides."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from summit.mailing import holding, outbox
from summit.models import HistoryEntry, MailHold, Message
from tests.factories import make_user

PAGE, SEND, DISCARD = "/en/my/mail/", "/en/my/mail/send/", "/en/my/mail/discard/"


@pytest.fixture
def operator(db):
    return make_user("operator@site.example", is_superuser=True, is_staff=True)


def write(summit, address: str, **ago: int) -> Message:
    message = Message(kind="confirmed", to=address, subject="s", text="t\n", summit=summit)
    message.created_at = timezone.now() - timedelta(**ago)
    return outbox.queue(message)


@pytest.fixture
def waiting(summit):
    """Three mails of different age, held since a moment ago for a backup of two hours ago."""
    holding.hold(MailHold.Reason.RESTORED, copied_at=timezone.now() - timedelta(hours=2))
    ages = {"new": {"minutes": 5}, "yesterday": {"hours": 20}, "old": {"days": 9}}
    return {name: write(summit, f"{name}@people.example", **ago) for name, ago in ages.items()}


def words(answer) -> str:
    """What stands on a page, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def states() -> dict[str, tuple[str, int]]:
    return {m.to.partition("@")[0]: (m.state, m.attempts) for m in Message.objects.all()}


def test_what_is_held_neither_leaves_nor_fails(waiting, work, mailoutbox):
    assert work() == 3
    outbox.deliver(waiting["new"])
    assert (mailoutbox, set(states().values())) == ([], {("queued", 0)})


def test_whether_mail_is_held_is_asked_once_for_a_batch(waiting, mailoutbox):
    holding.end()
    with CaptureQueriesContext(connection) as asked:
        assert outbox.deliver_batch.func([str(message.pk) for message in waiting.values()]) == len(mailoutbox) == 3
    assert sum(MailHold._meta.db_table in query["sql"] for query in asked) == 1


def test_holding_twice_keeps_the_first_reason(db):
    first = timezone.now() - timedelta(days=1)
    holding.hold(MailHold.Reason.RESTORED, copied_at=first)
    holding.hold(MailHold.Reason.RESTORED)
    assert (MailHold.objects.get().copied_at, holding.is_held()) == (first, True)
    assert (holding.end(), holding.end(), holding.is_held()) == (True, False, False)


def test_the_page_says_how_much_waits_and_how_old_it_is(waiting, operator, as_user):
    page = words(as_user(operator).get(PAGE))
    assert "No mail leaves. Restored from a backup" in page
    assert "All mails 3" in page and "Written before the backup 2" in page
    assert "Older than an hour 2 Older than a day 1 Older than a week 1" in page
    assert "No mail leaves." in as_user(operator).get("/en/my/summits/").content.decode()


def test_only_ages_of_which_there_is_mail_can_be_discarded(waiting, operator, as_user):
    def offered():
        page = as_user(operator).get(PAGE).content.decode()
        return re.findall(r'<option value="(\w+)"', page), "Discard them" in page

    assert offered() == (["backup", "hour", "day", "week"], True)
    waiting["old"].delete()
    assert offered() == (["backup", "hour"], True)
    waiting["yesterday"].delete()
    assert offered() == ([], False)


def test_all_of_it_is_sent_after_a_question(waiting, operator, as_user, work, mailoutbox):
    work()
    client = as_user(operator)
    assert "Send 3 mails now?" in client.get(SEND).content.decode()
    assert holding.is_held()
    assert client.post(SEND)["Location"] == PAGE
    work()
    assert [mail.to for mail in mailoutbox] == [
        ["old@people.example"],
        ["yesterday@people.example"],
        ["new@people.example"],
    ]
    entry = HistoryEntry.objects.get(action="mail.release")
    assert (entry.by, entry.summit, entry.changes) == (operator, None, {"mails": [None, 3]})
    assert "nothing is held" in client.get(PAGE).content.decode()
    assert "somebody released it meanwhile" in client.post(SEND, follow=True).content.decode()


def test_what_is_too_old_is_discarded_and_never_sent(waiting, operator, as_user, work, mailoutbox):
    client = as_user(operator)
    question = client.get(DISCARD, {"older": "backup"})
    assert "Discard 2 mails?" in question.content.decode()
    assert set(states().values()) == {("queued", 0)}
    before = question.context["before"]
    client.post(DISCARD, {"before": before.isoformat()})
    assert states() == {"new": ("queued", 0), "yesterday": ("dropped", 0), "old": ("dropped", 0)}
    assert holding.is_held()
    assert HistoryEntry.objects.get(action="mail.discard").changes["mails"] == [None, 2]
    client.post(SEND)
    work()
    assert [mail.to for mail in mailoutbox] == [["new@people.example"]]
    assert states()["old"] == ("dropped", 0)


@pytest.mark.parametrize("older", ["", "century", "backup'"])
def test_an_age_that_is_not_offered_is_not_found(waiting, operator, as_user, older):
    assert as_user(operator).get(DISCARD, {"older": older}).status_code == 404


@pytest.mark.parametrize("before", ["", "yesterday", "2026-13-01T00:00:00+00:00", "2026-11-30T00:00:00"])
def test_a_moment_that_is_none_discards_nothing(waiting, operator, as_user, before):
    assert as_user(operator).post(DISCARD, {"before": before}).status_code == 404
    assert set(states().values()) == {("queued", 0)}


def test_questions_about_mail_that_is_not_held_lead_back(operator, as_user):
    assert as_user(operator).get(SEND)["Location"] == PAGE
    assert as_user(operator).get(DISCARD, {"older": "day"})["Location"] == PAGE


def told(**options) -> str:
    out = StringIO()
    call_command("held_mail", stdout=out, **options)
    return out.getvalue().strip()


def test_whoever_signs_in_by_mail_releases_it_from_the_command_line(waiting, work, mailoutbox):
    assert "3 mails, older than backup: 2, older than hour: 2, older than day: 1, older than week: 1" in told()
    assert holding.is_held()
    assert told(discard="backup", send=True) == "Mails that will not be sent: 2\nMails on their way: 1"
    work()
    assert [mail.to for mail in mailoutbox] == [["new@people.example"]]
    entry = HistoryEntry.objects.get(action="mail.release")
    assert (entry.by, entry.changes) == (None, {"mails": [None, 1]})
    assert told(send=True) == "No mail is held."


def test_the_age_of_an_unknown_backup_discards_nothing(summit):
    holding.hold(MailHold.Reason.RESTORED)
    write(summit, "old@people.example", days=9)
    with pytest.raises(CommandError, match="when the backup was made"):
        told(discard="backup", send=True)
    assert (states(), holding.is_held()) == ({"old": ("queued", 0)}, True)
