"""What each table can hold, and which of it a column of somebody's sheet probably means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from sessions.imports.schedules import parsing

# Added to a file of refused rows; when it comes back it is left out.
REASON = ("reason", "사유")


@dataclass(frozen=True, slots=True)
class Field:
    """``language`` is set where the field is one language of a text; ``names`` are what others call it."""

    name: str
    label: str
    language: str = ""
    needed: bool = False
    names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.name}.{self.language}" if self.language else self.name


TEXT = "*"
# name, label, and what sheets of others (Swapcard, Sched, Indico, Korean ones) call it; "*" marks a text per language.
_TABLES: dict[str, list[tuple[str, object, str, tuple[str, ...]]]] = {
    "sessions": [
        ("code", _("Code"), "", ("session code", "코드", "세션 코드")),
        ("title", _("Title"), TEXT, ("name", "session title", "session name", "제목", "세션명")),
        ("abstract", _("Abstract"), TEXT, ("description", "summary", "설명", "내용", "개요", "요약")),
        ("track", _("Track"), "", ("topic", "topics", "theme", "트랙")),
        ("kind", _("Kind"), "", ("type", "session type", "유형", "종류")),
        ("mode", _("Mode"), "", ("format", "진행 방식", "참여 방식")),
        ("language", _("Language"), "", ("languages", "language spoken", "언어", "사용 언어")),
        ("interpretation", _("Interpretation into"), "", ("통역", "통역 언어")),
        ("date", _("Day"), "", ("date", "start date", "weekday", "날짜", "일자", "요일", "일차")),
        ("starts_at", _("Starts"), "", ("start", "start time", "starts", "begins at", "beginning", "시작", "시작 시간")),
        ("ends_at", _("Ends"), "", ("end", "end time", "ends", "종료", "종료 시간", "끝")),
        ("duration", _("Minutes"), "", ("duration", "length", "소요 시간")),
        ("room", _("Room"), "", ("location", "place", "회의실", "장소")),
        ("hosts", _("Hosts"), "", ("host", "exhibitors", "organisation", "organization", "주관 기관", "주관")),
        ("people", _("On stage"), "", ("speakers", "speaker", "persons", "연사", "발표자", "출연")),
        ("number", _("Number in the programme"), "", ("no", "no.", "번호")),
    ],
    "people": [
        ("code", _("Code"), "", ("speaker code", "코드")),
        ("name", _("Name as written"), "", ("name", "full name", "speaker", "이름", "성명")),
        ("name_romanised", _("Name in Latin letters"), "", ("english name", "romanised name", "영문 이름", "영문명")),
        ("email", _("E-mail address"), "", ("email", "e-mail", "mail", "이메일", "메일")),
        ("country", _("Country"), "", ("nation", "국가", "나라")),
        ("biography", _("Biography"), TEXT, ("bio", "about", "약력", "소개")),
    ],
    "organisations": [
        ("code", _("Code"), "", ("코드",)),
        ("name", _("Name"), TEXT, ("organisation", "organization", "company", "기관", "기관명", "이름")),
        ("kind", _("Kind"), "", ("type", "sector", "유형", "종류")),
        ("country", _("Country"), "", ("nation", "국가", "나라")),
        ("website", _("Website"), "", ("url", "web", "homepage", "누리집", "홈페이지")),
        ("description", _("Description"), TEXT, ("about", "설명", "소개")),
        ("contact_name", _("Contact person"), "", ("contact", "담당자")),
        ("contact_email", _("Contact address"), "", ("email", "e-mail", "contact email", "이메일", "담당자 이메일")),
    ],
    "rooms": [
        ("code", _("Code"), "", ("코드",)),
        ("name", _("Name"), TEXT, ("room", "room name", "회의실", "회의실명", "이름")),
        ("venue", _("Venue"), "", ("building", "장소", "건물")),
        ("capacity", _("Capacity"), "", ("seats", "places", "수용 인원", "정원")),
        ("booths", _("Interpretation booths"), "", ("booths", "통역 부스", "부스")),
        ("description", _("Description"), TEXT, ("about", "설명")),
        ("access", _("Accessibility"), "", ("접근성",)),
    ],
    "registrations": [
        ("email", _("E-mail address"), "", ("e-mail", "mail", "이메일", "메일")),
        ("name", _("Name as written"), "", ("name", "full name", "이름", "성명")),
        ("name_romanised", _("Name in Latin letters"), "", ("english name", "romanised name", "영문 이름", "영문명")),
        ("organisation", _("Organisation"), "", ("organization", "company", "affiliation", "기관", "소속", "소속 기관")),
        ("job_title", _("Job title"), "", ("title", "position", "직함", "직위")),
        ("country", _("Country"), "", ("nation", "국가", "나라")),
        ("category", _("Category"), "", ("ticket", "type", "참가 구분", "구분")),
        ("attendance", _("Attendance"), "", ("mode", "참석 방식")),
        ("delegation", _("Delegation"), "", ("대표단",)),
        ("language", _("Language of mails"), "", ("language", "언어")),
        ("access_needs", _("Access needs"), "", ("accessibility", "접근성")),
        ("dietary_needs", _("Dietary needs"), "", ("diet", "food", "식사")),
        ("tags", _("Tags"), "", ("tag", "labels", "태그")),
    ],
    "delegations": [
        ("code", _("Code"), "", ("코드",)),
        ("name", _("Name"), TEXT, ("delegation", "대표단", "이름")),
        ("official_name", _("Official name"), TEXT, ("공식 명칭",)),
        ("kind", _("Kind"), "", ("type", "유형", "종류")),
        ("country", _("Country"), "", ("nation", "국가", "나라")),
        ("precedence", _("Precedence"), "", ("order", "rank", "의전 서열", "서열")),
        ("category", _("Category"), "", ("참가 구분", "구분")),
        ("places", _("Places"), "", ("seats", "자리", "인원")),
        ("head_name", _("Head: name"), "", ("head", "단장", "대표단장")),
        ("head_email", _("Head: e-mail address"), "", ("head email", "단장 이메일")),
        ("contact_name", _("Contact person"), "", ("contact", "담당자")),
        ("contact_email", _("Contact address"), "", ("email", "contact email", "담당자 이메일")),
        ("notes", _("Notes"), "", ("메모", "비고")),
    ],
}  # fmt: skip
TABLES = {"sessions": _("Sessions"), "people": _("Speakers"), "organisations": _("Organisations"), "rooms": _("Rooms"),
          "registrations": _("Registrations"), "delegations": _("Delegations")}  # fmt: skip
NEEDED = {
    "sessions": "title",
    "people": "name",
    "organisations": "name",
    "rooms": "name",
    "registrations": "email",
    "delegations": "name",
}
_LANGUAGE = re.compile(r"(.+?)\s*(?:[._ ]|[(\[])\s*([^()\[\].]+?)\s*[)\]]?\Z")


def fields(table: str, languages: Iterable[str]) -> list[Field]:
    """What a column of this table can be mapped to, in the order of the form."""
    found = []
    for name, label, kind, names in _TABLES[table]:
        needed = NEEDED[table] == name
        if kind != TEXT:
            found.append(Field(name, str(label), "", needed, names))
            continue
        for code in languages:
            spoken = get_language_info(code)["name_translated"]
            found.append(Field(name, f"{label} ({spoken})", code, needed, names))
    return found


def missing(table: str, mapped: Iterable[str]) -> bool:
    """Whether nothing is mapped to what the table cannot do without: a code finds rows that exist already."""
    named = {key.partition(".")[0] for key in mapped}
    return not named & {NEEDED[table], "code"}


def guess(headings: list[str], known: list[Field]) -> list[str]:
    """For each column the key of the field it probably means, "" where none; no field twice."""
    taken: set[str] = set()
    found = []
    for heading in headings:
        key = next((f.key for f in _candidates(heading, known) if f.key not in taken), "")
        taken.add(key)
        found.append(key)
    return found


def _candidates(heading: str, known: list[Field]) -> list[Field]:
    words = " ".join(heading.casefold().strip(" *:\ufeff").split())
    if not words or words in REASON:
        return []
    exact = [field for field in known if words in {field.key, field.label.casefold()}]
    split = _LANGUAGE.match(words)
    language = _language(split[2]) if split else ""
    spoken = [f for f in known if split and f.language == language and language and _called(f, split[1])]
    plain = [field for field in known if _called(field, words)]
    return [*exact, *spoken, *plain]


def _called(field: Field, words: str) -> bool:
    plain = field.label.partition(" (")[0].casefold()
    return words in {field.name, field.name.replace("_", " "), plain, *field.names}


def _language(word: str) -> str:
    """The language a heading names, whatever language names it: ``en``, ``English``, ``영어``, ``영문``."""
    found = {"국문": ["ko"], "영문": ["en"], "한글": ["ko"]}.get(word) or parsing.languages(word)
    return found[0] if found and found[0] in dict(settings.LANGUAGES) else ""
