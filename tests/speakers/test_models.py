import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from speakers.models import Speaker
from tests.factories import make_organisation, make_session, make_speaker, make_summit


@pytest.mark.parametrize(
    ("written", "romanised", "korean", "other_korean", "english", "other_english"),
    [
        ("박수정", "Park Sujeong", "박수정", "Park Sujeong", "Park Sujeong", "박수정"),
        ("박수정", "", "박수정", "", "박수정", ""),
        ("Marie Tamm", "", "Marie Tamm", "", "Marie Tamm", ""),
        ("Marie Tamm", "Marie Tamm", "Marie Tamm", "", "Marie Tamm", ""),
    ],
)
def test_names_stand_in_the_readers_script_with_the_other_below(
    written, romanised, korean, other_korean, english, other_english
):
    person = Speaker(name=written, name_romanised=romanised)
    assert (person.name_in("ko"), person.other_name_in("ko")) == (korean, other_korean)
    assert (person.name_in("en"), person.other_name_in("en")) == (english, other_english)
    with translation.override("en"):
        assert str(person) == english
    with translation.override("ko"):
        assert str(person) == korean


def test_on_stage_are_those_with_a_published_session_they_have_not_declined(summit):
    seen, hidden, declined, idle = (make_speaker(summit, name) for name in ("하나", "둘", "셋", "넷"))
    make_session(summit, people=[seen, declined])
    make_session(summit, "CIV002", people=[seen])
    make_session(summit, "HID001", people=[hidden, declined], published_at=None)
    declined.appearances.filter(session__code="CIV001").update(state="declined")
    assert list(Speaker.objects.on_stage()) == [seen]
    assert idle not in Speaker.objects.on_stage()


def test_codes_are_unique_in_their_summit(summit):
    make_speaker(summit, code="p00001")
    make_organisation(summit)
    for again in (lambda: make_speaker(summit, code="p00001"), lambda: make_organisation(summit)):
        with pytest.raises(IntegrityError), transaction.atomic():
            again()


def test_a_former_code_leads_to_who_took_over_in_its_summit_and_never_past_who_has_it_now(summit):
    keep = make_speaker(summit, code="KEEP01", formerly="GONE01")
    keep.former_codes.create(summit=summit, code="GONE02")
    other = make_speaker(make_summit("ogp2023"), code="GONE02", formerly="KEEP01")
    for code in ("KEEP01", "GONE01", "GONE02"):
        assert list(summit.speakers.of_code(code)) == [keep]
    assert list(other.summit.speakers.of_code("KEEP01")) == [other]
    assert list(summit.speakers.of_code("NOBODY")) == []
    assert summit.speakers.by_code() == {"KEEP01": keep, "GONE01": keep, "GONE02": keep}
    reused = make_speaker(summit, code="GONE01")
    assert list(summit.speakers.of_code("GONE01")) == [reused]
    assert summit.speakers.by_code()["GONE01"] == reused


@pytest.mark.parametrize("code", ["abc", "p 0001", "p/0001", "../x", "p" * 13, "박수정이"])
def test_codes_fit_an_address(summit, code):
    person = make_speaker(summit)
    person.code = code
    with pytest.raises(ValidationError) as error:
        person.full_clean()
    assert "code" in error.value.message_dict
