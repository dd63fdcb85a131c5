import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from registration.models import Category, Consent, Desk, Quota, Registration
from registration.registering import lifecycle, refusals
from registration.registering.imports import loaders_for
from summit.imports.table_format import run
from tests.factories import make_category, make_registration
from tests.registration.reading import everything, taken

SEED = Path(settings.BASE_DIR) / "summit" / "seeds" / "ogp2021"
PERSON = {
    "name": "홍길동",
    "email": "hong@people.example",
    "country": "KR",
    "category": "delegate",
    "attendance": "in_person",
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def import_schedule(summit, kind: str, *rows, dry_run=False):
    document = {"format": kind, "version": 1, kind: list(rows)}
    return run([(f"{kind}.json", json.dumps(document).encode())], loaders_for(summit), dry_run=dry_run)


def as_csv(rows: list[dict]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def seed_rows() -> list[dict]:
    return json.loads((SEED / "people.json").read_text(encoding="utf-8"))["registrations"]


@pytest.fixture
def grounds(summit):
    """Categories, places and desks of the 2021 summit."""
    call_command("import_registrations", SEED / "registration.json", summit="ogp2021", verbosity=0)
    return summit


def test_the_grounds_of_the_2021_summit_come_in(summit, capsys):
    revision = summit.agenda_revision
    call_command("import_registrations", SEED / "registration.json", summit="ogp2021")
    assert capsys.readouterr().out.splitlines() == [
        "categories: 6 new, 0 changed, 0 unchanged",
        "places: 2 new, 0 changed, 0 unchanged",
        "desks: 2 new, 0 changed, 0 unchanged",
    ]
    assert list(Category.objects.values_list("code", "admission")) == [
        ("delegate", "open"), ("civil-society", "open"), ("academia", "open"), ("press", "open"), ("speaker", "team"),
        ("staff", "team"),
    ]  # fmt: skip
    assert dict(Quota.objects.values_list("attendance", "capacity")) == {"in_person": 400, "online": None}
    assert [(desk.code, desk.name.in_language("en")) for desk in Desk.objects.all()] == [
        ("main-entrance", "Main entrance"), ("delegates", "Delegations")
    ]  # fmt: skip
    summit.refresh_from_db()
    assert summit.agenda_revision > revision


def test_the_people_of_the_2021_summit_register(grounds, work):
    rows = seed_rows()
    call_command("import_registrations", SEED / "people.json", summit="ogp2021", verbosity=0)
    assert Registration.objects.count() == len(rows) == 10
    assert {r.email: (r.name, r.category.code, r.attendance, r.language) for r in Registration.objects.select_related("category")} == {
        row["email"]: (row["name"], row["category"], row["attendance"], row["language"]) for row in rows
    }  # fmt: skip
    ways = [row["attendance"] for row in rows]
    assert taken(grounds) == {"in_person": ways.count("in_person"), "online": ways.count("online")}
    # Nobody has agreed to anything by being on a list, but to what it says of their needs.
    assert {one.registration.email for one in Consent.objects.filter(kind="sensitive")} == {
        row["email"] for row in seed_rows() if "needs_agreed" in row
    }
    assert not Consent.objects.exclude(kind="sensitive").exists()
    # One task draws the mails of all of them; each is sent by itself, or in a batch.
    assert work() == 2
    assert sorted(m.to[0] for m in mail.outbox) == sorted(row["email"] for row in rows)


def test_the_same_files_again_change_nothing(grounds, capsys):
    for _ in range(2):
        call_command(
            "import_registrations", SEED / "registration.json", SEED / "people.json", summit="ogp2021", verbosity=0
        )
        before = everything()
    capsys.readouterr()
    call_command("import_registrations", SEED / "registration.json", SEED / "people.json", summit="ogp2021")
    assert capsys.readouterr().out.splitlines() == [
        "categories: 0 new, 0 changed, 6 unchanged",
        "places: 0 new, 0 changed, 2 unchanged",
        "desks: 0 new, 0 changed, 2 unchanged",
        "registrations: 0 new, 0 changed, 10 unchanged",
    ]
    assert everything() == before


def test_a_dry_run_reports_and_writes_nothing(grounds, capsys):
    before = everything()
    call_command("import_registrations", SEED / "people.json", summit="ogp2021", dry_run=True)
    assert capsys.readouterr().out.splitlines() == [
        "registrations: 10 new, 0 changed, 0 unchanged",
        "Dry run: nothing was written.",
    ]
    assert everything() == before


def test_the_same_people_come_in_as_csv(grounds, tmp_path):
    path = tmp_path / "registrations.csv"
    path.write_bytes(as_csv(seed_rows()))
    call_command("import_registrations", path, summit="ogp2021", verbosity=0)
    found = Registration.objects.order_by("pk").values_list("email", "name", "country", "dietary_needs")
    assert list(found) == [(r["email"], r["name"], r["country"], r.get("dietary_needs", "")) for r in seed_rows()]


def test_categories_come_in_as_csv(summit):
    content = as_csv([
        {"code": "vip", "name.ko": "귀빈", "name.en": "VIP", "colour": "#0b3d91", "is_open": "no", "order": "7"},
        {"code": "press", "name.ko": "언론", "name.en": "Press", "colour": "#8f3d00", "is_open": "yes", "order": ""},
        {"code": "radio", "name.ko": "라디오", "name.en": "Radio", "colour": "#8f3d00", "admission": "approval", "order": ""},
    ])  # fmt: skip
    report = run([("categories.csv", content)], loaders_for(summit))
    assert (report.new, report.refused) == ({"categories": 3}, [])
    assert [(c.code, c.name.in_language("en"), c.admission, c.order) for c in Category.objects.order_by("code")] == [
        ("press", "Press", "open", 0), ("radio", "Radio", "approval", 0), ("vip", "VIP", "team", 7)
    ]  # fmt: skip


def test_a_changed_row_changes_what_is_there(grounds):
    desk = {"code": "delegates", "name": {"ko": "대표단", "en": "Delegations"}, "order": 9}
    assert import_schedule(grounds, "desks", desk).changed == {"desks": 1}
    assert [d.order for d in Desk.objects.filter(code="delegates")] == [9]
    assert Desk.objects.count() == 2


def test_one_row_refused_keeps_all_out(grounds, capsys, tmp_path):
    path = tmp_path / "people.json"
    rows = [PERSON, {**PERSON, "email": "other@people.example", "country": "XX"}, {"name": "심청"}]
    path.write_text(json.dumps({"format": "registrations", "version": 1, "registrations": rows}), encoding="utf-8")
    before = everything()
    with pytest.raises(CommandError, match="2 rows were refused; nothing was written"):
        call_command("import_registrations", path, summit="ogp2021")
    assert capsys.readouterr().out.splitlines() == [
        "registrations: 1 new, 0 changed, 0 unchanged",
        "Refused, people.json, registrations[2]: “country” must be a two-letter ISO 3166-1 code.",
        "Refused, people.json, registrations[3]: “email” is missing.",
    ]
    assert everything() == before


def test_a_refused_line_of_csv_is_named_by_its_number(grounds):
    content = as_csv([PERSON, {**PERSON, "email": "other@people.example", "attendance": "both"}])
    report = run([("registrations.csv", content)], loaders_for(grounds))
    assert report.refused == [("registrations.csv, line 3", "“attendance” must be in_person or online.")]
    assert Registration.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "“name” is missing."),
        ({"dietary_needs": "halal"}, "It says what somebody needs, and not that they have agreed to it being kept."),
        ({"name": "\u200b"}, "name: This field cannot be blank."),
        ({"name": "x" * 201}, "name: Ensure this value has at most 200 characters (it has 201)."),
        ({"email": None}, "“email” is missing."),
        ({"email": "hong"}, "email: Enter a valid email address."),
        ({"email": "hong@people.example\r\nBcc: x@x.example"}, "email: Enter a valid email address."),
        ({"category": "vip"}, "There is no category “vip”."),
        ({"category": ""}, "“category” is missing."),
        ({"attendance": "both"}, "“attendance” must be in_person or online."),
        ({"country": "Korea"}, "“country” must be a two-letter ISO 3166-1 code."),
        ({"language": "fr"}, "There is no language “fr”."),
        ({"job_title": ["x"]}, "“job_title” must be a text."),
        ({"name": {"ko": "x"}}, "“name” must be a text."),
    ],
)
def test_a_person_who_cannot_come_in_is_told_why(grounds, changes, reason):
    before = everything()
    report = import_schedule(grounds, "registrations", {**PERSON, **changes})
    assert report.refused == [("registrations.json, registrations[1]", reason)]
    assert everything() == before


@pytest.mark.parametrize(
    ("kind", "row", "reason"),
    [
        ("categories", {"code": "vip", "colour": "#0b3d91"}, "“name” is missing."),
        ("categories", {"code": "vip", "name": "VIP", "colour": "#0b3d91"}, 'A text needs a language: {"ko": "…", "en": "…"}.'),
        ("places", {"attendance": "in_person", "capacity": "many"}, "“capacity” must be a whole number."),
        ("places", {"attendance": "in_person", "capacity": -1}, "capacity: Ensure this value is greater than or equal to 0."),
        ("desks", {"name": {"en": "Main"}}, "“code” is missing."),
    ],
)  # fmt: skip
def test_a_row_of_the_grounds_that_cannot_come_in_is_told_why(summit, kind, row, reason):
    report = import_schedule(summit, kind, row)
    assert report.refused == [(f"{kind}.json, {kind}[1]", reason)]
    assert (Category.objects.count(), Quota.objects.count(), Desk.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("categories", {"code": "vip", "name": {"en": "VIP"}, "colour": "#0b3d91", "order": "first"}),
        ("places", {"attendance": "in_person", "capacity": "many"}),
        ("desks", {"code": "main", "name": {"en": "Main"}, "order": "last"}),
        ("registrations", {**PERSON, "name": 5}),
        ("registrations", {**PERSON, "country": ["KR"]}),
        ("registrations", {**PERSON, "email": {"a": "b"}}),
        ("registrations", {**PERSON, "category": {"a": "b"}}),
    ],
)
def test_a_value_of_a_wrong_kind_refuses_its_row(summit, kind, row):
    make_category(summit)
    before = everything()
    ((place, _reason),) = import_schedule(summit, kind, row, row).refused[:1]
    assert place == f"{kind}.json, {kind}[1]"
    assert everything() == before


@pytest.mark.parametrize(
    ("kind", "row", "field"),
    [
        ("categories", {"code": "no spaces", "name": {"en": "VIP"}, "colour": "#0b3d91"}, "code: "),
        ("categories", {"code": "vip", "name": {"en": "VIP"}, "colour": "blue"}, "colour: "),
        ("places", {"attendance": "both", "capacity": 5}, "attendance: "),
    ],
)
def test_a_row_of_a_wrong_shape_names_the_column(summit, kind, row, field):
    ((place, reason),) = import_schedule(summit, kind, row).refused
    assert place == f"{kind}.json, {kind}[1]"
    assert reason.startswith(field)


def test_people_are_refused_while_registration_is_closed(grounds):
    grounds.registration_closes_at = timezone.now() - timedelta(hours=1)
    assert import_schedule(grounds, "registrations", PERSON).refused == [
        ("registrations.json, registrations[1]", str(refusals.RegistrationClosed.message))
    ]


def test_people_are_refused_where_no_place_is_left(grounds):
    Quota.objects.filter(attendance="in_person").update(capacity=1)
    report = import_schedule(grounds, "registrations", PERSON, {**PERSON, "email": "other@people.example"})
    assert report.refused == [("registrations.json, registrations[2]", str(refusals.NoPlaceLeft.message))]
    assert taken(grounds) == {"in_person": 0, "online": 0}


def test_somebody_registered_is_left_as_they_are(grounds):
    made = make_registration(grounds, email="HONG@people.example", name="홍길동")
    report = import_schedule(grounds, "registrations", {**PERSON, "name": "다른 이름"})
    assert (report.new, report.same, report.refused) == ({}, {"registrations": 1}, [])
    made.refresh_from_db()
    assert made.name == "홍길동"


def test_what_people_need_is_cleaned_as_in_the_form(grounds):
    import_schedule(
        grounds,
        "registrations",
        {**PERSON, "name": " 홍\u200b길동\r\n", "access_needs": "휠체어\r\n수어\x07 ", "needs_agreed": True},
    )
    assert list(Registration.objects.values_list("name", "access_needs")) == [("홍길동", "휠체어\n수어")]


def test_places_that_come_late_count_who_is_registered_already(summit):
    category = make_category(summit)
    for _ in range(2):
        make_registration(summit, category=category)
    lifecycle.cancel(make_registration(summit, category=category))
    import_schedule(summit, "places", {"attendance": "in_person", "capacity": 3})
    assert taken(summit) == {"in_person": 2}
    make_registration(summit)
    with pytest.raises(refusals.NoPlaceLeft):
        make_registration(summit)


def test_fewer_places_than_people_are_refused(grounds):
    for _ in range(3):
        make_registration(grounds)
    report = import_schedule(grounds, "places", {"attendance": "in_person", "capacity": 2})
    assert report.refused == [
        ("places.json, places[1]", "3 people are registered already; “capacity” may not be less.")
    ]
    assert Quota.objects.get(attendance="in_person").capacity == 400
    assert import_schedule(grounds, "places", {"attendance": "in_person", "capacity": 3}).changed == {"places": 1}


def test_a_table_nobody_knows_is_refused_by_name(summit):
    report = import_schedule(summit, "tickets", {"code": "x"})
    assert report.refused == [
        ("tickets.json", "“tickets” is not read here; known are: categories, desks, places, registrations.")
    ]


def test_a_summit_nobody_knows_is_refused(db):
    with pytest.raises(CommandError, match="There is no summit “nowhere”"):
        call_command("import_registrations", SEED / "people.json", summit="nowhere")


def test_a_file_that_is_not_there_is_refused(summit, tmp_path):
    with pytest.raises(CommandError, match=r"missing\.json"):
        call_command("import_registrations", tmp_path / "missing.json", summit="ogp2021")


def test_a_category_admitted_in_no_known_way_is_refused(summit):
    row = {"code": "tv", "name": {"en": "TV"}, "colour": "#8f3d00", "admission": "sometimes", "order": ""}
    report = import_schedule(summit, "categories", row)
    assert "must be one of: open, approval, invitation, code, team" in str(report.refused)
    assert not Category.objects.exists()
