"""What the sheet of registrations holds, and for how long."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from registration.lists import registrations
from registration.models import Audience, ZoneException
from registration.registering import people_sheet
from tests.factories import make_category, make_question, make_registration, make_zone


@pytest.mark.parametrize(("days", "held"), [(0, True), (29, True), (32, False)])
def test_no_file_outlives_the_needs(summit, days, held):
    secret = make_question(summit, kind="line", sensitive=True, words={"en": "Blood type?", "ko": "혈액형?"})
    make_registration(summit, dietary_needs="Vegan", access_needs="Wheelchair", answers={secret.pk: "AB"})
    summit.starts_on = summit.ends_on = timezone.localdate() - timedelta(days=days)
    summit.save()
    with override("en"):
        table = people_sheet.table(summit, registrations.rows(summit).order_by("pk"), Audience.values)
        heads, [row] = [column.name for column in table.columns], list(table.rows)
    assert {"Access needs", "Dietary needs", "Blood type?"}.issubset(heads) is held
    assert {"Wheelchair", "Vegan", "AB"}.issubset(row) is held
    assert len(heads) == len(row)
    assert heads.count("Tags") == 1


@pytest.mark.parametrize(("audiences", "told"), [(Audience.values, True), ([Audience.DESK], False)])
def test_accreditation_stands_beside_a_person_for_those_who_read_of_it(summit, audiences, told):
    category = make_category(summit, "press", vetted=True, photo="looked_at")
    category.zones.add(make_zone(summit, "B"))
    made = make_registration(summit, category=category)
    ZoneException.objects.create(registration=made, zone=make_zone(summit, "A"), gives=True, reason="x")
    with override("en"):
        table = people_sheet.table(summit, registrations.rows(summit).order_by("pk"), audiences)
        [row] = list(table.rows)
    cells = dict(zip((column.name for column in table.columns), row, strict=True))
    found = [cells.get(name) for name in ("Vetting", "Zones", "Photo")]
    assert found == (["Waiting", "A · B", "Missing or too old"] if told else [None] * 3)
