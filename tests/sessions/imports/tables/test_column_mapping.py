import pytest
from django.utils import translation

from sessions.imports.tables.column_mapping import TABLES, fields, guess, missing

LANGUAGES = ["ko", "en"]


def guessed(table, *headings):
    return guess(list(headings), fields(table, LANGUAGES))


@pytest.mark.parametrize(
    ("table", "headings", "keys"),
    [
        ("sessions", ["Title", "Description", "Start", "End", "Location"], ["title.ko", "abstract.ko", "starts_at", "ends_at", "room"]),
        ("sessions", ["Title (English)", "title.ko", "제목"], ["title.en", "title.ko", ""]),
        ("sessions", ["제목 (한국어)", "제목(영어)", "시작 시간", "발표자"], ["title.ko", "title.en", "starts_at", "people"]),
        ("people", ["이름", "영문 이름", "이메일", "국가", "약력 영문"], ["name", "name_romanised", "email", "country", "biography.en"]),
        ("organisations", ["Company", "URL", "Contact", "Email"], ["name.ko", "website", "contact_name", "contact_email"]),
        ("rooms", ["회의실명", "수용 인원", "통역 부스"], ["name.ko", "capacity", "booths"]),
        ("people", ["Reason", "사유", "", "shoe size"], ["", "", "", ""]),
    ],
)  # fmt: skip
def test_columns_are_guessed_from_what_people_call_them(table, headings, keys):
    with translation.override("en"):
        assert guessed(table, *headings) == keys


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_labels_and_keys_are_understood(table, language):
    with translation.override(language):
        known = fields(table, LANGUAGES)
        assert guess([f.key for f in known], known) == [f.key for f in known]
        assert guess([f.label for f in known], known) == [f.key for f in known]


def test_a_table_cannot_do_without_a_name_or_a_code():
    assert missing("sessions", ["abstract.ko"])
    assert not missing("sessions", ["title.en"])
    assert not missing("rooms", ["code", "capacity"])
