"""Tags: made, set on one and on many, taken back, brought in from a file and copied."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from registration.lists import registrations
from registration.models import Audience, Registration, Tag
from registration.papers.everything import everything, for_machines
from registration.registering import lifecycle, people_sheet, tagging
from registration.registering.copying import copy_summit
from summit.editing.inline_edits import value_version
from summit.editing.revising import Overtaken
from summit.lib.translated import Text
from summit.models import HistoryEntry
from tests.factories import make_registration, make_summit
from tests.registration.places.test_races import on_postgresql


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", []),
        (" , ,", []),
        ("VIP", ["VIP"]),
        ("VIP,vip, Ｖｉｐ", ["VIP"]),
        ("장관  일행， 통역", ["장관 일행", "통역"]),
        ("🎉, 🎈", ["🎉", "🎈"]),
        ("=1+1", ["=1+1"]),
        ("a\r\nb\x00c", ["a b c"]),
    ],
)
def test_names_are_read_with_commas_between(typed, names):
    assert tagging.parsed(typed) == names


@pytest.mark.parametrize("typed", ["x" * 41, ",".join(str(n) for n in range(21))])
def test_too_long_and_too_many_are_refused(typed):
    with pytest.raises(tagging.BadTag):
        tagging.parsed(typed)


def test_a_tag_is_made_on_the_fly_and_known_however_it_is_written(summit, organiser):
    one, other = make_registration(summit), make_registration(summit)
    tagging.set_tags(one, ["Zoë’s table", "VIP"], by=organiser)
    tagging.set_tags(other, ["zoe's table"], by=organiser)
    assert set(summit.tags.values_list("name", flat=True)) == {"VIP", "Zoë’s table"}
    assert (one.tagged, other.tagged) == (["VIP", "Zoë’s table"], ["Zoë’s table"])
    line = HistoryEntry.objects.filter(action="registration.tag", subject_key=str(one.pk)).get()
    assert (line.by, line.changes) == (organiser, {"tags": ["", "VIP, Zoë’s table"]})


def test_what_is_as_it_was_leaves_no_line(summit, organiser):
    made = make_registration(summit)
    tagging.set_tags(made, ["VIP"], by=organiser)
    tagging.set_tags(made, ["vip"], by=organiser)
    assert HistoryEntry.objects.filter(action="registration.tag").count() == 1


def test_tags_that_somebody_has_changed_meanwhile_are_not_overwritten(summit, organiser):
    made = make_registration(summit)
    was = value_version(made.tagged)
    tagging.set_tags(made, ["VIP"], by=organiser)
    with pytest.raises(Overtaken):
        tagging.set_tags(made, [], form_versions={"tagged": was}, by=organiser)
    assert made.tagged == ["VIP"]


def test_somebody_who_cancelled_is_tagged_as_well(summit, organiser):
    made = lifecycle.cancel(make_registration(summit))
    assert tagging.set_tags(made, ["No show 2019"], by=organiser).tagged == ["No show 2019"]


def test_many_get_and_lose_tags_and_each_step_is_taken_back(summit, organiser):
    people = [make_registration(summit) for _ in range(3)]
    tagging.set_tags(people[0], ["VIP", "Press"], by=organiser)
    steps = tagging.add(summit, people, ["vip", "Dinner"], by=organiser)
    assert [len(step["added"]) for step in steps] == [1, 2, 2]
    vip = summit.tags.get(key="vip")
    gone = tagging.remove(summit, people, [vip], by=organiser)
    assert [step["removed"] for step in gone] == [[vip.pk]] * 3
    assert tagging.restore(people[0], gone[0], by=organiser)
    assert people[0].tagged == ["Dinner", "Press", "VIP"]
    assert tagging.restore(people[1], steps[1], by=organiser)
    assert people[1].tagged == []
    assert not tagging.restore(people[1], steps[1], by=organiser)


def test_a_row_of_another_summit_is_not_tagged(summit, organiser):
    foreign = make_registration(make_summit("ogp2023"))
    assert tagging.add(summit, [foreign], ["VIP"], by=organiser) == []
    assert foreign.tagged == []


@pytest.mark.parametrize("number", [1, 12])
def test_twelve_take_as_many_queries_as_one(summit, organiser, number):
    Tag.objects.create(summit=summit, name="VIP", key="vip")
    people = [make_registration(summit) for _ in range(number)]
    with CaptureQueriesContext(connection) as asked:
        tagging.add(summit, people, ["VIP"], by=organiser)
    assert len(asked) <= 11


def test_nobody_has_more_than_twenty(summit, organiser):
    made = make_registration(summit)
    tagging.set_tags(made, [f"t{n}" for n in range(20)], by=organiser)
    with pytest.raises(tagging.BadTag):
        tagging.add(summit, [made], ["one more"], by=organiser)
    assert len(made.tagged) == 20


def test_a_summit_keeps_so_many_tags(summit, organiser, monkeypatch):
    monkeypatch.setattr(tagging, "MOST_KEPT", 2)
    made = make_registration(summit)
    tagging.set_tags(made, ["a", "b"], by=organiser)
    with pytest.raises(tagging.TooManyTags):
        tagging.set_tags(made, ["a", "b", "c"], by=organiser)
    assert (made.tagged, summit.tags.count()) == (["a", "b"], 2)


def test_a_name_is_given_once(summit, organiser):
    vip = tagging.create(summit, {"name": "VIP", "tone": "red"}, by=organiser)
    press = tagging.create(summit, {"name": "Press", "tone": "grey"}, by=organiser)
    with pytest.raises(tagging.TagTaken):
        tagging.create(summit, {"name": "v.i.p", "tone": "red"}, by=organiser)
    with pytest.raises(tagging.TagTaken):
        tagging.edit(press, {"name": "Vip"}, by=organiser)
    assert tagging.edit(vip, {"name": "V.I.P.", "tone": "blue"}, by=organiser).name == "V.I.P."
    tagging.edit(vip, {"name": "Guests"}, by=organiser)
    assert Tag.objects.get(pk=vip.pk).key == "guests"


def test_a_deleted_tag_is_gone_from_everybody(summit, organiser):
    made = make_registration(summit)
    tagging.set_tags(made, ["VIP"], by=organiser)
    tagging.delete(summit.tags.get(), by=organiser)
    assert (made.tagged, Registration.objects.count()) == ([], 1)
    assert HistoryEntry.objects.filter(action="tag.delete").get().changes == {"name": ["VIP", ""]}


def test_the_person_reads_them_with_all_that_is_kept(summit, organiser):
    made = make_registration(summit)
    tagging.set_tags(made, ["VIP"], by=organiser)
    assert for_machines(everything(made))["tags"] == [{"tag": "VIP"}]


def test_the_sheet_has_them(summit, organiser):
    tagging.set_tags(make_registration(summit), ["VIP", "Dinner"], by=organiser)
    with override("en"):
        table = people_sheet.table(summit, registrations.rows(summit).order_by("pk"), Audience.values)
    at = [column.name for column in table.columns].index("Tags")
    assert [row[at] for row in table.rows] == ["Dinner, VIP"]


def test_the_next_summit_has_the_tags_and_none_of_the_people(summit, organiser):
    tagging.create(summit, {"name": "VIP", "tone": "red"}, by=organiser)
    made = copy_summit(summit, "ogp2023", Text({"en": "Next", "ko": "다음"}), summit.starts_on, by=organiser)
    assert [(tag.name, tag.tone, tag.key) for tag in made.tags.all()] == [("VIP", "red", "vip")]


@on_postgresql
def test_two_who_make_the_same_tag_at_once_make_one(summit, organiser, race):
    people = [make_registration(summit) for _ in range(2)]
    rows = Registration.objects.select_related("summit")
    race([lambda pk=made.pk: tagging.set_tags(rows.get(pk=pk), ["VIP"], by=organiser).pk for made in people])
    assert summit.tags.count() == 1
    assert all(made.tagged == ["VIP"] for made in people)
