from django.utils import timezone

from summit.editing.summit_settings import set_editing_rules
from summit.models import HistoryEntry, Summit


def test_settings_are_set_once_with_a_line_of_history(summit, organiser):
    now = timezone.now()
    values = {"editing_frozen_at": now, "shortest_break": 15, "two_factor_roles": ["owner"]}
    set_editing_rules(summit, values, by=organiser)
    set_editing_rules(summit, values, by=organiser)
    held = Summit.objects.get(pk=summit.pk)
    assert (held.editing_frozen_at, held.shortest_break, held.two_factor_roles) == (now, 15, ["owner"])
    [entry] = HistoryEntry.objects.all()
    assert entry.action == "summit.settings"
    assert set(entry.changes) == set(values)


def test_nothing_else_can_be_set_this_way(summit, organiser):
    set_editing_rules(summit, {"code": "taken"}, by=organiser)
    assert Summit.objects.get(pk=summit.pk).code == "ogp2021"
