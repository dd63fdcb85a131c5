from summit.lib import countries, regions


def test_every_country_but_antarctica_is_in_one_region():
    members = [country for row in regions._MEMBERS.values() for country in row.split()]
    assert len(members) == len(set(members))
    assert set(countries.names("en")) - set(members) == {"AQ"}
    assert set(members) <= set(countries.names("en"))
    assert regions.of_country("AQ") == regions.of_country("XX") == regions.NOWHERE


def test_regions_are_called_as_readers_call_them():
    assert regions.name(regions.of_country("EE"), "en") == "Northern Europe"
    assert regions.name(regions.of_country("KR"), "ko") == "동아시아"
    assert all(regions.name(code, language) != code for code in regions._MEMBERS for language in ("ko", "en"))
