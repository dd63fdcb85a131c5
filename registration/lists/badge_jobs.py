"""The workspace's list of drawn badges: one file for each time they were asked for."""

from operator import attrgetter

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from registration.badges.printing import LAYOUTS
from registration.models import BadgeJob
from summit.lists.cell_rendering import Chip
from summit.lists.listing import Begin, Column, Filter, ListKind
from summit.lists.pieces import by, by_words, narrowed_by
from summit.models import Right, Summit

BADGES = frozenset({Right.BADGES})
TONES = {BadgeJob.State.DONE: "good", BadgeJob.State.FAILED: "bad"}


def rows(summit: Summit) -> QuerySet[BadgeJob]:
    return BadgeJob.objects.filter(summit=summit).select_related("by").defer("registrations")


def _state(job: BadgeJob) -> Chip:
    return Chip(job.get_state_display(), TONES.get(BadgeJob.State(job.state), "warn"))


def columns(summit: Summit) -> list[Column]:
    return [
        Column("created_at", gettext_lazy("Asked"), attrgetter("created_at"), by("created_at"), head=True),
        Column("total", gettext_lazy("Badges"), attrgetter("total"), by("total"), number=True),
        Column("layout", gettext_lazy("Layout"), attrgetter("layout"), by("layout")),
        Column("state", gettext_lazy("State"), _state, by("state")),
        Column("by", gettext_lazy("By"), lambda job: job.by and str(job.by), by_words("by__name")),
        Column("finished_at", gettext_lazy("Finished"), attrgetter("finished_at"), by("finished_at"), shown=False),
    ]


BADGE_JOBS = ListKind(
    name="badges",
    title=gettext_lazy("Badges"),
    holds=gettext_lazy("Each drawing makes one file for the printer, of everybody confirmed or of those chosen among the registrations."),
    begins=(Begin("registration:new-badges", gettext_lazy("Draw all badges"), BADGES),),
    address="registration:badge-jobs",
    detail="registration:badge-job",
    key="guid",
    seen_by=BADGES,
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d file", "%(n)d files", n) % {"n": n},
    empty=gettext_lazy("No badges have been drawn yet."),
    note=gettext_lazy("For some of them, filter or choose in the list of registrations."),
    order=("-created_at",),
    filters=(
        Filter("state", gettext_lazy("State"), lambda _s: BadgeJob.State.choices, narrowed_by("state")),
        Filter("layout", gettext_lazy("Layout"), lambda _s: LAYOUTS, narrowed_by("layout")),
    ),
    searched=("by__name", "by__email"),
)  # fmt: skip
