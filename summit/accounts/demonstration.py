"""The demonstration: the summit of 2021, built by the worker while its page waits."""

from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from summit import history
from summit.accounts.installation import become_owner
from summit.errors import Refusal
from summit.models import Membership, Role, Summit, User

CODE, STAGE = "ogp2021", "open"
# Of the log-ins that are made with it.
DOMAIN = f"@{CODE}.example"
# It takes some seconds; one that runs for longer belongs to a worker that is gone.
GONE_AFTER = timedelta(minutes=5)


class DemonstrationExists(Refusal):
    code = "demonstration_exists"
    message: Any = _("The demonstration is here already.")


@task(priority=20)
def build(user_pk: int) -> str:
    """Seed the summit of 2021 and make who asked its owner; one that is there already stays as it is."""
    by = User.objects.get(pk=user_pk)
    with transaction.atomic():
        if Summit.objects.filter(code=CODE).exists():
            return CODE
        call_command("seed", stage=STAGE, among_people=True, verbosity=0)
        summit = Summit.objects.get(code=CODE)
        # The demonstration log-ins stay for trying out roles; the summit belongs to who asked for it.
        summit.memberships.filter(role=Role.OWNER).delete()
        become_owner(summit, by=by)
        history.record("summit.demonstration", summit, by=by, summit=summit, changes={"code": (None, CODE)})
    return CODE


def is_all_there_is() -> bool:
    """Whether nobody works here but the log-ins of the demonstration: no other summit, no operator, no team of people."""
    if not Summit.objects.filter(code=CODE).exists() or Summit.objects.exclude(code=CODE).exists():
        return False
    own = User.objects.filter(email__endswith=DOMAIN)
    others = Membership.objects.exclude(user__in=own).exists()
    return not others and not User.objects.filter(is_superuser=True).exists()


def owns(summit: Summit) -> bool:
    """Whether a summit is the demonstration's: of its address, not made by somebody in the browser, and nobody works on it
    but its own log-ins. Only there may accounts be made whose passwords are printed."""
    made = summit.history.filter(action="summit.create").exists()
    others = summit.memberships.exclude(user__email__endswith=DOMAIN).exists()
    return summit.code == CODE and not made and not others


def has_people() -> bool:
    """Whether a summit or an account is here that the demonstration did not bring."""
    return (Summit.objects.exists() or User.objects.exists()) and not is_all_there_is()


def under_way() -> "DBTaskResult | None":
    """The building that is queued or running."""
    tasks = DBTaskResult.objects.filter(task_path=build.module_path)
    alive = tasks.filter(status="READY") | tasks.filter(status="RUNNING", started_at__gt=timezone.now() - GONE_AFTER)
    return alive.order_by("enqueued_at").first()


@transaction.atomic
def order(*, by: User) -> str:
    """Have it built, once however often it is asked for; the task's number. Raises :class:`DemonstrationExists`."""
    # Operators who ask at the same time wait for each other at the oldest one's row.
    User.objects.select_for_update().filter(is_superuser=True).order_by("pk").first()
    if Summit.objects.filter(code=CODE).exists():
        raise DemonstrationExists
    found = under_way()
    return str(found.id if found else build.enqueue(by.pk).id)


def state(number: str) -> str:
    """``waiting``, ``done`` or ``failed``; "" where no such building was ordered."""
    found = DBTaskResult.objects.filter(task_path=build.module_path, id=number).first()
    if found is None:
        return ""
    if Summit.objects.filter(code=CODE).exists():
        return "done"
    alive = under_way()
    return "waiting" if alive and alive.id == found.id else "failed"
