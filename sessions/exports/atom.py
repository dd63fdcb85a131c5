"""changes.atom: each published version of the agenda as an entry, with what was before and what is now (RFC 4287).

An entry is identified by the version's number under the summit's own identifier, so it stays the same whatever the
site is called. The feed is as old as its newest entry: it is the same bytes until something is published.
"""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from sessions.exports.catalogue import ATOM, CHANGES, LICENCE
from sessions.exports.public import page, stable_guid
from sessions.exports.source import GENERATOR
from sessions.models import AgendaVersion
from sessions.planning.changes import DescribedChange, described
from summit.lib.text import clean_line, clean_text, markdown
from summit.models import Summit

MEDIA_TYPE = ATOM
NAMESPACE = "http://www.w3.org/2005/Atom"
NEWEST = 50


def changes_atom(summit: Summit, *, language: str) -> bytes:
    """UTF-8; the newest versions first. Three queries."""
    versions = list(summit.agenda_versions.defer("snapshot")[:NEWEST]) if summit.agenda_is_published else []
    with translation.override(language):
        return _feed(summit, versions, language)


def _feed(summit: Summit, versions: list[AgendaVersion], language: str) -> bytes:
    register_namespace("", NAMESPACE)
    own = CHANGES.url(summit, language)
    shown = page(summit, lambda: reverse("sessions:changes", args=[summit.code]), language)
    name = clean_line(summit.name.in_language(language))
    root = Element(_tag("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _add(root, "id", f"urn:uuid:{stable_guid(summit, 'changes', language)}")
    _add(root, "title", f"{name} · {gettext('Changes of the agenda')}")
    _add(root, "updated", _moment(versions[0].published_at if versions else summit.revised_at, summit))
    _add(_add(root, "author"), "name", clean_line(summit.organisers.in_language(language)) or name)
    _add(root, "link", rel="self", type="application/atom+xml", href=own)
    _add(root, "link", rel="alternate", type="text/html", href=shown)
    _add(root, "link", rel="license", href=LICENCE.url)
    _add(root, "generator", GENERATOR)
    for version in versions:
        _entry(root, version, summit, shown, language)
    indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"


def _entry(root: Element, version: AgendaVersion, summit: Summit, shown: str, language: str) -> None:
    # Of the first version everything is new: saying so once is enough.
    described_changes = [] if version.number == 1 else described(version.changes, summit)
    entry = _add(root, "entry")
    _add(entry, "id", f"urn:uuid:{stable_guid(summit, 'version', str(version.number))}")
    _add(entry, "title", gettext("Version %(number)s") % {"number": version.number})
    _add(entry, "published", _moment(version.published_at, summit))
    _add(entry, "updated", _moment(version.published_at, summit))
    _add(entry, "link", rel="alternate", type="text/html", href=f"{shown}#version-{version.number}")
    _add(entry, "summary", _in_short(version, described_changes))
    note = clean_text(version.note.in_language(language))
    _add(
        entry,
        "content",
        format_html("{}{}", SafeString(markdown(note)), _listed(version, described_changes, summit)),
        type="html",
    )


def _in_short(version: AgendaVersion, described_changes: list[DescribedChange]) -> str:
    if version.number == 1:
        return gettext("The agenda became public.")
    if not described_changes:
        return gettext("No session changed its time, room, title or state.")
    return ngettext("%(n)d change", "%(n)d changes", len(described_changes)) % {"n": len(described_changes)}


def _listed(version: AgendaVersion, described_changes: list[DescribedChange], summit: Summit) -> SafeString:
    if not described_changes:
        return format_html("<p>{}</p>", _in_short(version, described_changes))
    return format_html(
        "<ul>\n{}</ul>",
        format_html_join("", "<li>{}</li>\n", ((_change(change, summit),) for change in described_changes)),
    )


def _change(change: DescribedChange, summit: Summit) -> SafeString:
    title = clean_line(str(change.title)) or change.code
    named = format_html('<a href="{}">{}</a>', summit.address(change.url), title) if change.url else title
    before = format_html(" <del>{}</del>", clean_line(change.before)) if change.before else ""
    after = format_html(" <ins>{}</ins>", clean_line(change.after)) if change.after else ""
    return format_html("<strong>{}</strong>: {}{}{}", change.label, named, before, after)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    element = SubElement(parent, _tag(name), attributes)
    if text:
        element.text = str(text)
    return element


def _moment(when: Any, summit: Summit) -> str:
    """RFC 3339, to the second, in the summit's zone."""
    return when.astimezone(summit.tz).isoformat(timespec="seconds")
