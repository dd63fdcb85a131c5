import re

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation

from registration.forms.badges import BadgeJobForm
from registration.forms.desk import CheckInForm, ScanForm
from registration.forms.person import PersonFields, RegistrationForm
from registration.models.registration import privacy_version
from registration.places import capacity
from registration.registering import applicants
from summit.lib import countries
from tests.factories import make_category, make_places, make_registration, make_summit, make_venue


@pytest.fixture
def filled(summit):
    category = make_category(summit)

    def fill(**changes) -> dict:
        return {"nonce": "form-1", "attendance": "in_person", "category": str(category.pk), "name": "홍길동",
                "email": "hong@people.example", "country": "KR", "language": "ko", "privacy": "on", **changes}  # fmt: skip

    return fill


def form_of(summit, data=None) -> RegistrationForm:
    return RegistrationForm(data, summit=summit, quotas=capacity.quotas(summit))


def cleaned(summit, filled, **changes) -> dict:
    form = form_of(summit, filled(**changes))
    assert form.is_valid(), form.errors
    return form.cleaned_data


def errors(summit, filled, **changes) -> dict[str, list[str]]:
    with translation.override("en"):
        form = form_of(summit, filled(**changes))
        return {name: [str(e) for e in found] for name, found in form.errors.items()}


def test_a_person_comes_out_as_filled_in(summit, filled):
    form = form_of(summit, filled(name_romanised="Hong Gildong", badge_script="romanised", organisation="한빛시민연대",
                                  job_title="사무국장", access_needs="휠체어", dietary_needs="채식", sensitive="on", photography="on"))  # fmt: skip
    assert form.is_valid()
    version = privacy_version(summit)
    assert form.person() == applicants.Person(
        name="홍길동", email="hong@people.example", country="KR", category=summit.categories.get(), attendance="in_person",
        name_romanised="Hong Gildong", badge_script="romanised", organisation="한빛시민연대", job_title="사무국장",
        access_needs="휠체어", dietary_needs="채식", language="ko",
        consents={"privacy": version, "photography": version, "sensitive": version},
    )  # fmt: skip


def test_photographs_are_not_agreed_to_by_saying_nothing(summit, filled):
    form = form_of(summit, filled())
    assert form.is_valid()
    assert form.person().consents == {"privacy": privacy_version(summit)}


def test_the_privacy_notice_has_the_day_of_its_last_edit_as_version(summit):
    page = summit.pages.get(slug="privacy")
    assert privacy_version(summit) == f"{page.updated_at:%Y-%m-%d}"
    page.delete()
    assert privacy_version(summit) == "1"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  홍   길동 ", "홍 길동"),
        ("홍\u200b길\ufeff동", "홍길동"),
        ("홍길동\r\nBcc: x@x.example", "홍길동 Bcc: x@x.example"),
        ("홍\x00길\x1b동", "홍 길 동"),
        ("\u202eHong\u202c", "Hong"),
        ("\u1112\u1169\u11bc\u1100\u1175\u11af\u1103\u1169\u11bc", "홍길동"),
        ("محمد علي", "محمد علي"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Zoë 👩\u200d🚀", "Zoë 👩\u200d🚀"),
        ("<img src=x>", "<img src=x>"),
        ("{{ settings.SECRET_KEY }}", "{{ settings.SECRET_KEY }}"),
        ("O’Neill-Ōta Jr.", "O’Neill-Ōta Jr."),
    ],
)
def test_a_name_is_kept_as_written_but_for_what_nobody_sees(summit, filled, typed, kept):
    assert cleaned(summit, filled, name=typed)["name"] == kept


def test_needs_keep_their_lines(summit, filled):
    text = cleaned(summit, filled, access_needs=" 휠체어\r\n\r\n수어\u200b 통역\x07 \r", sensitive="on")["access_needs"]
    assert text == "휠체어\n\n수어 통역"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name_romanised": "홍길동"}, "name_romanised", "Write this name in Latin letters, as on your passport."),
        ({"name_romanised": "-1+1"}, "name_romanised", "Write this name in Latin letters, as on your passport."),
        ({"name": "\u200b\u200b"}, "name", "This field is required."),
        ({"name": "12 34"}, "name", "Write a name with at least one letter."),
        ({"name": "🙂"}, "name", "Write a name with at least one letter."),
        ({"name": "가" * 121}, "name", "Ensure this value has at most 120 characters (it has 121)."),
        ({"organisation": "가" * 161}, "organisation", "Ensure this value has at most 160 characters (it has 161)."),
        ({"access_needs": "가" * 1001, "sensitive": "on"}, "access_needs", "Ensure this value has at most 1000 characters (it has 1001)."),
        ({"email": ""}, "email", "This field is required."),
        ({"email": "hong"}, "email", "Enter a valid email address."),
        ({"email": "hong@people.example\r\nBcc: x@x.example"}, "email", "Enter a valid email address."),
        ({"email": "<hong@people.example>"}, "email", "Enter a valid email address."),
        ({"email": "a" * 20 + "@" + ".".join(["b" * 60] * 4) + ".example"}, "email", "Ensure this value has at most 254 characters (it has 272)."),
        ({"country": ""}, "country", "This field is required."),
        ({"country": "XX"}, "country", "Select a valid choice. XX is not one of the available choices."),
        ({"country": "EU"}, "country", "Select a valid choice. EU is not one of the available choices."),
        ({"language": "fr"}, "language", "Select a valid choice. fr is not one of the available choices."),
        ({"attendance": ""}, "attendance", "This field is required."),
        ({"attendance": "both"}, "attendance", "Select a valid choice. both is not one of the available choices."),
        ({"category": "999999"}, "category", "Select a valid choice. That choice is not one of the available choices."),
        ({"category": "\x00"}, "category", "Null characters are not allowed."),
        ({"badge_script": "runes"}, "badge_script", "Select a valid choice. runes is not one of the available choices."),
        ({"badge_script": "romanised"}, "name_romanised", "Write your name in Latin letters to have it large on the badge."),
        ({"nonce": "x" * 65}, "nonce", "Ensure this value has at most 64 characters (it has 65)."),
        ({"privacy": ""}, "privacy", "Without your agreement we may not keep your registration."),
    ],
)  # fmt: skip
def test_each_wrong_answer_is_named_at_its_field(summit, filled, changes, field, message):
    assert errors(summit, filled, **changes)[field][0] == message
    assert set(errors(summit, filled, **changes)) == {field}


@pytest.mark.parametrize("letters", [119, 120])
def test_a_name_may_be_as_long_as_said(summit, filled, letters):
    assert cleaned(summit, filled, name="가" * letters)["name"] == "가" * letters


def test_a_category_must_be_open_and_of_this_summit(summit, filled):
    closed = make_category(summit, "staff", admission="team")
    foreign = make_category(make_summit("ogp2023"))
    for category in (closed, foreign):
        assert set(errors(summit, filled, category=str(category.pk))) == {"category"}


def test_there_are_all_249_countries_in_the_readers_language(summit):
    for language, name in (("ko", "대한민국"), ("en", "South Korea")):
        with translation.override(language):
            choices = list(form_of(summit).fields["country"].choices)
            assert len(choices) == 250
            assert dict(choices)["KR"] == name
    assert set(countries.names("ko")) == set(countries.names("en"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_language_of_mails_starts_as_that_of_the_page(summit, language):
    with translation.override(language):
        assert form_of(summit)["language"].value() == language


def test_a_summit_in_one_language_offers_one(summit):
    summit.languages = ["ko"]
    assert form_of(summit).fields["language"].choices == [("ko", "한국어")]


def test_every_form_shown_has_a_nonce_of_its_own(summit):
    assert form_of(summit)["nonce"].value() != form_of(summit)["nonce"].value()
    assert len(form_of(summit)["nonce"].value()) == 32


def test_each_way_to_come_says_what_is_left_of_it(summit):
    make_venue(summit)

    def hint(attendance="in_person") -> str:
        return str(form_of(summit).fields["attendance"].widget.hints[attendance])

    with translation.override("en"):
        hints = [hint()]
        make_places(summit, 21)
        hints.append(hint())
        make_registration(summit)
        hints.append(hint())
        summit.quotas.update(capacity=1)
        hints.append(hint())
        assert hints == ["COEX, Seoul", "COEX, Seoul", "Few places left.", "All places are taken."]
        assert hint("online") == "The organisers announce how to join."


def test_a_full_summit_closes_no_other(summit):
    """Forms share their classes; what one of them says about places may stay in none of the others."""
    other = make_summit("ogp2023")
    make_places(summit, 0)
    full, free = form_of(summit), form_of(other)
    summit.quotas.update(capacity=5)
    later = form_of(summit)
    assert [form.fields["attendance"].widget.unavailable for form in (full, free, later)] == [
        {"in_person"},
        set(),
        set(),
    ]


def test_what_cannot_be_chosen_is_disabled(summit):
    make_places(summit, 0)
    markup = str(form_of(summit)["attendance"])
    assert markup.count("disabled") == 1
    assert markup.index('value="in_person"') < markup.index("disabled") < markup.index('value="online"')


def test_correcting_asks_for_no_address_consent_or_attendance(summit):
    assert list(PersonFields(summit=summit).fields) == [
        "name", "name_romanised", "badge_script", "organisation", "job_title", "country", "language", "time_zone",
        "access_needs", "dietary_needs", "sensitive",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "kept"), [("  k7qm\n3fxd ", "k7qm 3fxd"), ("홍길동\u200b", "홍길동"), ("x" * 300, "x" * 300)]
)
def test_what_a_scanner_types_is_one_line(shown, kept):
    form = ScanForm({"shown": shown})
    assert form.is_valid()
    assert form.cleaned_data["shown"] == kept


@pytest.mark.parametrize("shown", ["", "   ", "\u200b", "x" * 301])
def test_nothing_and_too_much_is_not_looked_up(shown):
    assert not ScanForm({"shown": shown}).is_valid()


@pytest.mark.parametrize(
    ("nonce", "valid"),
    [("abcdefgh", True), ("a" * 64, True), ("A_-9" * 4, True), ("abcdefg", False), ("a" * 65, False), ("", False),
     ("abcdefgh\n", False), ("abc defgh", False), ("가나다라마바사아", False)],
)  # fmt: skip
def test_a_nonce_has_a_shape(nonce, valid):
    data = {"guid": "0f0e0d0c-0b0a-4908-8706-050403020100", "nonce": nonce}
    form = CheckInForm(data)
    form.fields["nonce"].strip = False
    assert form.is_valid() is valid


@pytest.mark.parametrize(
    ("chosen", "valid"),
    [
        (["0f0e0d0c-0b0a-4908-8706-050403020100"], True),
        ([], True),
        (["x" * 36], False),
        (["12345"], False),
        (["0f0e0d0c-0b0a-4908-8706-050403020100", "'; DROP TABLE registration; --------"], False),
    ],
)
def test_people_are_chosen_by_their_ids_only(summit, chosen, valid):
    data = QueryDict(mutable=True)
    data.update({"layout": "A6", "scope": "chosen"})
    data.setlist("chosen", chosen)
    form = BadgeJobForm(data, summit=summit)
    assert form.is_valid() is valid
    if valid:
        assert [str(guid) for guid in form.cleaned_data["chosen"]] == chosen


@pytest.mark.parametrize("changes", [{"layout": "A0"}, {"scope": "everybody"}, {"layout": ""}, {"scope": ""}])
def test_badges_come_in_known_layouts(summit, changes):
    data = QueryDict(mutable=True)
    data.update({"layout": "A6", "scope": "listed", **changes})
    assert set(BadgeJobForm(data, summit=summit).errors) == set(changes)


def drawn_country(summit, data=None):
    return str(form_of(summit, data)["country"])


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_countries_are_what_django_would_draw(summit, filled, language):
    with translation.override(language):
        for data in (None, filled(), filled(country="EE"), filled(country='"><b>'), filled(country="")):
            field = form_of(summit, data)["country"]
            plain = forms.Select(choices=field.field.choices)
            attrs = field.build_widget_attrs({"id": "id_country"}, plain)
            assert options(str(field)) == options(plain.render("country", field.value(), attrs))
            assert re.search(r"<select[^>]*>", str(field))[0].count("required") == 1


def options(drawn):
    return re.findall(r"<(?:option|optgroup)[^>]*>|>([^<]*)</option>", drawn), re.findall(r"<[^>]+ selected>", drawn)


def test_the_summits_own_country_stands_above_the_others(summit):
    assert "optgroup" not in drawn_country(summit)
    make_venue(summit, country="KR")
    with translation.override("en"):
        drawn = drawn_country(summit)
    assert re.findall(r'optgroup label="([^"]+)"', drawn) == ["Country of the summit", "Other countries"]
    first, second = re.findall(r'<option value="([A-Z]{2})"', drawn)[:2]
    assert (first, second) == ("KR", "AF")
    assert drawn.count('value="KR"') == 1 and drawn.count("<option") == 250


def test_a_chosen_country_stays_chosen_in_either_group(summit, filled):
    make_venue(summit, country="KR")
    for code in ("KR", "EE"):
        drawn = drawn_country(summit, filled(country=code))
        assert re.findall(r'<option value="(\w*)" selected>', drawn) == [code]
        assert form_of(summit, filled(country=code)).is_valid()
