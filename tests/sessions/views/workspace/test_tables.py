import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sessions.models import ImportJob
from speakers.models import Speaker
from tests.factories import make_summit, make_user, make_venue

PAGE = "/en/ogp2021/organiser/imports/"
TABLE = "이름,나라,메모\r\n이도,KR,왕\r\n홍길동,Atlantis,=cmd\r\n"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def upload(client, content=TABLE, table="people", name="people.csv"):
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return client.post(f"{PAGE}tables/", {"table": table, "file": file})


def mapped(client, job, *columns):
    return client.post(f"{PAGE}{job.guid}/columns/", {f"column-{n}": key for n, key in enumerate(columns)})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("language", "said"), [("en", "is no country"), ("ko", "나라로 읽을 수 없는 값입니다")])
def test_reasons_are_in_the_language_of_the_page_and_nothing_good_is_not_offered(summit, office, work, language, said):
    page = f"/{language}/ogp2021/organiser/imports/"
    content = "이름,나라\n홍길동,Atlantis\n"
    file = SimpleUploadedFile("people.csv", content.encode())
    office.post(f"{page}tables/", {"table": "people", "file": file})
    job = ImportJob.objects.get()
    office.post(f"{page}{job.guid}/columns/", {"column-0": "name", "column-1": "country"})
    work()
    shown = office.get(f"{page}{job.guid}/").content.decode()
    assert said in shown
    assert 'value="partial"' not in shown
    office.post(f"{page}{job.guid}/", {"action": "partial"})
    work()
    assert ImportJob.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_reasons_name_the_headings_of_the_file(summit, office, work):
    rows = ("코드,제목(영),시작,종료,형식", "CIV001,One,never,2021-12-15T10:00,talk", "bad code,Two,,,",
            ",,,,", ",Three,2021-12-15T10:00,2021-12-15T11:00,poem")  # fmt: skip
    upload(office, "\n".join(rows) + "\n", table="sessions", name="sessions.csv")
    job = ImportJob.objects.get()
    mapped(office, job, "code", "title.en", "starts_at", "ends_at", "kind")
    work()
    told = [row["reason"] for row in ImportJob.objects.get().refused]
    assert ["“시작”: “never” must be a time" in told[0], told[1].startswith("코드: "), "as 형식" in told[2]] == [
        True
    ] * 3
    assert not any(name in " ".join(told) for name in ("starts_at", "ends_at", "kind", "code:"))


@pytest.mark.django_db(transaction=True)
def test_from_upload_to_the_rows_that_were_mended(summit, office, work):
    assert upload(office)["Location"].endswith("/columns/")
    job = ImportJob.objects.get()
    page = office.get(f"{PAGE}{job.guid}/columns/").content.decode()
    assert '<option value="name" selected>' in page
    assert '<option value="country" selected>' in page
    assert "홍길동" in page
    # Before its columns are mapped there is nothing to see or to confirm.
    assert office.get(f"{PAGE}{job.guid}/")["Location"].endswith("/columns/")
    mapped(office, job, "name", "country", "")
    work()
    page = office.get(f"{PAGE}{job.guid}/").content.decode()
    assert "Atlantis" in page
    assert "Import the 1 good row only" in page
    assert Speaker.objects.count() == 0
    office.post(f"{PAGE}{job.guid}/", {"action": "partial"})
    work()
    assert [s.name for s in Speaker.objects.all()] == ["이도"]
    second = ImportJob.objects.get(dry_run=False)
    back = office.get(f"{PAGE}{second.guid}/refused.csv")
    text = back.content.decode("utf-8-sig")
    assert text.splitlines()[0] == "이름,나라,메모,Reason"
    assert "'=cmd" in text
    # Mended and sent again: the column with the reason is left out by itself.
    assert upload(office, text.replace("Atlantis", "KR"))["Location"].endswith("/columns/")
    third = ImportJob.objects.filter(dry_run=True).latest("created_at")
    page = office.get(f"{PAGE}{third.guid}/columns/").content.decode()
    assert page.count(" selected>") >= 1
    mapped(office, third, "name", "country", "", "")
    work()
    office.post(f"{PAGE}{third.guid}/")
    office.post(f"{PAGE}{third.guid}/")
    work()
    assert sorted(s.name for s in Speaker.objects.all()) == ["이도", "홍길동"]


@pytest.mark.parametrize(
    "columns",
    [("name", "name", ""), ("", "country", ""), ("name", "shoe size", "")],
    ids=["twice", "no name", "unknown"],
)
def test_a_mapping_that_cannot_work_is_refused_on_the_page(summit, office, columns):
    upload(office)
    job = ImportJob.objects.get()
    assert mapped(office, job, *columns).status_code == 422
    assert ImportJob.objects.get().mapping == {}


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.csv"), (b"name", "a.csv"), (b"\xff\xfea", "a.csv"), (b"name\nA\0da\n", "a.csv"), (b"%PDF-1.7", "a.pdf")],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(summit, office, content, name):
    response = upload(office, content, name=name)
    assert response.status_code == 422
    assert ImportJob.objects.count() == 0
    assert upload(office, table="planets").status_code == 422


def test_tables_of_other_summits_and_agendas_have_no_columns_here(summit, office, as_user):
    upload(office)
    job = ImportJob.objects.get()
    make_summit("ogp2023")
    stranger = as_user(make_user("x@team.example", summit=make_summit("ogp2025"), role="owner"))
    for part in ("columns/", "refused.csv", ""):
        assert stranger.get(f"{PAGE}{job.guid}/{part}".replace("ogp2021", "ogp2025")).status_code == 404
    ImportJob.objects.update(table="")
    assert office.get(f"{PAGE}{job.guid}/columns/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_people_and_rooms_of_a_sheet_are_made_where_the_box_is_ticked(summit, office, work):
    make_venue(summit)
    text = "title,room,speakers\nOpening,Aula,Anna Kim\n"
    upload(office, text, table="sessions")
    job = ImportJob.objects.get()
    page = office.get(f"{PAGE}{job.guid}/columns/").content.decode()
    assert "Make people and rooms that are not there yet" in page
    columns = {"column-0": "title.en", "column-1": "room", "column-2": "people"}
    office.post(f"{PAGE}{job.guid}/columns/", columns)
    work()
    assert "There is no room “Aula”." in office.get(f"{PAGE}{job.guid}/").content.decode()
    office.post(f"{PAGE}{job.guid}/columns/", {**columns, "make_missing": "on"})
    work()
    checked = office.get(f"{PAGE}{job.guid}/").content.decode()
    assert "made the room “Aula”" in checked
    assert "Speakers: 1 new" in checked
    office.post(f"{PAGE}{job.guid}/")
    work()
    assert [str(room.name) for room in summit.rooms.all()] == ["Aula"]
    assert [speaker.name for speaker in summit.sessions.get().speakers.all()] == ["Anna Kim"]


def test_a_table_of_people_has_no_such_box(summit, office):
    upload(office)
    assert "make_missing" not in office.get(f"{PAGE}{ImportJob.objects.get().guid}/columns/").content.decode()
