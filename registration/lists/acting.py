"""What is done to many registrations at once, from their list, and how it is taken back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registration.badges import printing
from registration.fields import ReasonField, TagsField
from registration.mailing import campaigns
from registration.models import Registration, State, Tag
from registration.registering import bulk, decisions, lifecycle, refusals, states, tagging
from registration.registering.states import Actor
from summit.lists.actions import Action, Done, Step, changed_text
from summit.lists.pieces import chosen_from, of_model
from summit.models import Right, Summit, User

# Each of them gets a mail with a calendar entry of their own: so many a page can wait for.
MOST_MAILED = 500
CATEGORIES = chosen_from(gettext_lazy("Category"), lambda s: s.categories.all(), None)
EACH_TOLD = gettext_lazy("Each of them is told by mail.")


def _ended(rows: list[Registration]) -> dict[int, str]:
    return {row.pk: str(refusals.NotActive.message) for row in rows if not row.is_active}


def _from_elsewhere(verb: str) -> Callable[[list[Registration]], dict[int, str]]:
    """Those that the table of states does not lead from along ``verb``, each with the state it is in."""

    def stays(rows: list[Registration]) -> dict[int, str]:
        return {row.pk: row.get_state_display() for row in rows if not states.may(row, verb, Actor.TEAM)}

    return stays


def _approve(row: Registration, _value: Any, by: User) -> Step:
    """Whoever came in the place of another took it over: that is not taken back."""
    took_over = row.is_replacing or row.substitute_for_id
    decisions.approve(row, by=by)
    return {} if took_over else {"after": State.CONFIRMED}


def _approval_back(row: Registration, step: Step, by: User) -> bool:
    """They wait for a decision again, with the place they have meanwhile; whoever has arrived stays in."""
    if row.state != step.get("after"):
        return False
    decisions.review(row, by=by)
    return True


def _put_on_waitlist(row: Registration, _value: Any, by: User) -> Step:
    decisions.put_on_waitlist(row, by=by)
    return {}


def _reject(row: Registration, value: Any, by: User) -> Step:
    decisions.reject(row, reason=value, by=by)
    return {}


def _set_category(rows: list[Registration], value: Any, by: User) -> Done:
    kept = bulk.kept_from(value, rows)
    steps = bulk.set_category(rows[0].summit, rows, value, by=by)
    return Done(len(steps), len(kept), steps, [(str(row), kept[row.pk]) for row in rows if row.pk in kept])


def _category_back(row: Registration, step: Step, by: User) -> bool:
    before = row.summit.categories.filter(pk=step["before"]).first()
    if before is None or row.category_id != step["after"] or not row.is_active:
        return False
    lifecycle.set_category(row, before, by=by)
    return True


def _change_attendance(row: Registration, value: Any, by: User) -> Step | None:
    before = row.attendance
    changed = lifecycle.change_attendance(row, value, by=by, as_organiser=True)
    return {"before": before, "after": changed.attendance} if changed.attendance != before else None


def _attendance_back(row: Registration, step: Step, by: User) -> bool:
    """Whoever is told that they come otherwise is told that they come as before."""
    if row.attendance != step["after"] or not row.is_active:
        return False
    lifecycle.change_attendance(row, step["before"], by=by, as_organiser=True)
    return True


def _cancel(row: Registration, _value: Any, by: User) -> Step:
    before = row.state
    lifecycle.cancel(row, by=by, as_organiser=True)
    return {"before": before}


def _cancellation_back(row: Registration, step: Step, by: User) -> bool:
    """Of who was confirmed, while a place is left; nobody is confirmed by it who was not."""
    if step["before"] != State.CONFIRMED or row.state != State.CANCELLED:
        return False
    decisions.reinstate(row, by=by)
    return True


def _reinstate(row: Registration, _value: Any, by: User) -> Step:
    decisions.reinstate(row, by=by)
    return {}


def _tag(rows: list[Registration], value: Any, by: User) -> Done:
    steps = tagging.add(rows[0].summit, rows, value, by=by)
    return Done(len(steps), len(rows) - len(steps), steps)


def _untag(rows: list[Registration], value: Any, by: User) -> Done:
    steps = tagging.remove(rows[0].summit, rows, [value], by=by)
    return Done(len(steps), len(rows) - len(steps), steps)


def _tags_back(row: Registration, step: Step, by: User) -> bool:
    return tagging.restore(row, step, by=by)


def _draw_badges(rows: list[Registration], value: Any, by: User) -> Done:
    summit = rows[0].summit
    job = printing.start_job(summit, [row.pk for row in rows], layout=value, by=by)
    return Done(
        job.total, len(rows) - job.total, [], address=reverse("registration:badge-job", args=[summit.code, job.guid])
    )


def _write_to(rows: list[Registration], _value: Any, by: User) -> Done:
    summit = rows[0].summit
    made = campaigns.begin(summit, rows, by=by)
    return Done(len(rows), 0, [], address=reverse("registration:campaign", args=[summit.code, made.guid]))


def _layouts(_summit: Summit) -> forms.Field:
    return forms.ChoiceField(label=_("Layout"), choices=printing.LAYOUTS)


def _told(n: int) -> str:
    return ngettext("%(n)d was changed and told.", "%(n)d were changed and told.", n) % {"n": n}


ACTIONS: list[Action] = [
    Action("approve", gettext_lazy("Approve"), said=_told, run=_approve, back=_approval_back, stays=_from_elsewhere("approve"),
           each_alone=True, most=MOST_MAILED,
           beforehand=(EACH_TOLD, gettext_lazy("Undo has them wait for a decision again, which they are told as well.")),
           asks=lambda n: ngettext("Approve %(n)d registration", "Approve %(n)d registrations", n) % {"n": n}),
    Action("wait", gettext_lazy("Put on the waitlist"), said=_told, run=_put_on_waitlist, stays=_from_elsewhere("wait"),
           each_alone=True, most=MOST_MAILED,
           beforehand=(EACH_TOLD, gettext_lazy("They do not wait for a decision again afterwards; from the waitlist somebody can be admitted or rejected.")),
           asks=lambda n: ngettext("Put %(n)d registration on the waitlist", "Put %(n)d registrations on the waitlist", n) % {"n": n}),
    Action("reject", gettext_lazy("Reject"), said=_told, run=_reject, stays=_from_elsewhere("reject"), field=ReasonField,
           each_alone=True, most=MOST_MAILED, danger=True,
           beforehand=(EACH_TOLD, gettext_lazy("Nobody waits for a decision again afterwards: “Reinstate ended ones” confirms them, with a new mail.")),
           asks=lambda n: ngettext("Reject %(n)d registration", "Reject %(n)d registrations", n) % {"n": n}),
    Action("category", gettext_lazy("Set the category"), said=changed_text, many=_set_category, back=_category_back,
           stays=_ended, field=CATEGORIES,
           asks=lambda n: ngettext("Set the category of %(n)d registration", "Set the category of %(n)d registrations", n) % {"n": n}),
    Action("attendance", gettext_lazy("Change the attendance"), said=_told, run=_change_attendance, back=_attendance_back, stays=_ended,
           each_alone=True, most=MOST_MAILED, beforehand=(EACH_TOLD,), field=of_model(Registration, "attendance"),
           asks=lambda n: ngettext("Change the attendance of %(n)d registration", "Change the attendance of %(n)d registrations", n) % {"n": n}),
    Action("tag", gettext_lazy("Add tags"), said=changed_text, many=_tag, back=_tags_back, field=TagsField,
           asks=lambda n: ngettext("Add tags to %(n)d registration", "Add tags to %(n)d registrations", n) % {"n": n}),
    Action("untag", gettext_lazy("Take a tag away"), said=changed_text, many=_untag, back=_tags_back,
           field=lambda s: forms.ModelChoiceField(Tag.objects.filter(summit=s), label=_("Tag")),
           asks=lambda n: ngettext("Take a tag from %(n)d registration", "Take a tag from %(n)d registrations", n) % {"n": n}),
    Action("badges", gettext_lazy("Draw badges"), many=_draw_badges, rights=frozenset({Right.BADGES}), field=_layouts,
           said=lambda n: ngettext("%(n)d badge is being drawn.", "%(n)d badges are being drawn.", n) % {"n": n},
           asks=lambda n: ngettext("Draw the badge of %(n)d registration", "Draw the badges of %(n)d registrations", n) % {"n": n}),
    Action("write", gettext_lazy("Write to them"), many=_write_to, rights=frozenset({Right.SETTINGS}), stays=_ended,
           said=lambda n: ngettext("Write to %(n)d person. Nothing is sent yet.", "Write to %(n)d people. Nothing is sent yet.", n) % {"n": n},
           asks=lambda n: ngettext("Write to %(n)d registration", "Write to %(n)d registrations", n) % {"n": n}),
    Action("cancel", gettext_lazy("Cancel"), said=_told, run=_cancel, back=_cancellation_back, stays=_ended, each_alone=True, most=MOST_MAILED,
           danger=True,
           beforehand=(EACH_TOLD, gettext_lazy("Undo, and “Reinstate ended ones” later, confirm whoever was confirmed, while places are left, with a new mail; seats in sessions and accompanying persons do not come back. Whoever still waited is not put back."),),
           asks=lambda n: ngettext("Cancel %(n)d registration", "Cancel %(n)d registrations", n) % {"n": n}),
    Action("reinstate", gettext_lazy("Reinstate ended ones"), said=_told, run=_reinstate, stays=_from_elsewhere("reinstate"),
           each_alone=True, most=MOST_MAILED,
           beforehand=(EACH_TOLD, gettext_lazy("All of them are confirmed, while places are left, also who never was; to take it back, cancel them.")),
           asks=lambda n: ngettext("Reinstate %(n)d registration", "Reinstate %(n)d registrations", n) % {"n": n}),
]  # fmt: skip
