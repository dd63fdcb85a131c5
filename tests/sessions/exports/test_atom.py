"""The feed of changes, held to RFC 4287."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from sessions.exports.atom import changes_atom
from sessions.models import AgendaVersion, Session
from sessions.planning import publishing

A = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def published(open_agenda, time_machine):
    """Three versions: the first, one with a move, a new title and a call-off, one that only says something."""
    time_machine.move_to(datetime(2021, 11, 3, 9, tzinfo=UTC), tick=False)
    publishing.publish(open_agenda)
    Session.objects.filter(code="SECRET").delete()
    time_machine.move_to(datetime(2021, 11, 4, 9, tzinfo=UTC), tick=False)
    first = open_agenda.sessions.get(code="CIV001")
    first.starts_at, first.ends_at = first.starts_at + timedelta(hours=1), first.ends_at + timedelta(hours=1)
    first.title = {"ko": "새 제목 <script>", "en": "New & better"}
    first.save()
    open_agenda.sessions.filter(code="BREAK1").update(cancelled_at=datetime(2021, 11, 4, tzinfo=UTC))
    publishing.publish(open_agenda, note={"ko": "시간표를 **고쳤습니다**.", "en": "The timetable was corrected."})
    time_machine.move_to(datetime(2021, 11, 5, 9, tzinfo=UTC), tick=False)
    AgendaVersion.objects.create(summit=open_agenda, number=3, published_at=datetime(2021, 11, 5, 9, tzinfo=UTC))
    return open_agenda


def feed(summit, language="en"):
    return ET.fromstring(changes_atom(summit, language=language))


def test_the_file_is_byte_for_byte_what_it_was(published, golden):
    golden("changes.atom", changes_atom(published, language="en"))


def test_the_feed_and_each_entry_have_what_the_standard_demands(published):
    root = feed(published)
    for element in (root, *root.iter(f"{A}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{A}{name}")) == 1
            assert element.findtext(f"{A}{name}")
        assert datetime.fromisoformat(element.findtext(f"{A}updated")).utcoffset() is not None
    assert root.find(f"{A}author/{A}name").text
    ids = [element.text for element in root.iter(f"{A}id")]
    assert len(set(ids)) == len(ids) == 4
    assert all(link.get("href").startswith(("http://testserver/", "https://")) for link in root.iter(f"{A}link"))
    assert [link.get("href") for link in root.findall(f"{A}link") if link.get("rel") == "self"] == [
        "http://testserver/ogp2021/changes.atom?lang=en"
    ]


def test_the_newest_version_comes_first_and_the_feed_is_as_old_as_it(published):
    root = feed(published)
    assert [entry.findtext(f"{A}title") for entry in root.iter(f"{A}entry")] == ["Version 3", "Version 2", "Version 1"]
    assert root.findtext(f"{A}updated") == "2021-11-05T18:00:00+09:00"


def test_an_entry_tells_what_was_and_what_is_and_no_markup_breaks_out(published):
    entry = feed(published, "ko").findall(f"{A}entry")[1]
    content = entry.find(f"{A}content")
    assert content.get("type") == "html"
    assert "<del>12월 15일(수) 10:00–11:30</del>" in content.text
    assert "<ins>12월 15일(수) 11:00–12:30</ins>" in content.text
    assert "<strong>고쳤습니다</strong>" in content.text
    assert "<script>" not in content.text
    assert "&lt;script&gt;" in content.text
    assert 'href="http://testserver/ko/ogp2021/sessions/CIV001/"' in content.text


def test_an_entry_without_any_change_says_so(published):
    newest = feed(published).find(f"{A}entry")
    assert newest.findtext(f"{A}summary") == "No session changed its time, room, title or state."


def test_a_feed_before_the_first_version_and_after_a_withdrawal_is_empty_and_valid(published):
    publishing.withdraw(published)
    root = feed(published)
    assert root.findall(f"{A}entry") == []
    assert root.findtext(f"{A}updated")


def test_the_identifier_of_an_entry_does_not_depend_on_the_language(published):
    def ids(language):
        return [entry.findtext(f"{A}id") for entry in feed(published, language).iter(f"{A}entry")]

    assert ids("ko") == ids("en")


def test_control_characters_never_reach_the_feed(published):
    AgendaVersion.objects.filter(number=2).update(note={"ko": "하나\x07둘\x0b", "en": ""})
    assert "하나 둘" in feed(published, "ko").findall(f"{A}entry")[1].find(f"{A}content").text
