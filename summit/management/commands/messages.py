"""Keeps the message catalogues complete and compiled, with Babel: no gettext programs are needed.

``messages`` gathers every translatable text of code and templates into ``summit/locale/<language>/LC_MESSAGES``;
``--compile`` makes the ``.mo`` files (set-up does it); ``--check`` fails where a text has no translation.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
                            "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2)}  # fmt: skip
APPS = ("summit", "sessions", "speakers", "registration", "api")
# English is the language of the source; a catalogue for it would say everything twice.
LANGUAGES = ("ko",)
HEADERS = re.compile(r'"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid|Generated-By)')
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def sources() -> Iterator[tuple[str, bytes]]:
    base = Path(settings.BASE_DIR)
    for app in APPS:
        for path in sorted((base / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(base)), path.read_bytes()
    for path in sorted([*(base / "templates").rglob("*.html"), *(base / "templates").rglob("*.txt")]):
        text = INDENT.sub("", templatize(path.read_text(encoding="utf-8"), origin=str(path)))
        yield str(path.relative_to(base)), text.encode()


def gather() -> Catalog:
    catalog = Catalog(project="Summit", charset="utf-8", fuzzy=False)
    for name, source in sources():
        try:
            found = list(extract_python(io.BytesIO(source), dict(KEYWORDS), (), {"encoding": "utf-8"}))
        except (SyntaxError, IndentationError) as error:
            raise CommandError(f"{name}: {error}") from error
        for _line, function, messages, _comments in found:
            parts: Any = messages if isinstance(messages, (tuple, list)) else (messages,)
            words = tuple(part for part in parts if isinstance(part, str))
            if not words or not words[0]:
                continue
            identity: Any = words[:2] if str(function).startswith("ngettext") and len(words) > 1 else words[-1]
            context = words[0] if str(function).startswith("pgettext") else None
            catalog.add(identity, locations=[(name, 0)], context=context)
    return catalog


class Command(BaseCommand):
    help = "Gather, compile (--compile) or check (--check) the translations of the interface."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--compile", action="store_true")
        parser.add_argument("--check", action="store_true")

    def handle(self, **options: Any) -> None:
        for language in LANGUAGES:
            path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
            path.parent.mkdir(parents=True, exist_ok=True)
            catalog = self.read(path, language)
            if options["compile"]:
                with path.with_suffix(".mo").open("wb") as file:
                    write_mo(file, catalog)
            elif options["check"]:
                self.check_complete(catalog, language)
            else:
                self.update(path, catalog)

    def read(self, path: Path, language: str) -> Catalog:
        if not path.exists():
            return Catalog(locale=language)
        with path.open("rb") as file:
            return read_po(file, locale=language)

    def update(self, path: Path, catalog: Catalog) -> None:
        catalog.update(gather(), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.header_comment = "# Texts of the interface. Kept complete by: python manage.py messages"
        catalog.fuzzy = False
        out = io.BytesIO()
        write_po(out, catalog, omit_header=False, sort_output=True, no_location=True, width=120)
        # Dates and names would make every run a change.
        lines = [line for line in out.getvalue().decode().splitlines() if not HEADERS.match(line)]
        path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")

    def check_complete(self, catalog: Catalog, language: str) -> None:
        missing = []
        for message in gather():
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            kept = catalog.get(key, message.context) if key else None
            text = kept.string if kept else ""
            if message.id and not (all(text) if isinstance(text, (tuple, list)) else text):
                missing.append(message.id)
        if missing:
            raise CommandError(f"{language}: {len(missing)} texts are not translated: {missing[:10]}")
