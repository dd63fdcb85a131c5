import pytest

from summit.lib.alphabet import section_of, sections


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("김하나", "ㄱ"), ("까치", "ㄱ"), ("쌍용", "ㅅ"), ("하나", "ㅎ"), ("\u1112\u1161", "ㅎ"), ("ㄲ", "ㄱ"),
        ("Ann", "A"), ("zoe", "Z"), ("Élise", "E"), ("Øystein", "O"), ("ﬁn", "F"), ("'t Hooft", "T"), ("Łukasz", "L"),
        ("李明", "#"), ("4th", "#"), ("", "#"), ("!!", "#"), ("Ж", "#"), ("ʻOkina", "#"), ("🙂 Ann", "A"),
    ],
)  # fmt: skip
def test_a_name_stands_under_its_first_letter(name, section):
    assert section_of(name) == section
    assert section in sections("ko") and section in sections("en")


def test_readers_begin_with_their_own_letters():
    assert sections("ko").startswith("ㄱㄴㄷ") and sections("en").startswith("ABC")
    assert sorted(sections("ko")) == sorted(sections("en"))
