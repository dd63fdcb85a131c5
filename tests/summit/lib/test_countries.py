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


def test_an_unknown_code_stands_for_itself():
    assert countries.name("XX", "en") == "XX"


def test_choices_are_sorted_by_name():
    names = [name for _code, name in countries.choices("ko")]
    assert names == sorted(names)
    assert ("KR", "대한민국") in countries.choices("ko")
