"""Everybody on stage and every host, narrowed by a letter or by words, in pages.

What all of them are found by is read once for each revision and language in each process, as plain values; what a page
shows besides is read for its rows alone. So a page costs the same for fifty people and for five thousand.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from speakers.models import Organisation, Speaker
from speakers.models.speaker import small_portrait
from summit.lib import countries, romanising
from summit.lib.alphabet import section_of, sections
from summit.lib.finding import INITIALS, fold, initials, words_of
from summit.lib.pages import page_number
from summit.lib.per_revision import PerRevision
from summit.lib.stencils import Stencil, blank
from summit.lib.text import clean_line, language_of_name
from summit.lib.translated import Text
from summit.models import Summit

PER_PAGE = 60
LONGEST_QUERY = 120
PUBLISHED = Q(sessions__published_at__isnull=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person or organisation: what it is found and drawn by."""

    pk: int
    code: str
    name: str
    section: str
    sorted_as: str
    # Names in every language and script.
    names: tuple[str, ...]
    shown: dict[str, Any] = field(default_factory=dict)


class Directory:
    """All entries in their order; ``more`` reads the further texts of all of them, by key, when somebody searches."""

    def __init__(self, entries: list[Entry], more: Callable[[], Iterable[tuple[int, str]]], language: str) -> None:
        self.entries, self._more = entries, more
        counts = Counter(entry.section for entry in entries)
        self.sections = [(section, counts[section]) for section in sections(language) if counts[section]]

    @cached_property
    def _found_by(self) -> dict[int, tuple[str, str]]:
        """Texts and initials by key. A character that nobody types keeps a word from reaching over the end of a text."""
        texts: dict[int, list[str]] = {entry.pk: [fold(name) for name in entry.names] for entry in self.entries}
        folded: dict[str, str] = {}
        for number, text in self._more():
            if number in texts:
                texts[number].append(folded.get(text) or folded.setdefault(text, fold(text)))
        heads = {entry.pk: "\n".join(initials(name) for name in entry.names) for entry in self.entries}
        return {number: ("\n".join(found), heads[number]) for number, found in texts.items()}

    def having(self, words: list[str]) -> list[Entry]:
        def has(entry: Entry) -> bool:
            text, heads = self._found_by[entry.pk]
            return all(word in (heads if word[0] in INITIALS else text) for word in words)

        return [entry for entry in self.entries if has(entry)]

    def under(self, section: str) -> list[Entry]:
        return sorted((e for e in self.entries if e.section == section), key=lambda e: e.sorted_as)


@dataclass(slots=True)
class Shown:
    """One page of a directory as somebody asked for it."""

    page: Page[Entry]
    sections: list[tuple[str, int]]
    total: int
    query: str
    too_long: bool
    section: str
    rows: list[SafeString] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.page.paginator.count

    @property
    def has_readings(self) -> bool:
        """Whether a name on the page is romanised by us."""
        return any(entry.shown.get("ours") for entry in self.page)

    @property
    def narrowed(self) -> str:
        """What belongs to the address of this page, "" for the first one of all."""
        return self._at(self.page.number)

    @property
    def previous(self) -> str:
        return self._at(self.page.number - 1) or "?" if self.page.has_previous() else ""

    @property
    def next(self) -> str:
        return self._at(self.page.number + 1) if self.page.has_next() else ""

    def _at(self, page: int) -> str:
        asked = {"q": self.query, "letter": self.section, "page": page if page > 1 else ""}
        said = urlencode({name: value for name, value in asked.items() if value})
        return f"?{said}" if said else ""


def show(directory: Directory, asked: QueryDict) -> Shown:
    """The page of ``?q=`` or ``?letter=`` and ``?page=``; a letter under which nobody stands is as good as none."""
    typed = clean_line(asked.get("q", ""))
    query, words = typed[:LONGEST_QUERY].strip(), words_of(typed[:LONGEST_QUERY])
    section = asked.get("letter", "") if not words else ""
    if section not in dict(directory.sections):
        section = ""
    # Signs alone are no word: nothing has them.
    if query and not words:
        found = []
    else:
        found = directory.having(words) if words else directory.under(section) if section else directory.entries
    page = Paginator(found, PER_PAGE).get_page(page_number(asked.get("page", "")))
    return Shown(page, directory.sections, len(directory.entries), query, len(typed) > LONGEST_QUERY, section)


# people

BLANKS = ("url", "name", "initial", "ours")
_people: PerRevision[Directory] = PerRevision()


def people(summit: Summit, language: str) -> Directory:
    """Everybody on stage, in the order of the alphabet that readers of this language know best."""
    return _people.of((summit.guid, language), summit.agenda_revision, lambda: _read_people(summit, language))


def _read_people(summit: Summit, language: str) -> Directory:
    order = {section: number for number, section in enumerate(sections(language))}
    entries = []
    on_stage = Speaker.objects.filter(pk__in=_billed(session__summit=summit).order_by().values("speaker")).order_by()
    for pk, code, name, romanised, portrait in on_stage.values_list("pk", "code", "name", "name_romanised", "portrait"):
        shown = name if language == "ko" else romanised or name
        # A name in Hangul stands where a reader of Latin letters looks for it.
        ours = romanising.reading(name, romanised, language)
        first, facts = ours or shown, {"portrait": small_portrait(portrait), "ours": ours}
        entries.append(
            Entry(
                pk,
                code,
                shown,
                section_of(first),
                first.casefold(),
                (name, romanised, romanising.reading(name, romanised, "en")),
                facts,
            )
        )
    entries.sort(key=lambda entry: (order[entry.section], entry.sorted_as))
    return Directory(entries, lambda: _billings(summit), language)


def _billed(**of_these: Any) -> Any:
    """Appearances in published sessions."""
    related: Any = Speaker._meta.get_field("appearances").related_model
    return related.objects.billed().filter(session__published_at__isnull=False, **of_these)


def _billings(summit: Summit) -> Iterable[tuple[int, str]]:
    for number, *texts in _billed(session__summit=summit).order_by().values_list("speaker", "affiliation", "job_title"):
        for text in texts:
            yield from ((number, words) for words in text.words().values())


def draw_people(summit: Summit, entries: list[Entry], language: str) -> list[SafeString]:
    """The people of one page as items of a list, each as billed first. One query."""
    rows = _billed(speaker__in=[entry.pk for entry in entries]).order_by("session__number", "order", "pk")
    bills: dict[int, tuple[Text, Text]] = {}
    for number, job_title, affiliation in rows.values_list("speaker", "job_title", "affiliation"):
        bills.setdefault(number, (job_title, affiliation))
    url, stencils = _paths("speakers:speaker", summit), _Stencils("speakers/_person.html", BLANKS)
    drawn = []
    for entry in entries:
        spoken = "ko" if language != "ko" and language_of_name(entry.name) == "ko" else ""
        texts = dict(zip(("job_title", "affiliation"), bills.get(entry.pk, (Text(), Text())), strict=True))
        drawn.append(
            stencils.fill(
                texts, language, spoken=spoken, portrait=entry.shown["portrait"], url=url(entry.code), name=entry.name,
                initial=entry.name[:1].upper(), ours=entry.shown["ours"], is_read=bool(entry.shown["ours"]), mark=romanising.MARK,
            )
        )  # fmt: skip
    return drawn


# hosts

_hosts: PerRevision[Directory] = PerRevision()


def hosts(summit: Summit, language: str) -> Directory:
    """Organisations that run published sessions, those with the most first."""
    return _hosts.of((summit.guid, language), summit.agenda_revision, lambda: _read_hosts(summit, language))


def _read_hosts(summit: Summit, language: str) -> Directory:
    rows = summit.organisations.annotate(n=Count("sessions", filter=PUBLISHED)).filter(n__gt=0).order_by()
    entries = []
    for pk, code, name, kind, country, number in rows.values_list("pk", "code", "name", "kind", "country", "n"):
        shown = name.in_language(language)
        facts = {"name": name, "kind": kind, "country": country, "n": number}
        names = tuple(words for words in name.words().values())
        entries.append(Entry(pk, code, shown, section_of(shown), shown.casefold(), names, facts))
    entries.sort(key=lambda entry: (-entry.shown["n"], entry.name))
    return Directory(entries, lambda: _lands(entries), language)


def _lands(entries: list[Entry]) -> Iterable[tuple[int, str]]:
    """The countries of hosts, in both languages."""
    for entry in entries:
        if code := entry.shown["country"]:
            yield from ((entry.pk, countries.name(code, language)) for language in ("ko", "en"))


def draw_hosts(summit: Summit, entries: list[Entry], language: str) -> list[SafeString]:
    """The organisations of one page as tiles. No query."""
    url, stencils = _paths("speakers:host", summit), _Stencils("speakers/_host.html", ("url",))
    kinds = {value: str(label) for value, label in Organisation.Kind.choices}
    return [
        stencils.fill(
            {"name": entry.shown["name"]}, language, url=url(entry.code), n=entry.shown["n"],
            kind=kinds.get(entry.shown["kind"], ""), country=entry.shown["country"] and countries.name(entry.shown["country"], language),
        )
        for entry in entries
    ]  # fmt: skip


# drawing


def _paths(name: str, summit: Summit) -> Callable[[str], str]:
    """The path of any person or host by its code, in the active language: the URLs are asked once for all."""
    before, _code, after = reverse(name, args=[summit.code, "000000"]).rpartition("000000")
    return lambda code: f"{before}{code}{after}"


class _Stencils:
    """One template by its shapes: ``blanks`` are filled in each time, texts with the language they are in, and whatever
    else is said of a row makes its shape."""

    def __init__(self, template: str, blanks: tuple[str, ...]) -> None:
        self._template, self._blanks = template, blanks
        self._drawn: dict[tuple[Any, ...], Stencil] = {}

    def fill(self, texts: dict[str, Text], language: str, *, portrait: str = "", **said: Any) -> SafeString:
        words = {name: text.in_language(language) for name, text in texts.items()}
        spoken = {name: text.language_shown(language) for name, text in texts.items() if words[name]}
        other = {name: code if code != language else "" for name, code in spoken.items()}
        shape = {name: value for name, value in said.items() if name not in self._blanks}
        key = (tuple(other.items()), bool(portrait), *shape.values())
        stencil = self._drawn.get(key)
        if stencil is None:
            filled = {name: blank(name) for name in (*self._blanks, *other)}
            stencil = self._drawn[key] = Stencil(
                self._template, **shape, **filled, portrait=portrait and blank("portrait"), other=other
            )
        return stencil.fill(**words, portrait=portrait, **{name: said[name] for name in self._blanks})
