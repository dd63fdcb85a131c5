import pytest
from django.core.management import CommandError, call_command

from summit.management.commands import messages


@pytest.fixture
def catalogue(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    return tmp_path / "ko" / "LC_MESSAGES" / "django.po"


def test_all_texts_of_code_and_templates_are_gathered():
    found = messages.gather()
    assert "Time to be announced" in found  # a template
    assert "The session ends before it begins." in found  # a model
    assert "The file is larger than 20 MB." in found  # inside a function
    plural = found.get("%(names)s and %(more)d more")
    assert plural is not None and isinstance(plural.id, tuple)


def test_a_second_run_changes_nothing(catalogue):
    call_command("messages")
    first = catalogue.read_bytes()
    call_command("messages")
    assert catalogue.read_bytes() == first
    assert b"Creation-Date" not in first


def test_an_incomplete_catalogue_is_refused(catalogue):
    call_command("messages")
    with pytest.raises(CommandError, match="not translated"):
        call_command("messages", check=True)


def test_compiling_makes_what_gettext_reads(catalogue):
    import gettext

    call_command("messages")
    text = catalogue.read_text(encoding="utf-8")
    text = text.replace('msgid "Time to be announced"\nmsgstr ""', 'msgid "Time to be announced"\nmsgstr "시각 미정"')
    catalogue.write_text(text, encoding="utf-8")
    call_command("messages", compile=True)
    with catalogue.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Time to be announced") == "시각 미정"


def test_what_was_translated_stays_and_what_is_gone_goes(catalogue):
    call_command("messages")
    text = catalogue.read_text(encoding="utf-8")
    text = text.replace('msgid "Time to be announced"\nmsgstr ""', 'msgid "Time to be announced"\nmsgstr "시각 미정"')
    catalogue.write_text(text + '\n\nmsgid "Nobody says this"\nmsgstr "아무도"\n', encoding="utf-8")
    call_command("messages")
    text = catalogue.read_text(encoding="utf-8")
    assert "시각 미정" in text
    assert "Nobody says this" not in text


def test_an_empty_choice_is_korean_to_koreans():
    from django.db.models.fields import BLANK_CHOICE_LABEL
    from django.utils import translation

    from summit.lib.fields import NOTHING_CHOSEN

    with translation.override("ko"):
        assert str(BLANK_CHOICE_LABEL) == str(NOTHING_CHOSEN) == "- 선택해 주십시오 -"
