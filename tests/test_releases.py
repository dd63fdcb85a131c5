"""An update without a pause: what the release that still runs has asked for is understood by this one (docs/upgrading.md)."""

import inspect
from importlib import import_module

import pytest

# Tasks of the release before, and what it gives them. Work it has queued, or queues while web servers of both releases run,
# is done by workers of this one: a task goes, or asks for more, only when no release that queues it so is updated any more.
QUEUED = {
    "registration.badges.printing.draw_badges": ["guid"],
    "registration.mailing.announcing.publish_planned": [1],
    "registration.mailing.announcing.tell_affected": [1],
    "registration.places.bookings.expire_offers": ["guid"],
    "registration.registering.entering.confirm_many": [["guid"]],
    "registration.registering.lifecycle.send_link": [1, "email"],
    "sessions.imports.jobs.run_import": ["guid"],
    "sessions.prints.kept.draw_print": ["guid", {}, "stamp"],
    "summit.accounts.demonstration.build": [1],
    "summit.lists.exporting.make_file": ["guid"],
    "summit.mailing.outbox.deliver_batch": [["guid"]],
    "summit.mailing.outbox.deliver_mail": ["guid"],
}


@pytest.mark.parametrize("path", QUEUED)
def test_work_queued_by_the_release_before_is_understood(path):
    module, _dot, name = path.rpartition(".")
    task = getattr(import_module(module), name)
    assert task.module_path == path
    inspect.signature(task.func).bind(*QUEUED[path])
