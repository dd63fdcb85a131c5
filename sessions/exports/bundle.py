"""The bundle of a published version: every format, described by a Data Package, with checksums (datapackage.org).

The newest version is drawn from the live data, so that corrected texts are in it. Of an older one only what was kept
when it was published is given: sessions with title, time, room and state, and what was new. ``basis`` in
datapackage.json says which of the two a bundle is. The same data are the same bytes: files stand in order, and every
clock in the archive is the moment of publication.
"""

import hashlib
import io
import json
import threading
import zipfile
from datetime import UTC, datetime
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from sessions.exports import (
    frab_json,
    frab_xml,
    linked,
    media,
    outcomes,
    popolo,
    register,
    schedule2,
    source,
    tables,
    transcripts,
)
from sessions.exports.catalogue import AGENDA, LICENCE, data_page
from sessions.exports.public import Public, read_public, stable_guid
from sessions.models import AgendaVersion, Session
from sessions.reading import ical
from summit.lib import spreadsheets
from summit.lib.spreadsheets import Cell, Column, Table
from summit.lib.text import clean_line, clean_text
from summit.lib.weblinks import absolute
from summit.models import Summit
from summit.public_pages import build

MEDIA_TYPE = "application/zip"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TABLE_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
KEPT_FOR = 86_400  # seconds
FORMATS = {"csv": "text/csv", "json": "application/json", "jsonld": "application/ld+json", "ics": "text/calendar",
           "xml": "application/vnd.c3voc.schedule+xml", "xlsx": spreadsheets.XLSX_TYPE}  # fmt: skip
CSV_NOTE = (
    "UTF-8 with byte order mark; lists are separated by “;”. A text that a spreadsheet would take for a formula begins "
    "with an apostrophe that is not part of it."
)
LIVE_NOTE = "Drawn from the live data of the newest published version."
SNAPSHOT_NOTE = (
    "What was kept when this version was published: sessions with title, time, room and state, and what was new. Other "
    "formats, people and texts of that day are not kept; the newest bundle has those of today."
)
# Tables of the apps above, which this one may not import.
PLUGGED = ("registration.registering.figures.tables",)
Files = dict[str, bytes]
_one_at_a_time = threading.Lock()
Node = dict[str, Any]


def versions(summit: Summit) -> QuerySet[AgendaVersion]:
    """The public ones, newest first, without what they hold."""
    public = summit.agenda_versions.defer("snapshot", "changes")
    return public if summit.agenda_is_published else public.none()


def bundle(summit: Summit, version: AgendaVersion, *, newest: bool) -> bytes:
    """The archive; kept until something public changes. ``newest``: whether no later version has been published."""
    # Tables of the apps above change with the day, without a new revision.
    today = timezone.now().astimezone(summit.tz).date()
    key = f"bundle:{summit.guid}:{version.number}:{summit.agenda_revision}:{build()}:{today}"
    # Seconds for a thousand sessions: whoever asks meanwhile waits for the first one's.
    with _one_at_a_time:
        kept: bytes | None = cache.get(key)
        if kept is None:
            kept = _packed(_live(summit, version) if newest else _past(summit, version), version.published_at)
            cache.set(key, kept, KEPT_FOR)
    return kept


def _live(summit: Summit, version: AgendaVersion) -> Files:
    public = read_public(summit)
    first = summit.languages[0]
    described = [*tables.all_tables(public), *register.all_tables(summit)]
    described += [table for each in PLUGGED for table in import_string(each)(summit)]
    if (came := outcomes.table(summit)).rows:
        described.append(came)
    if (said := transcripts.table(summit)).rows:
        described.append(said)
    files: Files = {f"{table.name}.csv": spreadsheets.as_csv(table) for table in described}
    title = clean_line(summit.name.in_language(first))
    files["sessions.xlsx"] = spreadsheets.as_workbook(described, title=title, changed_at=summit.revised_at)
    files["schedule2.json"] = schedule2.schedule2(public, language=first)
    for language in summit.languages:
        files |= _in_language(public, language)
    if came.rows:
        files["outcomes.json"] = outcomes.as_json(summit)
    if media.recordings(public):
        files |= {f"media.{code}.json": media.media_json(public, language=code) for code in summit.languages}
    files["changes.json"] = _changes(version)
    return _described(summit, version, files, described, basis="live")


def _in_language(public: Public, language: str) -> Files:
    summit = public.summit
    agenda = source.read(summit, language=language)
    path = AGENDA[0].path(summit, language)
    name = summit.name.in_language(language)
    calendar = ical.feed(summit, Session.objects.filter(summit=summit), name=name, language=language, feed_id="schedule", source=path)  # fmt: skip
    return {
        f"schedule.{language}.ics": calendar,
        f"schedule.{language}.xml": frab_xml.schedule_xml(agenda),
        f"schedule.{language}.json": frab_json.schedule_json(agenda),
        f"schedule.{language}.jsonld": linked.schedule_jsonld(public, language=language),
        f"people.{language}.json": popolo.people(public, language=language),
        f"organisations.{language}.json": popolo.organisations(public, language=language),
    }


def _past(summit: Summit, version: AgendaVersion) -> Files:
    table = _as_it_was(summit, version)
    files = {"sessions.csv": spreadsheets.as_csv(table), "changes.json": _changes(version)}
    return _described(summit, version, files, [table], basis="snapshot")


def _as_it_was(summit: Summit, version: AgendaVersion) -> Table:
    columns = [
        Column("code", "string", "Six capital letters or digits, unique within the summit", required=True),
        Column("guid", "string", "Identifies the session everywhere; never changes", "uuid"),
        *(Column(f"title.{language}", "string", f"Title ({language})") for language in summit.languages),
        Column("starts_at", "datetime", "Beginning, with the offset of the summit's zone"),
        Column("ends_at", "datetime", "End, with the offset of the summit's zone"),
        Column("time_zone", "string", "The summit's zone (IANA): spreadsheets keep wall time only"),
        Column("room", "string", "Code of the room"),
        Column("cancelled", "boolean", "Whether it was called off"),
    ]
    lines = sorted(
        version.snapshot.items(), key=lambda i: (i[1]["starts_at"] is None, i[1]["starts_at"] or "", i[0])
    )  # fmt: skip
    rows: list[list[Cell]] = [
        [
            *(code, line["guid"], *(line["title"].get(language, "") for language in summit.languages)),
            *(_local(line["starts_at"], summit), _local(line["ends_at"], summit), summit.time_zone),
            *(line["room"], line["cancelled"]),
        ]
        for code, line in lines
    ]
    return Table("sessions", "Sessions as they were", ("code",), columns, rows)


def _local(moment: str | None, summit: Summit) -> datetime | None:
    return datetime.fromisoformat(moment).astimezone(summit.tz) if moment else None


def _changes(version: AgendaVersion) -> bytes:
    """What was new in this version, as it was kept (``AgendaVersion.changes``)."""
    document = {
        "version": version.number,
        "published_at": _stamp(version.published_at),
        "note": version.note.public(),
        "changes": version.changes,
    }
    return _json(document)


def _json(document: Node) -> bytes:
    # Sorted: PostgreSQL's jsonb has an order of its own.
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _described(summit: Summit, version: AgendaVersion, files: Files, described: list[Table], *, basis: str) -> Files:
    """The files with datapackage.json, and SHA256SUMS over everything else (``sha256sum -c SHA256SUMS``)."""
    package = datapackage(summit, version, files, described, basis=basis)
    everything = {**files, "datapackage.json": (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()}
    sums = "".join(f"{hashlib.sha256(everything[name]).hexdigest()}  {name}\n" for name in sorted(everything))
    return {**everything, "SHA256SUMS": sums.encode()}


def datapackage(summit: Summit, version: AgendaVersion, files: Files, described: list[Table], *, basis: str) -> Node:
    """The descriptor. A corrected text makes no new version of the agenda: build metadata (SemVer 10) tells them apart."""
    live = basis == "live"
    with translation.override("en"):
        name, text = clean_line(str(summit.name)), clean_text(str(summit.summary))
        organisers = clean_line(str(summit.organisers))
    by_file = {f"{table.name}.csv": table for table in described}
    return {
        "$schema": PROFILE,
        "name": f"{summit.code}-agenda",
        "id": f"urn:uuid:{stable_guid(summit, 'bundle', str(version.number))}",
        "title": name,
        "description": f"{text}\n\n{LIVE_NOTE if live else SNAPSHOT_NOTE}".strip(),
        "homepage": data_page(summit),
        "version": f"{version.number}.0.0" + (f"+revision.{summit.agenda_revision}" if live else ""),
        "created": _stamp(version.published_at),
        "basis": basis,
        "licenses": [{"name": LICENCE.name, "path": LICENCE.url, "title": LICENCE.title}],
        "contributors": [{"title": organisers or name, "roles": ["publisher"]}],
        "sources": [{"title": name, "path": absolute(reverse("api:summit", args=[summit.code]))}],
        "resources": [_resource(file, files[file], by_file.get(file)) for file in sorted(files)],
    }


def _resource(file: str, content: bytes, table: Table | None) -> Node:
    """Names are unique in a package: people.ko.json is ``people-ko-json``, sessions.csv plainly ``sessions``."""
    ending = file.rpartition(".")[2]
    node: Node = {
        "name": table.name if table else file.replace(".", "-"),
        **({"type": "table", "title": table.title, "description": CSV_NOTE} if table else {}),
        "path": file,
        "format": ending,
        "mediatype": FORMATS[ending],
        **({} if ending == "xlsx" else {"encoding": "utf-8"}),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if table:
        node["schema"] = _schema(table)
    return node


def _schema(table: Table) -> Node:
    foreign = [
        {"fields": [column], "reference": {"resource": other, "fields": [key]}} for column, other, key in table.refers
    ]
    return {
        "$schema": TABLE_PROFILE,
        "fields": [_field(column) for column in table.columns],
        "primaryKey": list(table.key),
        **({"foreignKeys": foreign} if foreign else {}),
    }


def _field(column: Column) -> Node:
    return {
        "name": column.name,
        "type": column.kind,
        **({"format": column.form} if column.form else {}),
        **({"delimiter": ";", "itemType": "string"} if column.kind == "list" else {}),
        "description": column.about,
        **({"constraints": {"required": True}} if column.required else {}),
    }


def _packed(files: Files, moment: datetime) -> bytes:
    out = io.BytesIO()
    clock = moment.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, clock)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()
