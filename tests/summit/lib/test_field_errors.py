"""What is wrong names the field, by what one does about it; a form's own words are kept."""

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from summit.lib import field_errors


class Asked(forms.Form):
    name = forms.CharField(label="Name")
    country = forms.ChoiceField(label="Country", choices=[("KR", "Korea")])
    agreed = forms.BooleanField(label="I agree.")
    photo = forms.FileField(label="Photo")
    mail = forms.EmailField(label="Mail", error_messages={"required": "We write to you there."})


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            ["Fill in “Name”.", "Choose an answer for “Country”.", "Tick this box: I agree.", "Choose a file for “Photo”.",
             "We write to you there."],
        ),
        (
            "ko",
            ["‘Name’ 항목을 입력해 주십시오.", "‘Country’ 항목을 선택해 주십시오.", "다음 항목에 체크해 주십시오: I agree.",
             "‘Photo’ 파일을 선택해 주십시오.", "We write to you there."],
        ),
    ],
)  # fmt: skip
def test_an_empty_answer_is_told_by_the_name_of_its_field(language, expected):
    with translation.override(language):
        form = Asked({}, {})
        assert [field_errors.told(field, field.label)[0].sentence for field in form] == expected


def test_other_errors_are_told_in_their_own_words():
    with translation.override("en"):
        [told] = field_errors.told(Asked({"mail": "no address"})["mail"], "Mail")
        assert (told.sentence, told.names_field) == ("Enter a valid email address.", False)


PAGE = Template(
    "{% load summit_tags %}<title>{% error_in_title %} Register</title>{% include 'summit/forms/errors.html' %}"
)


def test_the_summary_has_the_focus_by_html_and_begins_the_title():
    with translation.override("en"):
        page = PAGE.render(Context({"form": Asked({"name": "A"})}))
        fine = PAGE.render(Context({"form": Asked()}))
    assert "<title>Error: Register</title>" in page
    assert 'role="alert" tabindex="-1" autofocus' in page
    assert '<a href="#id_country">Choose an answer for “Country”.</a>' in page
    assert "Error" not in fine and "autofocus" not in fine
