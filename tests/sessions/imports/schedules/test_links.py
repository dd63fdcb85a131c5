"""Links with letters of any script: encoded on the way in, and on the way out whatever was kept before."""

import json
import re

import pytest
from django.test import Client

from sessions.imports.schedules import import_schedule, open_schedule
from sessions.models import Material
from sessions.planning.publishing import publish
from tests import factories as make

WRITTEN = 'https://한국.example/자료 모음/"a".pdf?이름=박'
TAKEN = "https://xn--3e0b707e.example/%EC%9E%90%EB%A3%8C%20%EB%AA%A8%EC%9D%8C/%22a%22.pdf?%EC%9D%B4%EB%A6%84=%EB%B0%95"
URI = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+\Z")


def take_in(summit):
    event = {
        "id": 1,
        "title": "A",
        "date": "2021-12-15T10:00:00+09:00",
        "duration": "1:00",
        "links": [{"url": WRITTEN}],
    }
    document = {"schedule": {"conference": {"days": [{"date": "2021-12-15", "rooms": {"Aula": [event]}}]}}}
    return import_schedule(summit, open_schedule("a.json", json.dumps(document).encode()))


def test_a_link_is_kept_encoded_and_found_again(summit):
    assert take_in(summit).notes == []
    assert Material.objects.get().url == TAKEN
    # As an earlier release kept it, too.
    Material.objects.update(url=WRITTEN)
    assert take_in(summit).writes == 0


def test_a_link_that_is_too_long_once_it_is_encoded_stays(summit):
    url = f"https://a.example/{'가' * 300}"
    event = {"id": 1, "title": "A", "links": [{"url": url}]}
    document = {"schedule": {"conference": {"days": [{"date": "2021-12-15", "rooms": {"Aula": [event]}}]}}}
    import_schedule(summit, open_schedule("a.json", json.dumps(document).encode()))
    assert Material.objects.get().url == url


@pytest.mark.parametrize("path", ["schedule.json", "schedule.xml", "schedule2.json", "sessions.csv"])
def test_every_link_of_an_export_is_a_uri(summit, path):
    session = make.make_session(summit, room=make.make_room(summit))
    Material.objects.create(session=session, kind="recording", url=WRITTEN, confirmed=True)
    publish(summit)
    told = Client().get(f"/ogp2021/{path}", follow=True).content.decode()
    assert "xn--3e0b707e.example" in told
    assert "한국.example" not in re.sub(r'"title": "[^"\n]*"', "", re.sub(r">[^<]*<", "", told))
