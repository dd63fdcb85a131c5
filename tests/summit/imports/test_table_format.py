"""The format itself: files, rows, reports. What each table takes is tested beside its loaders."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from sessions.models import Track
from speakers.imports import loaders_for as people_loaders
from speakers.models import Organisation, Speaker
from summit.imports.table_format import LARGEST, Refused, Report, Row, read, run, text, upsert
from summit.lib.translated import Status
from summit.models import Page
from tests.factories import make_page


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def document(kind: str, *rows: object, **more: object) -> bytes:
    return json.dumps({"format": kind, "version": 1, kind: list(rows), **more}).encode()


MOI = {
    "code": "moi",
    "name": {"ko": "행정안전부", "en": "Ministry of the Interior and Safety"},
    "kind": "government",
    "country": "KR",
}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        ('{"format": "x"'.encode("utf-16"), "UTF-8"),
        (b"", "JSON"),
        (b"{", "JSON"),
        (b'{"a": 1,}', "JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "JSON"),
        (b"9" * 5000, "JSON"),
        (b"null", "version"),
        (b"[]", "version"),
        (b'"organisations"', "version"),
        (b"{}", "version"),
        (b'{"format": "organisations"}', "version"),
        (b'{"format": "organisations", "version": 2}', "version"),
        (b'{"format": "organisations", "version": "1"}', "version"),
        (b'{"format": ["organisations"], "version": 1}', "version"),
        (b'{"format": "organisations", "version": 1, "organisations": "x"}', "list of objects"),
        (b'{"format": "organisations", "version": 1, "organisations": null}', "list of objects"),
        (b'{"format": "organisations", "version": 1, "organisations": [1]}', "list of objects"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(content, word):
    with pytest.raises(Refused, match=word):
        read(content, "organisations.json")


def test_a_file_too_large_is_refused_before_it_is_read():
    with pytest.raises(Refused, match="20 MB"):
        read(b" " * (LARGEST + 1), "organisations.json")


def test_a_byte_order_mark_is_no_trouble():
    kind, rows, _document = read(b"\xef\xbb\xbf" + document("organisations", MOI), "a.json")
    assert kind == "organisations"
    assert rows == [Row("organisations[1]", MOI)]


def test_a_table_of_one_may_be_written_without_a_list():
    _kind, rows, _document = read(b'{"format": "summit", "version": 1, "summit": {"code": "ogp2021"}}', "a.json")
    assert [row.values for row in rows] == [{"code": "ogp2021"}]


def test_csv_has_a_column_per_language_and_lists_with_semicolons():
    kind, rows, _document = read(
        'code, name.ko ,name.en,hosts\nmoi,행정안전부,"Interior, Safety",a; b ;\n\nnih,보건원,,\n'.encode(),
        "/in/organisations.csv",
    )
    assert kind == "organisations"
    assert rows[0].place == "line 2"
    assert rows[0].values == {"code": "moi", "name": {"ko": "행정안전부", "en": "Interior, Safety"}, "hosts": "a; b ;"}
    assert rows[0].list("hosts") == ["a", "b"]
    assert rows[1].place == "line 4"
    assert rows[1].list("hosts") == []
    assert text(rows[1].values["name"]) == {"ko": "보건원"}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"code,name.ko\nmoi,a,b\n", "2"),
        (b"code,name,name.ko\nmoi,a,b\n", "name"),
        (b"code,name.ko,name\nmoi,a,b\n", "name"),
    ],
)
def test_a_csv_with_cells_nobody_can_place_is_refused(content, word):
    with pytest.raises(Refused, match=word):
        read(content, "organisations.csv")


def test_an_empty_csv_has_no_rows():
    assert read(b"", "organisations.csv") == ("organisations", [], {})


@pytest.mark.parametrize("value", ["행정안전부", ["a"], {"ko": 5}, {"ko": ["a"]}, {"ko": None}, 7])
def test_a_text_needs_its_languages(value):
    with pytest.raises(Refused):
        text(value)


def test_a_text_comes_in_without_spaces_around_it_and_without_empty_languages():
    assert text({"ko": " 가 ", "en": "  "}) == {"ko": "가"}


@pytest.mark.parametrize(
    ("name", "value", "ask"),
    [
        ("hosts", {"a": 1}, "list"),
        ("hosts", 5, "list"),
        ("hosts", ["a", 5], "words"),
        ("hosts", ["a", ""], "words"),
        ("hosts", [None], "words"),
        ("people", ["a"], "rows"),
        ("people", [[]], "rows"),
        ("order", "one", "number"),
        ("order", 1.5, "number"),
        ("order", "1.5", "number"),
        ("order", True, "number"),
        ("order", [1], "number"),
        ("order", {"a": 1}, "number"),
        ("order", float("inf"), "number"),
        ("code", "", "need"),
        ("code", None, "need"),
        ("code", [], "need"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_its_column(name, value, ask):
    with pytest.raises(Refused, match=name):
        getattr(Row("line 2", {name: value}), ask)(name)


def test_values_are_read_as_what_they_mean():
    row = Row(
        "line 2", {"order": "12", "capacity": 0, "open": "yes", "shut": "false", "people": [{"a": 1}], "hosts": "a;b"}
    )
    assert (row.number("order"), row.number("capacity"), row.number("absent")) == (12, 0, 0)
    assert (row.flag("open"), row.flag("shut"), row.flag("absent")) == (True, False, False)
    assert row.rows("people") == [Row("line 2", {"a": 1})]
    assert row.words("hosts") == ["a", "b"]


def test_importing_twice_changes_nothing(summit):
    loaders = people_loaders(summit)
    first = run([("o.json", document("organisations", MOI))], loaders)
    assert (first.new, first.changed, first.same, first.refused) == ({"organisations": 1}, {}, {}, [])
    second = run([("o.json", document("organisations", MOI))], loaders)
    assert (second.new, second.changed, second.same, second.refused) == ({}, {}, {"organisations": 1}, [])


def test_a_changed_text_has_a_new_date(summit):
    """The privacy notice's date is the version people agree to."""
    page = make_page(summit, "about")
    before = page.updated_at
    report = Report()
    upsert(report, "pages", Page.objects.all(), {"summit": summit, "slug": "about"}, {"title": {"ko": "개인정보"}})
    report.staging.write()
    page.refresh_from_db()
    assert page.updated_at > before


def test_a_changed_row_is_counted_and_kept(summit):
    loaders = people_loaders(summit)
    run([("o.json", document("organisations", MOI))], loaders)
    report = run([("o.json", document("organisations", {**MOI, "country": "FR"}))], loaders)
    assert report.changed == {"organisations": 1}
    assert Organisation.objects.get().country == "FR"


def test_one_refusal_keeps_everything_out(summit):
    report = run(
        [
            ("folder/o.json", document("organisations", MOI, {"name": {"ko": "이름"}}, {**MOI, "code": "9!"})),
            ("s.json", document("speakers", {"key": "p00001", "name": "박수정"})),
        ],
        people_loaders(summit),
    )
    assert not Organisation.objects.exists()
    assert not Speaker.objects.exists()
    places = [place for place, _reason in report.refused]
    assert places == ["o.json, organisations[2]", "o.json, organisations[3]"]
    assert "code" in report.refused[0][1]
    assert "code" in report.refused[1][1]
    assert "Refused, o.json, organisations[2]" in "\n".join(report.lines())


def test_a_dry_run_reports_and_writes_nothing(summit):
    report = run([("o.json", document("organisations", MOI))], people_loaders(summit), dry_run=True)
    assert report.new == {"organisations": 1}
    assert not Organisation.objects.exists()


def test_a_table_nobody_reads_here_is_named_with_those_that_are(summit):
    report = run([("x.json", document("badges", {"a": 1}))], people_loaders(summit))
    [(place, reason)] = report.refused
    assert place == "x.json"
    assert "badges" in reason and "organisations, speakers" in reason


def test_tables_beside_the_first_come_in_as_well(summit):
    content = document("organisations", MOI, speakers=[{"key": "p00001", "name": "박수정"}])
    assert run([("o.json", content)], people_loaders(summit)).new == {"organisations": 1, "speakers": 1}


def test_rows_beside_the_first_table_that_are_no_objects_are_refused(summit):
    report = run([("o.json", document("organisations", MOI, speakers=[5, "x", None]))], people_loaders(summit))
    assert [place for place, _reason in report.refused] == [
        "o.json, speakers[1]",
        "o.json, speakers[2]",
        "o.json, speakers[3]",
    ]
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        {**MOI, "code": ["moi"]},
        {**MOI, "code": {"a": 1}},
        {**MOI, "code": True},
        {**MOI, "code": 1.5},
        {**MOI, "name": "행정안전부"},
        {**MOI, "name": ["행정안전부"]},
        {**MOI, "name": {"ko": "가" * 301}},
        {**MOI, "name": {"ko": "half a pair \ud800"}},
        {**MOI, "description": {"ko": "NUL \x00"}},
        {**MOI, "country": "\x00\x00"},
        {**MOI, "kind": "club"},
        {**MOI, "kind": ["government"]},
        {**MOI, "country": "Korea"},
        {**MOI, "country": {"ko": "KR"}},
        {**MOI, "website": "javascript:alert(1)"},
        {**MOI, "website": ["https://moi.example"]},
        {**MOI, "description": "words"},
    ],
)
def test_an_organisation_with_a_wrong_value_is_refused_and_no_traceback(summit, row):
    report = run([("o.json", document("organisations", row))], people_loaders(summit))
    [(place, reason)] = report.refused
    assert place == "o.json, organisations[1]"
    assert reason
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        {"key": "p00001"},
        {"key": "p00001", "name": ""},
        {"key": "p00001", "name": ["박수정"]},
        {"key": "p00001", "name": {"ko": "박수정"}},
        {"key": "p00001", "name": "가" * 201},
        {"key": "!", "name": "박수정"},
        {"key": "p00001", "name": "박수정", "name_romanised": 5},
        {"key": "p00001", "name": "박수정", "email": "nobody"},
        {"key": "p00001", "name": "박수정", "biography": "words"},
    ],
)
def test_a_speaker_with_a_wrong_value_is_refused_and_no_traceback(summit, row):
    report = run([("s.json", document("speakers", row))], people_loaders(summit))
    assert len(report.refused) == 1
    assert not Speaker.objects.exists()


def test_numbers_in_cells_equal_those_in_the_database(summit):
    """A CSV cell is always text; importing it twice must still change nothing."""
    from sessions.imports.loaders import loaders_for

    content = "slug,name.ko,colour,order\ndigital,디지털,#12705b,3\n".encode()
    assert run([("tracks.csv", content)], loaders_for(summit)).new == {"tracks": 1}
    assert Track.objects.get().order == 3
    assert run([("tracks.csv", content)], loaders_for(summit)).same == {"tracks": 1}


def test_a_translation_left_alone_is_outdated_once_a_file_changes_its_source(summit):
    loaders = people_loaders(summit)
    run([("o.json", document("organisations", MOI))], loaders)
    run([("o.json", document("organisations", {**MOI, "name": {**MOI["name"], "ko": "안전부"}}))], loaders)
    name = Organisation.objects.get().name
    assert name == {"ko": "안전부", "en": MOI["name"]["en"]}
    assert name.status("en") is Status.OUTDATED


def test_a_language_missing_in_a_file_goes(summit):
    loaders = people_loaders(summit)
    run([("o.json", document("organisations", MOI))], loaders)
    run([("o.json", document("organisations", {**MOI, "name": {"ko": "안전부"}}))], loaders)
    assert Organisation.objects.get().name.stored() == {"ko": "안전부"}


def test_a_report_reads_as_sentences():
    report = Report(new={"tracks": 3}, changed={"tracks": 1}, same={"sessions": 17}, refused=[("a.json", "why")])
    assert list(report.lines()) == [
        "tracks: 3 new, 1 changed, 0 unchanged",
        "sessions: 0 new, 0 changed, 17 unchanged",
        "Refused, a.json: why",
    ]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "organisations.json"
    path.write_bytes(document("organisations", MOI))
    return path


def test_the_command_reports_and_raises_the_revision(summit, file):
    out = StringIO()
    call_command("import_people", file, summit=summit.code, stdout=out)
    assert out.getvalue() == "organisations: 1 new, 0 changed, 0 unchanged\n"
    before = summit.agenda_revision
    summit.refresh_from_db()
    assert summit.agenda_revision == before + 1


def test_a_dry_run_of_the_command_says_so_and_leaves_the_revision(summit, file):
    out = StringIO()
    call_command("import_people", file, summit=summit.code, dry_run=True, stdout=out)
    assert out.getvalue().splitlines() == [
        "organisations: 1 new, 0 changed, 0 unchanged",
        "Dry run: nothing was written.",
    ]
    assert not Organisation.objects.exists()
    before = summit.agenda_revision
    summit.refresh_from_db()
    assert summit.agenda_revision == before


def test_the_command_fails_with_a_count_where_rows_were_refused(summit, tmp_path):
    path = tmp_path / "o.json"
    path.write_bytes(document("organisations", MOI, {"code": "x"}, {"code": "y"}))
    out = StringIO()
    with pytest.raises(CommandError, match="2 rows were refused"):
        call_command("import_people", path, summit=summit.code, stdout=out, verbosity=0)
    assert "organisations[2]" in out.getvalue()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("command", ["import_people", "import_agenda", "import_registrations", "import_summit"])
def test_an_unknown_summit_is_an_error_and_never_another_summit(summit, file, command):
    with pytest.raises(CommandError, match="ogp2099"):
        call_command(command, file, summit="ogp2099")


def test_a_file_that_is_not_there_is_an_error(summit, tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.json"):
        call_command("import_people", tmp_path / "nothing.json", summit=summit.code)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'code,name\nx,"A\ny,B\n', "Line 2: a cell begins with a quotation mark"),
        (b"code,name\nx\n", "Line 2 has fewer cells than the first line has names."),
        (b"code,code\nx,y\n", "stands in the first line twice"),
    ],
)
def test_a_csv_whose_rows_run_together_is_refused_with_the_line(content, words):
    with translation.override("en"), pytest.raises(Refused) as refusal:
        read(content, "tracks.csv")
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    "content", ["sep=;\ncode;name\nx;열린, 정부\n".encode(), '\n"code"\t"name"\n"x"\t"열린, 정부"\n'.encode("cp949")]
)
def test_a_csv_of_any_spreadsheet_is_read(content):
    assert [row.values for row in read(content, "tracks.csv")[1]] == [{"code": "x", "name": "열린, 정부"}]


@pytest.mark.parametrize(
    "content", [b'{"format": "tracks",}', b'{"format": tracks}', b"[" * 100_000, b'{"format": ' + b"9" * 5_000 + b"}"]
)
def test_no_message_about_a_file_speaks_python(content):
    with translation.override("en"), pytest.raises(Refused) as refusal:
        read(content, "tracks.json")
    assert not any(word in str(refusal.value) for word in ("Expecting", "char", "int", "recursion", "delimiter"))
