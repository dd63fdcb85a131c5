"""The Korean of the interface keeps one style: what is asked politely, one word for one thing, no particle after a blank."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from registration.models import Attendance
from summit.management.commands.messages import gather
from summit.models import Mode

CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "ko" / "LC_MESSAGES" / "django.po"
RULES = {
    "polite in one way: 해 주십시오": r"(하|주|[가-힣]으)세요|해요|하십시오|할까요|적으십시오|쓰십시오",
    "이메일": r"전자우편|(?<!이)메일",
    "입장권": r"티켓|참가증",
    "참가 구분": r"참가 유형",
    "참석 방식": r"참가 방식",
    "안내 데스크": r"등록대",
    "동반인": r"동반자",
    "신원 확인": r"출입 인가",
    "을 after a final sound, 를 after none": r"(명찰|입장권|동반인|신원 확인)를|(안내 데스크|페이지)을",
    "페이지": r"(?<![가-힣])쪽(?![가-힣])",
    "주최 측 towards the public, 운영진 for the team": r"운영자",
    "연사": r"출연",
    "a particle never depends on what is filled in": r"[을이은과]\([를가는와]\)|\(으\)로|%\(\w+\)[sd][”’\"]?([을를은는와과]|으로)(?![가-힣])",
    "날짜(요일) without a blank": r"일 \(",
    "sizes are one word: 20MB": r"\d MB",
    "시스템": r"설치본",
    "누리집": r"웹사이트",
}


def sentences():
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="ko"):
            if message.id:
                yield from message.string if isinstance(message.string, tuple) else [message.string]


@pytest.mark.parametrize("rule", RULES)
def test_every_text_keeps_the_style(rule):
    assert [said for said in sentences() if re.search(RULES[rule], said)] == []


@pytest.mark.parametrize(
    ("said", "korean"),
    [
        ("This field is required.", "꼭 필요한 항목입니다. 입력하거나 선택해 주십시오."),
        ("Enter a whole number.", "정수를 입력해 주십시오."),
        ("Successfully signed in as %(name)s.", "%(name)s 님으로 로그인했습니다."),
        ("Bad Token", "사용할 수 없는 링크입니다"),
        ("Email Addresses", "이메일 주소"),
        ("Make Primary", "기본 주소로 지정"),
        ("Hearing loop", "보청 장치(히어링 루프)"),
        ("Embed this agenda", "아젠다 퍼가기"),
        ("Recorded", "녹화 영상 있음"),
        ("How it begins", "첫 세션"),
    ],
)
def test_texts_of_ours_and_of_libraries_are_in_our_words(said, korean):
    with translation.override("ko"):
        assert gettext(said) == korean


def test_the_summit_stands_before_the_subject_of_each_of_its_mails():
    """In a list of mails it is what is seen of the subject first."""
    with translation.override("ko"):
        found = {
            message.id: gettext(message.id)
            for message in gather()
            if any(place.endswith(".subject.txt") for place, _line in message.locations)
        }
    subjects = {path.name for path in Path(settings.BASE_DIR, "templates").rglob("*.subject.txt")}
    # That of a message to many is worded by whoever writes it; who was named has not applied, and is told otherwise.
    assert len(found) == 1 + len(subjects - {"campaign.subject.txt"}) >= 10
    assert [said for said in found.values() if not said.startswith("[%(summit)s] ")] == []


def test_ways_to_attend_are_called_otherwise_than_ways_in_which_a_session_takes_place():
    with translation.override("ko"):
        assert [str(way.label) for way in Attendance] == ["현장 참석", "온라인 참석"]
        assert str(Mode.IN_PERSON.label) == "현장"
