import pytest

from summit.lib import countries


def test_all_countries_of_the_standard_are_there():
    assert len(countries.names("en")) == 249
    assert set(countries.names("ko")) == set(countries.names("en"))


def test_groups_and_reserved_codes_are_no_countries():
    assert not {"EU", "UN", "XK", "ZZ", "AC"} & set(countries.names("en"))


def test_names_are_in_the_readers_language():
    assert countries.name("KR", "ko") == "대한민국"
    assert countries.name("KR", "en") == "South Korea"
    assert countries.name("EE", "ko") == "에스토니아"


@pytest.mark.parametrize(("word", "code"), [
    ("Korea", "KR"), ("Republic of Korea", "KR"), ("한국", "KR"), ("대한민국", "KR"), ("kr", "KR"), ("UK", "GB"), ("USA", "US"),
    ("North Korea", "KP"), ("Congo - Kinshasa", "CD"), ("Turkey", "TR"),
])  # fmt: skip
def test_a_sheet_calls_a_country_by_any_of_its_names(word, code):
    assert countries.by_word()[word.casefold()] == code


def test_no_other_name_is_that_of_two_countries_or_of_another():
    said = [word.casefold() for words in countries.ALSO_CALLED.values() for word in words]
    assert len(said) == len(set(said))
    assert all(
        countries.by_word()[word.casefold()] == code for code, words in countries.ALSO_CALLED.items() for word in words
    )


def test_an_unknown_code_stands_for_itself():
    assert countries.name("XX", "en") == "XX"


def test_choices_are_sorted_by_name():
    names = [name for _code, name in countries.choices("ko")]
    assert names == sorted(names)
    assert ("KR", "대한민국") in countries.choices("ko")
