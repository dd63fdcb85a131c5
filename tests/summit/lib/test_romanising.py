import re

import pytest

from summit.lib import romanising
from summit.lib.romanising import beside, proposed, reading, romanised, syllable

NAMES = """
김민서 Kim Min-seo|이현우 Lee Hyeon-u|박지영 Park Ji-yeong|최경진 Choi Gyeong-jin|정상민 Jung Sang-min|강영수 Kang Yeong-su
조용호 Cho Yong-ho|윤지웅 Yoon Ji-ung|장두원 Jang Du-won|임정근 Lim Jeong-geun|한성철 Han Seong-cheol|오승연 Oh Seung-yeon
서영복 Seo Yeong-bok|신신애 Shin Sin-ae|권오현 Kwon O-hyeon|황현숙 Hwang Hyeon-suk|안평환 Ahn Pyeong-hwan|송영훈 Song Yeong-hun
유인영 Yoo In-yeong|홍윤희 Hong Yun-hui|전우치 Jeon U-chi|고진 Ko Jin|문형구 Moon Hyeong-gu|양세영 Yang Se-yeong
손우정 Son U-jeong|배영 Bae Yeong|백두산 Baek Du-san|허성욱 Heo Seong-uk|남영준 Nam Yeong-jun|심보균 Shim Bo-gyun
노무현 Noh Mu-hyeon|하지원 Ha Ji-won|곽재우 Kwak Jae-u|성장환 Sung Jang-hwan|차범근 Cha Beom-geun|주시경 Joo Si-gyeong
우상호 Woo Sang-ho|구본무 Koo Bon-mu|민재명 Min Jae-myeong|류홍번 Ryu Hong-beon|나영준 Na Yeong-jun|진선미 Jin Seon-mi
지석영 Ji Seok-yeong|엄홍길 Eom Hong-gil|채희선 Chae Hui-seon|원희룡 Won Hui-ryong|천정배 Cheon Jeong-bae|방정환 Bang Jeong-hwan
변순용 Byun Sun-yong|여인표 Yeo In-pyo|맹인섭 Maeng In-seop|석호필 Seok Ho-pil|선동열 Sun Dong-yeol|독고영재 Dokgo Yeong-jae
남궁민 Namgung Min|남궁옥분 Namgung Ok-bun|선우은숙 Sunwoo Eun-suk|제갈량 Jegal Ryang|황보관 Hwangbo Gwan|황보라 Hwang Bo-ra
사공명 Sagong Myeong|서문탁 Seomun Tak|황은미 Hwang Eun-mi|남궁 Nam Gung|선우 Sun U|강하늘빛나 Kang Ha-neul-bit-na
이복실 Lee Bok-sil|박준 Park Jun|독립문 Dok Rip-mun|읽힘 Ik Him|앤젤라 캠퍼 Aenjella Kaempeo|포 마치체 Po Machiche
바바라-키아라 우발디 Babara-Kiara Ubaldi|가에타네 리카드니홀 Gaetane Rikadeunihol
"""
PAIRS = [
    re.fullmatch(r"([가-힣][가-힣 \-]*) (.+)", line).groups() for line in re.split(r"[|\n]", NAMES) if line.strip()
]


@pytest.mark.parametrize(("name", "latin"), PAIRS)
def test_names_are_spelled_as_surnames_usually_are_and_given_names_by_the_rule(name, latin):
    assert romanised(name) == latin


@pytest.mark.parametrize(
    ("name", "passport"),
    [
        ("홍길동", "Hong Gildong"), ("김 민서", "Kim Minseo"), ("이현우", "Lee Hyeonu"), ("남궁민", "Namgung Min"),
        ("황보 관", "Hwangbo Gwan"), ("황보라", "Hwang Bora"), ("제갈량", "Jegal Ryang"), ("선우은숙", "Sunwoo Eunsuk"),
        ("사공명", "Sagong Myeong"), ("독고영재", "Dokgo Yeongjae"), ("한복남", "Han Boknam"), ("최빛나", "Choi Bitna"),
        ("고진", "Ko Jin"), ("김민서", "Kim Minseo"),
        ("포 마치체", ""), ("김", ""), ("Marie", ""), ("金哲洙", ""), ("김Min", ""), ("홍길동 장관님", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_passport_s_spelling_is_proposed_for_korean_names_alone(name, passport):
    assert proposed(name) == passport


def test_every_syllable_has_letters_from_a_to_z_and_nothing_else():
    spelled = {chr(code): syllable(chr(code)) for code in range(0xAC00, 0xD7A4)}
    assert len(spelled) == 11172
    assert all(re.fullmatch("[a-z]+", latin) for latin in spelled.values())
    # The pieces in the order of the letters of Unicode.
    assert (spelled["가"], spelled["힣"], spelled["뷁"], spelled["웃"], spelled["값"]) == (
        "ga",
        "hit",
        "bwek",
        "ut",
        "gap",
    )


@pytest.mark.parametrize("letter", ["", "ab", "a", "ㄱ", "金"])
def test_what_is_no_syllable_is_refused(letter):
    with pytest.raises(ValueError, match=f"^{letter}$"):
        syllable(letter)


@pytest.mark.parametrize("name", ["", "Kim", "김Min", "金民", "ㄱㄴ", "홍길동 3", "홍길동 ⭐", "-"])
def test_what_is_not_hangul_alone_stays_as_it_is(name):
    assert romanised(name) == ""
    assert beside(name, "", "en") == name


def test_decomposed_hangul_is_read_as_well():
    assert romanised("김민서") == "Kim Min-seo"


def test_only_readers_of_other_languages_get_it_and_only_while_the_spelling_is_not_known():
    assert [reading("김민서", own, code) for own, code in (("", "en"), ("", "ko"), ("Minseo Kim", "en"))] == ["Kim Min-seo", "", ""]  # fmt: skip
    assert beside("김민서", "", "en") == f"김민서 ({romanising.MARK} Kim Min-seo)"
    assert beside("김민서", "Minseo Kim", "en") == "Minseo Kim"
    assert beside("김민서", "Minseo Kim", "ko") == "김민서"
