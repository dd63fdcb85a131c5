"""Work that was queued under the names of an earlier release still runs."""

import pytest
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from registration.registering.lifecycle import send_link
from summit.models import Message
from tests.factories import make_registration

EARLIER = {
    "registration.tasks.draw_badges": "registration.badges.printing.draw_badges",
    "registration.tasks.expire_offers": "registration.places.bookings.expire_offers",
    "registration.tasks.tell_affected": "registration.mailing.announcing.tell_affected",
    "registration.tasks.publish_planned": "registration.mailing.announcing.publish_planned",
    "registration.tasks.send_link": "registration.registering.lifecycle.send_link",
    "sessions.tasks.run_import": "sessions.imports.jobs.run_import",
    "sessions.prints.tasks.draw_print": "sessions.prints.kept.draw_print",
    "summit.tasks.deliver_mail": "summit.mailing.outbox.deliver_mail",
    "summit.tasks.deliver_batch": "summit.mailing.outbox.deliver_batch",
}


@pytest.mark.parametrize(("earlier", "now"), EARLIER.items())
def test_an_earlier_name_is_the_same_task(earlier, now):
    assert import_string(earlier) is import_string(now)


def test_a_task_that_was_queued_before_an_update_runs(summit, work):
    registration = make_registration(summit, email="gildong@people.example")
    queued = send_link.enqueue(summit.pk, registration.email)
    DBTaskResult.objects.filter(pk=queued.id).update(task_path="registration.tasks.send_link")
    work()
    assert DBTaskResult.objects.get(pk=queued.id).status == "SUCCESSFUL"
    assert Message.objects.get(kind="link").to == registration.email
