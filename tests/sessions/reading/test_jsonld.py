import json
import re

import pytest
from django.test import Client

from tests.factories import at, make_organisation, make_room, make_session, make_speaker, make_track, make_venue

SCHEMA = "https://schema.org/"


def nodes(path):
    content = Client().get(path).content.decode()
    return [
        json.loads(block)
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', content, re.DOTALL)
    ]


def test_the_summit_is_an_event_with_its_sessions(summit):
    make_venue(summit)
    summit.organisers = {"ko": "행정안전부", "en": "Ministry of the Interior and Safety"}
    summit.save(update_fields=["organisers"])
    make_session(summit)
    make_session(summit, "HID001", published_at=None)
    [node] = nodes("/en/ogp2021/")
    assert node["@type"] == "Event"
    assert node["@id"] == node["url"] == "http://testserver/en/ogp2021/"
    assert node["name"] == "2021 OGP Global Summit"
    assert (node["startDate"], node["endDate"]) == ("2021-12-15", "2021-12-17")
    assert node["eventAttendanceMode"] == f"{SCHEMA}MixedEventAttendanceMode"
    assert node["eventStatus"] == f"{SCHEMA}EventScheduled"
    assert node["organizer"] == {"@type": "Organization", "name": "Ministry of the Interior and Safety"}
    assert [place["@type"] for place in node["location"]] == ["Place", "VirtualLocation"]
    assert node["location"][0]["address"]["addressCountry"] == "KR"
    assert node["subEvent"] == [
        {
            "@type": "Event",
            "name": "Open government session CIV001",
            "url": "http://testserver/en/ogp2021/sessions/CIV001/",
        }
    ]


def test_a_session_is_an_event_with_people_and_hosts(summit):
    person = make_speaker(summit, "박수정", name_romanised="Park Sujeong")
    make_session(summit, room=make_room(summit, capacity=200), track=make_track(summit), people=[person],
                 hosts=[make_organisation(summit, website="https://moi.example/")])  # fmt: skip
    [node] = nodes("/en/ogp2021/sessions/CIV001/")
    assert node["startDate"] == "2021-12-15T10:00:00+09:00"
    assert node["endDate"] == "2021-12-15T11:30:00+09:00"
    assert node["performer"] == [
        {
            "@type": "Person",
            "name": "Park Sujeong",
            "alternateName": "박수정",
            "jobTitle": "Secretary General",
            "affiliation": {"@type": "Organization", "name": "Citizens' Coalition"},
        }
    ]
    assert node["organizer"] == [
        {"@type": "Organization", "name": "Ministry of the Interior and Safety", "url": "https://moi.example/"}
    ]
    assert node["superEvent"]["url"] == "http://testserver/en/ogp2021/"
    assert node["maximumPhysicalAttendeeCapacity"] == 200
    assert node["keywords"] == "Civic space"
    assert [place["@type"] for place in node["location"]] == ["Place", "VirtualLocation"]


@pytest.mark.parametrize(
    ("mode", "attendance", "places"),
    [
        ("online", "Online", ["VirtualLocation"]),
        ("in_person", "Offline", ["Place"]),
        ("hybrid", "Mixed", ["Place", "VirtualLocation"]),
    ],
)
def test_each_mode_says_how_one_attends_and_where(summit, mode, attendance, places):
    make_session(summit, mode=mode, room=make_room(summit))
    [node] = nodes("/ko/ogp2021/sessions/CIV001/")
    assert node["eventAttendanceMode"] == f"{SCHEMA}{attendance}EventAttendanceMode"
    assert [place["@type"] for place in node["location"]] == places


def test_a_person_without_a_billing_has_no_empty_affiliation(summit):
    make_session(summit, people=[make_speaker(summit, "박수정")])
    summit.sessions.get().appearances.update(affiliation={}, job_title={})
    [node] = nodes("/ko/ogp2021/sessions/CIV001/")
    assert node["performer"] == [{"@type": "Person", "name": "박수정"}]


def test_a_cancelled_session_says_so(summit):
    make_session(summit, cancelled_at=at(14, 9), starts_at=None)
    [node] = nodes("/ko/ogp2021/sessions/CIV001/")
    assert node["eventStatus"] == f"{SCHEMA}EventCancelled"
    assert "startDate" not in node


def test_only_confirmed_recordings_are_told_to_machines(summit):
    session = make_session(summit)
    session.materials.create(kind="recording", url="https://ogp.example/unsure.mp4")
    assert "recordedIn" not in nodes("/ko/ogp2021/sessions/CIV001/")[0]
    session.materials.create(kind="recording", url="/static/summit/video/clip.webm", confirmed=True, order=2)
    summit.raise_revision()
    from summit.middleware import shelf

    shelf.clear()
    [video] = nodes("/ko/ogp2021/sessions/CIV001/")[0]["recordedIn"]
    assert video["contentUrl"] == "http://testserver/static/summit/video/clip.webm"
    assert video["name"] == "열린정부 세션 CIV001"


@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)</script>", "<!-- <script>", "]]>&amp;\u2028", "\\u003c/script\\u003e"]
)
def test_no_title_breaks_out_of_its_block(summit, title):
    make_session(summit, title={"ko": title})
    for path in ("/ko/ogp2021/", "/ko/ogp2021/sessions/CIV001/"):
        content = Client().get(path).content.decode()
        assert "<script>alert" not in content
        [node] = nodes(path)
        assert title in (node["name"], *(part["name"] for part in node.get("subEvent", [])))
