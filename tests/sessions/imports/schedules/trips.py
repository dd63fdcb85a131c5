"""Exporting, emptying and importing again."""

import json
import re
from io import StringIO
from xml.etree import ElementTree as ET

from django.core.management import call_command

from sessions import exports
from sessions.exports.frab_json import schedule_json
from sessions.exports.frab_xml import schedule_xml
from sessions.imports.schedules import import_schedule, open_schedule
from sessions.models import Session
from sessions.planning.publishing import publish
from speakers.models import Organisation, Speaker
from summit.management.commands.seed import FILES
from summit.models import Room, Summit, Venue

WRITERS = {"xml": schedule_xml, "json": schedule_json}


def seeded() -> Summit:
    """The 17 sessions of 2021 by the product's own importers, published."""
    out = StringIO()
    call_command("import_summit", FILES / "summit.json", stdout=out)
    summit = Summit.objects.get(code="ogp2021")
    call_command("import_people", FILES / "organisations.json", FILES / "speakers.json", summit="ogp2021", stdout=out)
    call_command("import_agenda", FILES / "tracks.json", FILES / "sessions.json", summit="ogp2021", stdout=out)
    publish(summit)
    return summit


def export(summit: Summit, format: str, language: str) -> bytes:
    return WRITERS[format](exports.read(Summit.objects.get(pk=summit.pk), language=language))


def emptied(summit: Summit) -> Summit:
    """A summit of the same code, name and days in which nothing is; the old one and all its rows are gone."""
    names = ("code", "name", "short_name", "starts_on", "ends_on", "time_zone", "languages", "mode")
    values = {name: getattr(summit, name) for name in names}
    for rows in (Session, Speaker, Organisation, Room, Venue):
        rows.objects.filter(summit=summit).delete()
    summit.delete()
    return Summit.objects.create(**values)


def take_in(summit: Summit, content: bytes, name: str, **options):
    return import_schedule(summit, open_schedule(name, content), **options)


def but_for_exceptions(content: bytes, format: str) -> str:
    """An export without what is declared to differ: the version counts publications, ids are this database's own, and
    the guid of a room is made from the summit's."""
    if format == "json":
        document = json.loads(content)
        del document["schedule"]["version"]
        conference = document["schedule"]["conference"]
        for room in conference["rooms"]:
            del room["guid"]
        for day in conference["days"]:
            for events in day["rooms"].values():
                for event in events:
                    del event["id"]
        return json.dumps(document, ensure_ascii=False, indent=1)
    root = ET.fromstring(content)
    root.remove(root.find("version"))
    for element in root.iter():
        if element.tag in ("event", "person"):
            del element.attrib["id"]
        if element.tag == "room" and "guid" in element.attrib:
            del element.attrib["guid"]
    return re.sub(r"\n\s*\n", "\n", ET.tostring(root, encoding="unicode"))
