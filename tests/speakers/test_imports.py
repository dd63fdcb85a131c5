import json

from speakers.imports import loaders_for
from speakers.models import Organisation, Speaker
from summit.imports.table_format import run
from summit.models import SealedAddress
from tests.factories import make_speaker, make_summit
from tests.sessions.imports.tables.test_importing import brought


def load(summit, kind, *rows):
    return run(
        [(f"{kind}.json", json.dumps({"format": kind, "version": 1, kind: list(rows)}).encode())], loaders_for(summit)
    )


def test_people_come_in_with_both_names_and_a_clean_line(summit):
    row = {
        "key": "p00001",
        "name": " 박\u200b수정\n",
        "name_romanised": "Park  Sujeong",
        "country": "KR",
        "biography": {"ko": "소개"},
    }
    assert load(summit, "speakers", row).new == {"speakers": 1}
    person = Speaker.objects.get()
    assert (person.code, person.name, person.name_romanised, person.biography) == (
        "p00001",
        "박수정",
        "Park Sujeong",
        {"ko": "소개"},
    )


def test_two_people_may_have_one_name(summit):
    load(summit, "speakers", {"key": "p00001", "name": "김지영"}, {"key": "p00002", "name": "김지영"})
    assert Speaker.objects.count() == 2


def test_a_file_without_addresses_takes_none_away(summit):
    make_speaker(summit, "박수정", code="p00001", email="park@people.example")
    assert load(summit, "speakers", {"key": "p00001", "name": "박수정"}).same == {"speakers": 1}
    assert load(summit, "speakers", {"key": "p00001", "name": "박수정", "email": "new@people.example"}).changed == {
        "speakers": 1
    }
    assert Speaker.objects.get().email == "new@people.example"


def test_the_same_key_in_another_summit_is_another_person(summit):
    make_speaker(make_summit("ogp2023"), "다른 사람", code="p00001")
    load(summit, "speakers", {"key": "p00001", "name": "박수정"})
    assert Speaker.objects.count() == 2


def test_organisations_come_in_with_what_they_are(summit):
    row = {
        "code": "moi",
        "name": {"ko": "행정안전부"},
        "kind": "government",
        "country": "KR",
        "website": "https://moi.example/",
        "description": {"ko": "설명"},
    }
    assert load(summit, "organisations", row).new == {"organisations": 1}
    found = Organisation.objects.get()
    assert (found.kind, found.country, found.website, found.description) == (
        "government",
        "KR",
        "https://moi.example/",
        {"ko": "설명"},
    )


def test_a_key_of_a_profile_that_was_merged_means_the_one_that_took_over(summit):
    keep = make_speaker(summit, "박수정", code="KEEP01", formerly="GONE01")
    row = {"key": "GONE01", "name": "박수정", "country": "KR"}
    assert load(summit, "speakers", row).changed == {"speakers": 1}
    assert load(summit, "speakers", row).same == {"speakers": 1}
    assert list(Speaker.objects.values_list("pk", "code", "country")) == [(keep.pk, "KEEP01", "KR")]


def test_a_file_from_before_a_merge_takes_back_nothing_that_was_chosen_then(summit):
    keep = make_speaker(summit, "박수정", code="KEEP01", formerly="GONE01", biography={"ko": "고른 약력"}, country="KR")
    mine = {
        "key": "KEEP01",
        "name": "박수정",
        "biography": {"ko": "고른 약력"},
        "country": "KR",
        "name_romanised": "Bak",
    }
    gone = {"key": "GONE01", "name": "Park Sujeong", "country": "JP", "name_romanised": "Park Sujeong"}
    for _again in range(2):
        load(summit, "speakers", mine)
        assert load(summit, "speakers", gone).same == {"speakers": 1}
    keep.refresh_from_db()
    assert (keep.name, keep.country, keep.biography) == ("박수정", "KR", {"ko": "고른 약력"})


def sealed(summit, address):
    """A protected profile under an alias, as what seals it leaves it."""
    stand_in = SealedAddress.objects.protect(summit, address)
    return make_speaker(summit, "손님 ABCD", email=stand_in, at_risk=True, code="ALIAS1")


def test_a_row_with_the_address_of_somebody_at_risk_means_the_protected_profile_and_tells_nothing_of_it(summit):
    profile = sealed(summit, "yeonghui@people.example")
    sealed(make_summit("ogp2023"), "other@people.example")
    row = {
        "key": "na0001",
        "name": "나영희",
        "name_romanised": "Na Yeonghui",
        "country": "KR",
        "email": "Yeonghui@people.example",
    }
    other = {"key": "na0002", "name": "이민호", "email": "other@people.example"}
    report = load(summit, "speakers", row, other)
    assert (report.new, report.changed) == ({"speakers": 1}, {})
    now = Speaker.objects.get(pk=profile.pk)
    assert (now.name, now.name_romanised, now.country, now.email, now.code) == (
        "손님 ABCD",
        "",
        "",
        profile.email,
        "ALIAS1",
    )
    assert not Speaker.objects.filter(name="나영희").exists()


def test_so_does_a_line_of_a_sheet(summit):
    profile = sealed(summit, "yeonghui@people.example")
    rows = [["나영희", "yeonghui@people.example", "comes from Busan"]]
    report = brought(summit, "people", ["name", "email", "biography.en"], *rows)
    assert not report.refused and Speaker.objects.get() == profile
    assert Speaker.objects.get().name == "손님 ABCD" and not Speaker.objects.get().biography
