"""For real: workers that are killed while they send, against a mail server that counts."""

from tests.drill import mails
from tests.installations import migrated_database


def test_no_mail_is_lost_or_sent_twice_without_need_when_workers_are_killed(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), migrated_database(tmp_path) as url:
        done = mails.run(url, 200, 3)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert done.stdout.startswith("PASS  200 mails"), done.stdout
