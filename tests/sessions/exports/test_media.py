"""The podcast and the JSON of recordings."""

import json
from xml.etree import ElementTree as ET

import pytest

from sessions.exports.media import ATOM, CHAPTERS, ITUNES, PODCAST, media_json, podcast
from sessions.exports.public import read_public
from sessions.models import CaptionLine, Material
from tests import factories as make


@pytest.fixture
def recorded(open_agenda):
    """A file with everything beside the page with a player; one nobody has confirmed; a transcript."""
    session = open_agenda.sessions.get(code="CIV001")
    Material.objects.create(
        session=session, kind="recording", url="https://video.example/civ001-en.mp4", title={"en": "Interpretation"}, confirmed=True,
        language="en", quality="720p", licence="CC-BY-SA-4.0", size=123_456_789, chapters="0:00 Opening\n0:12:05 A & B <c>", order=2,
    )  # fmt: skip
    Material.objects.create(session=session, kind="recording", url="https://video.example/search?q=1", order=3)
    CaptionLine.objects.create(session=session, language="ko", starts_ms=0, ends_ms=900, text="안녕하십니까")
    return open_agenda


def test_the_podcast_is_byte_for_byte_what_it_was(recorded, golden):
    golden("podcast.rss", podcast(read_public(recorded), language="en"))


def test_the_json_is_byte_for_byte_what_it_was(recorded, golden):
    golden("media.json", media_json(read_public(recorded), language="en"))


def test_the_podcast_has_what_directories_demand_and_one_item_for_each_confirmed_recording(recorded):
    channel = ET.fromstring(podcast(read_public(recorded), language="ko")).find("channel")
    for name in ("title", "link", "description", "language", f"{{{ITUNES}}}author", f"{{{ITUNES}}}explicit"):
        assert channel.findtext(name)
    assert channel.find(f"{{{ITUNES}}}image").get("href").endswith("podcast.png")
    assert channel.find(f"{{{ITUNES}}}category").get("text") == "Government"
    assert channel.find(f"{{{ATOM}}}link").get("href") == "http://testserver/ogp2021/podcast.rss?lang=ko"
    items = channel.findall("item")
    assert len(items) == len({item.findtext("guid") for item in items}) == 2
    assert all(item.findtext("title") and item.findtext("pubDate") for item in items)
    [file] = [item for item in items if item.find("enclosure") is not None]
    assert file.find("enclosure").attrib == {
        "url": "https://video.example/civ001-en.mp4",
        "type": "video/mp4",
        "length": "123456789",
    }
    assert [part.get("title") for part in file.iter(f"{{{CHAPTERS}}}chapter")] == ["Opening", "A & B <c>"]
    assert file.find(f"{{{PODCAST}}}transcript").get("url").endswith("/sessions/CIV001/captions.ko.vtt")


def test_the_json_names_events_by_the_identifier_of_their_session(recorded):
    said = json.loads(media_json(read_public(recorded), language="ko"))["conference"]
    assert said["acronym"] == "ogp2021"
    [event] = said["events"]
    assert event["guid"] == "00000000-0000-0000-0000-000000000065"
    page, file = event["recordings"]
    assert (page["mime_type"], page["high_quality"], page["language"]) == ("text/html", False, "ko")
    assert (file["mime_type"], file["high_quality"], file["language"], file["size"]) == ("video/mp4", True, "en", 123)


def test_recordings_are_offered_once_there_is_one(summit, client):
    session = make.make_session(summit)
    row = Material.objects.create(session=session, kind="recording", url="https://video.example/1.mp4")
    data, empty = client.get("/en/ogp2021/data/").content.decode(), client.get("/ogp2021/podcast.rss")
    assert "podcast.rss" not in data and empty.status_code == 200 and b"<item>" not in empty.content
    Material.objects.filter(pk=row.pk).update(confirmed=True)
    summit.raise_revision()
    data = client.get("/en/ogp2021/data/").content.decode()
    assert '<link rel="alternate" type="application/rss+xml" href="/ogp2021/podcast.rss?lang=en"' in data
    assert "media.json" in data
    answer = client.get("/ogp2021/media.json")
    assert answer["Content-Type"] == "application/json" and answer["Access-Control-Allow-Origin"] == "*"
    assert client.get("/ogp2021/podcast.rss")["Content-Type"].startswith("application/rss+xml")


def test_the_queries_do_not_grow_with_recordings(recorded, django_assert_num_queries):
    public = read_public(recorded)
    with django_assert_num_queries(1):
        podcast(public, language="en")
    with django_assert_num_queries(0):
        media_json(public, language="en")
