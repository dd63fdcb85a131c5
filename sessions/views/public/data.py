"""Open data: the page that says what there is, and the addresses of every format (see sessions/exports/catalogue.py)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, get_language_info

from sessions.exports import atom, bundle, catalogue, dcat, linked, media, outcomes, popolo, register, schedule2, tables
from sessions.exports.catalogue import PREFLIGHT, Format
from sessions.exports.public import Public, read_public
from sessions.models import AgendaVersion
from sessions.views.public.feeds import asked_language
from summit.lib import spreadsheets
from summit.lib.spreadsheets import Table
from summit.lib.text import clean_line
from summit.lib.weblinks import absolute
from summit.models import Summit
from summit.public_pages import build, public_page

View = Callable[..., HttpResponse]


def for_every_site(view: View) -> View:
    """A public answer that scripts of other sites may ask for with conditions (Fetch, CORS-preflight request)."""
    kept = public_page(view)

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT)
        return kept(request, *args, **kwargs)

    return inner


def answer(content: bytes, found: Format, summit: Summit, *, language: str = "", filename: str = "") -> HttpResponse:
    headers = catalogue.headers(summit, found, language)
    if filename:
        headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return HttpResponse(content, content_type=found.media_type, headers=headers)


def _format(view: str) -> Format:
    return next(found for found in catalogue.ALL if found.view == view)


def in_language(view: str, write: Callable[..., bytes]) -> View:
    """The view of a format that has a file per language, from what the public may read."""
    found = _format(view)

    @for_every_site
    def inner(request: HttpRequest, summit: Summit) -> HttpResponse:
        language = asked_language(request, summit)
        return answer(write(read_public(summit), language=language), found, summit, language=language)

    return inner


def table(view: str, draw: Callable[[Public], Table]) -> View:
    """The view of one table; saved under the name by which our import knows it."""
    found = _format(view)

    @for_every_site
    def inner(request: HttpRequest, summit: Summit) -> HttpResponse:
        drawn = draw(read_public(summit))
        return answer(spreadsheets.as_csv(drawn), found, summit, filename=f"{drawn.name}.csv")

    return inner


schedule2_json = in_language("schedule2-json", schedule2.schedule2)
schedule_jsonld = in_language("schedule-jsonld", linked.schedule_jsonld)
people_json = in_language("people-json", popolo.people)
podcast_rss = in_language("podcast", media.podcast)
media_json = in_language("media-json", media.media_json)
organisations_json = in_language("organisations-json", popolo.organisations)
sessions_csv = table("sessions-csv", tables.sessions)
people_csv = table("people-csv", tables.speakers)
organisations_csv = table("organisations-csv", tables.organisations)
rooms_csv = table("rooms-csv", tables.rooms)


def register_csv(name: str) -> View:
    """The view of one table of the open-government register, also while it is empty."""
    found = _format(f"civic-{name}-csv")

    @for_every_site
    def inner(request: HttpRequest, summit: Summit) -> HttpResponse:
        drawn = register.TABLES[name](summit)
        return answer(spreadsheets.as_csv(drawn), found, summit, filename=f"{drawn.name}.csv")

    return inner


@for_every_site
def outcomes_csv(request: HttpRequest, summit: Summit) -> HttpResponse:
    content = spreadsheets.as_csv(outcomes.table(summit))
    return answer(content, _format("outcomes-csv"), summit, filename="outcomes.csv")


@for_every_site
def outcomes_json(request: HttpRequest, summit: Summit) -> HttpResponse:
    return answer(outcomes.as_json(summit), _format("outcomes-json"), summit)


@for_every_site
def tables_xlsx(request: HttpRequest, summit: Summit) -> HttpResponse:
    # Seconds for a thousand sessions, and public answers are drawn anew every half minute: kept by revision.
    key = f"workbook:{summit.guid}:{summit.agenda_revision}:{build()}"
    content: bytes | None = cache.get(key)
    if content is None:
        title = clean_line(summit.name.in_language(summit.languages[0]))
        sheets = [*tables.all_tables(read_public(summit)), *register.all_tables(summit)]
        sheets += [drawn] if (drawn := outcomes.table(summit)).rows else []
        content = spreadsheets.as_workbook(sheets, title=title, changed_at=summit.revised_at)
        cache.set(key, content, bundle.KEPT_FOR)
    return answer(content, _format("tables-xlsx"), summit, filename=f"{summit.code}.xlsx")


@for_every_site
def changes_atom(request: HttpRequest, summit: Summit) -> HttpResponse:
    language = asked_language(request, summit)
    return answer(atom.changes_atom(summit, language=language), catalogue.CHANGES, summit, language=language)


@for_every_site
def dataset_jsonld(request: HttpRequest, summit: Summit) -> HttpResponse:
    return answer(dcat.dataset_jsonld(summit), catalogue.DATASET, summit)


@for_every_site
def newest_bundle(request: HttpRequest, summit: Summit) -> HttpResponse:
    version = bundle.versions(summit).first()
    if version is None:
        raise Http404
    return _bundle(summit, version, newest=version)


@for_every_site
def bundle_of(request: HttpRequest, summit: Summit, number: int) -> HttpResponse:
    newest = bundle.versions(summit).first()
    # A number no database column holds names no version either.
    version = bundle.versions(summit).filter(number=number).first() if number < 2**31 else None
    if newest is None or version is None:
        raise Http404
    return _bundle(summit, version, newest=newest)


def _bundle(summit: Summit, version: AgendaVersion, *, newest: AgendaVersion) -> HttpResponse:
    content = bundle.bundle(summit, version, newest=version.number == newest.number)
    response = answer(content, catalogue.BUNDLE, summit, filename=f"{summit.code}-agenda-{version.number}.zip")
    # RFC 5829: who holds an older one finds the newest.
    response["Link"] += f', <{catalogue.BUNDLE.url(summit)}>; rel="latest-version"; type="application/zip"'
    return response


@public_page
def page(request: HttpRequest, summit: Summit) -> HttpResponse:
    """Everything there is to fetch, with its licence, schema and last change."""
    language = (get_language() or summit.languages[0])[:2]
    versions = list(bundle.versions(summit))
    there = set(catalogue.offered(summit))
    changed = {catalogue.CHANGES: versions[0].published_at} if versions else {}
    groups = [
        (title, [_shown(f, summit, language, changed.get(f, summit.revised_at)) for f in formats if f in there])
        for title, formats in catalogue.GROUPS
    ]
    context = {
        "summit": summit,
        "groups": groups,
        "licence": catalogue.LICENCE,
        "versions": [(v, reverse("feeds:bundle-version", args=[summit.code, v.number])) for v in versions],
        "feed": catalogue.AGENDA[0].path(summit, language),
        "changes_feed": catalogue.CHANGES.path(summit, language),
        "podcast": catalogue.PODCAST_FEED.path(summit, language) if catalogue.PODCAST_FEED in there else "",
        "dataset": catalogue.DATASET.path(summit),
        "api_url": absolute(reverse("api:summit", args=[summit.code])),
        "here": catalogue.data_page(summit, language),
        "structured": dcat.schema_org(summit, language),
    }
    return render(request, "sessions/data.html", context)


def _shown(found: Format, summit: Summit, language: str, changed: Any) -> dict[str, Any]:
    languages = [(code, get_language_info(code)["name_local"], found.path(summit, code)) for code in summit.languages]
    return {
        "format": found,
        "path": found.path(summit, language),
        "address": found.path(summit).partition("?")[0],
        "changed": changed,
        "languages": languages if found.in_language else [],
    }
