import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from summit.lib.text import clean_line
from summit.lib.translated import Status, Text, TranslatedField, TranslatedFormField
from summit.models import Page, Summit
from tests.factories import make_page, make_summit

# What a database can keep: no NUL, no half of a pair.
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
texts = st.dictionaries(st.sampled_from(["ko", "en"]), words, max_size=2)


class TestColumn(TestCase):
    """Round trips through a real row; a class because hypothesis opens a transaction for each example."""

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(texts)
    def test_what_goes_into_the_column_comes_out(self, values):
        page = make_page(make_summit(), "round-trip", body=values)
        kept = Page.objects.get(pk=page.pk).body
        assert isinstance(kept, Text)
        assert kept.public() == values


@settings(deadline=None)
@given(texts)
def test_a_text_goes_through_the_form_and_back(values):
    field = TranslatedFormField(required=False, max_length=300)
    initial = {code: clean_line(value) for code, value in values.items()}
    typed = field.widget.decompress(Text(initial))
    text = field.clean(typed)
    assert text.public() == {"ko": initial.get("ko", ""), "en": initial.get("en", "")}
    assert not field.has_changed(text, typed)


@settings(deadline=None)
@given(texts, texts)
def test_revising_never_loses_words_and_never_invents_any(before, after):
    text = Text(before).revised(after)
    assert text.public() == {**before, **after}


def test_the_reader_gets_their_language_else_the_first_that_has_words():
    text = Text({"ko": "의제", "en": "Agenda"})
    with translation.override("en"):
        assert str(text) == "Agenda"
    with translation.override("ko"):
        assert str(text) == "의제"
    with translation.override("en"):
        assert str(Text({"ko": "의제", "en": ""})) == "의제"
        assert str(Text({"fr": "Programme"})) == "Programme"
        assert str(Text({})) == ""


def test_language_shown_names_the_language_that_stands_in():
    text = Text({"ko": "의제", "en": ""})
    assert text.language_shown("en") == "ko"
    assert text.language_shown("ko") == "ko"
    assert Text({}).language_shown("ko") == ""


def test_a_text_without_words_is_false():
    assert not Text({"ko": "", "en": ""})
    assert Text({"en": "x"})


def test_a_translation_is_missing_until_written():
    assert Text({"ko": "의제"}).status("en") is Status.MISSING
    assert Text({"ko": "의제", "en": ""}).status("en") is Status.MISSING


def test_a_translation_becomes_outdated_when_its_source_changes():
    text = Text({"ko": "의제", "en": "Agenda"}).revised({"ko": "일정", "en": "Agenda"})
    assert text.status("ko") is Status.DONE
    assert text.status("en") is Status.OUTDATED


def test_a_translation_edited_after_its_source_is_done_again():
    outdated = Text({"ko": "의제", "en": "Agenda"}).revised({"ko": "일정"})
    assert outdated.revised({"en": "Timetable"}).status("en") is Status.DONE


def test_both_edited_together_are_done():
    text = Text({"ko": "의제", "en": "Agenda"}).revised({"ko": "일정", "en": "Timetable"})
    assert text.status("en") is Status.DONE


def test_an_outdated_translation_stays_so_when_something_else_is_saved():
    outdated = Text({"ko": "의제", "en": "Agenda"}).revised({"ko": "일정"})
    assert outdated.revised(dict(outdated)).status("en") is Status.OUTDATED


def test_going_back_to_the_old_source_makes_the_translation_right_again():
    outdated = Text({"ko": "의제", "en": "Agenda"}).revised({"ko": "일정"})
    assert outdated.revised({"ko": "의제"}).status("en") is Status.DONE


def test_another_language_may_be_the_source():
    text = Text({"ko": "의제", "en": "Agenda"}).revised({"en": "Timetable"}, source="en")
    assert text.status("en", source="en") is Status.DONE
    assert text.status("ko", source="en") is Status.OUTDATED


def test_a_language_given_up_takes_its_fingerprint_along():
    outdated = Text({"ko": "의제", "en": "Agenda"}).revised({"ko": "일정"})
    assert outdated.only(["ko"]).stored() == {"ko": "일정"}
    assert outdated.only(["ko", "en"]).status("en") is Status.OUTDATED


def test_the_public_sees_languages_and_no_fingerprints():
    text = Text({"ko": "의제", "en": "Agenda"}).revised({"ko": "일정"})
    assert text.public() == {"ko": "일정", "en": "Agenda"}
    assert set(text.stored()) == {"ko", "en", "~"}
    assert Text(text.stored()).status("en") is Status.OUTDATED


def test_equality_looks_at_words_only():
    assert Text({"ko": "가"}) == {"ko": "가"}
    assert Text({"ko": "가"}) != Text({"ko": "나"})
    assert Text({"ko": "가", "en": ""}) == Text({"ko": "가"})
    assert hash(Text({"ko": "", "en": ""})) == hash(Text({}))
    assert Text({"ko": "가", "en": "a"}).revised({"ko": "나"}) == Text({"ko": "나", "en": "a"})
    assert len({Text({"ko": "가"}), Text({"ko": "가"})}) == 1


def test_values_that_are_no_strings_are_left_out():
    assert Text({"ko": "가", "en": 5, "fr": None}).public() == {"ko": "가"}


@pytest.mark.parametrize("value", [{"ko": "가"}, Text({"ko": "가"})])
def test_a_row_not_yet_saved_hands_out_texts(value):
    assert isinstance(Summit(name=value).name, Text)


def test_a_deferred_text_is_fetched_when_asked_for(summit):
    assert Summit.objects.only("code").get(pk=summit.pk).name == summit.name


def test_lookups_work_per_language(summit):
    assert Summit.objects.filter(name__en__icontains="global summit").get() == summit
    assert not Summit.objects.filter(name__ko__icontains="global summit").exists()


def test_each_language_is_bounded():
    field = TranslatedField("title", max_length=5)
    field.validate(Text({"ko": "가나다라마", "en": "abcde"}), None)
    with pytest.raises(ValidationError) as error:
        field.validate(Text({"ko": "가나다라마바"}), None)
    assert "5" in error.value.messages[0] and "6" in error.value.messages[0]


def test_a_required_text_needs_words_in_one_language():
    field = TranslatedFormField(required=True)
    assert field.clean(["", "Agenda"]) == {"ko": "", "en": "Agenda"}
    with pytest.raises(ValidationError):
        field.clean(["  ", "\u200b"])


def test_the_form_has_an_input_per_language_marked_with_it():
    class Sample(forms.Form):
        title = TranslatedFormField(label="Title")

    html = str(Sample()["title"])
    assert html.count("<input") == 2
    assert 'lang="ko"' in html and 'lang="en"' in html
    assert "한국어" in html and "English" in html


def test_a_line_loses_its_breaks_and_a_long_text_keeps_them():
    assert TranslatedFormField().clean(["가\n나", ""])["ko"] == "가 나"
    assert TranslatedFormField(long=True).clean(["가\r\n나", ""])["ko"] == "가\n나"


def test_the_migration_knows_the_bounds():
    _name, _path, _args, kwargs = TranslatedField("x", max_length=7, long=True).deconstruct()
    assert kwargs["max_length"] == 7
    assert kwargs["long"] is True


def test_a_text_can_be_emptied_through_the_form():
    field = TranslatedFormField(required=False)
    emptied = Text({"ko": "의제", "en": "Agenda"}).revised(field.clean(["", ""]))
    assert emptied.public() == {"ko": "", "en": ""}


@pytest.mark.parametrize("initial", [None, {}, {"ko": ""}, {"ko": "", "en": ""}])
def test_empty_inputs_over_nothing_are_no_change(initial):
    assert not TranslatedFormField(required=False).has_changed(initial, ["", ""])
    assert TranslatedFormField(required=True).has_changed(initial, ["가", ""])


def test_an_empty_required_field_does_not_break_the_question_whether_it_changed():
    assert TranslatedFormField(required=True).has_changed({"ko": "가"}, ["", ""])
