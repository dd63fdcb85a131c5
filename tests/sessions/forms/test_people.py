from sessions.forms.people import Known
from tests.factories import make_speaker, make_summit


def test_who_may_be_the_same_person_is_known_by_name_without_spaces_in_either_script_or_by_address(summit):
    keep = make_speaker(summit, "박수정", name_romanised="Park Sujeong", email="Park@people.example")
    alike = [
        make_speaker(summit, "Sujeong P.", email="park@people.example"),
        make_speaker(summit, "park  sujeong"),
        make_speaker(summit, "박 수정"),
    ]
    make_speaker(summit, "이민호"), make_speaker(make_summit("ogp2023"), "박수정")
    known = Known(summit)
    assert sorted(known.alike(keep), key=lambda row: row.pk) == alike
    assert known.alike(make_speaker(summit, "Nobody else")) == []


def test_a_person_is_found_by_name_and_code_also_by_those_of_a_profile_that_was_merged(summit):
    keep, namesake = (make_speaker(summit, "박수정", code=code) for code in ("KEEP01", "PARK02"))
    keep.former_codes.create(summit=summit, code="GONE01")
    known = Known(summit)
    assert known.offered() == ["박수정 · KEEP01", "박수정 · PARK02"]
    assert known.find("박 수정 · GONE01") == known.find("박수정 · KEEP01") == [keep]
    assert known.find("박수정") == [keep, namesake]
    assert known.find("박 수정 · KEEP01") == known.find("GONE01") == []
