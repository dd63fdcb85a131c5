"""A new summit from nothing: its facts and its first venue. It is closed to the public until its team opens it."""

import json
import re
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.editing import pictures
from summit.errors import Refusal
from summit.lib.translated import Text
from summit.models import Page, Summit, User, Venue
from summit.models.summit import RESERVED_CODES

# The app above makes its first row; it is known by name only.
FIRST_CATEGORY = "registration.registering.categories.begin"
FIRST_PAGES = Path(__file__).parent.parent / "seeds" / "new_summit" / "pages.json"
TEXTS = ("title", "summary", "body")
COLOURS = ("brand_colour", "accent_colour")
FACTS = ("name", "short_name", "starts_on", "ends_on", "time_zone", "languages", "mode", "contact_email")
# Words that say nothing about which summit it is.
SMALL = {"the", "of", "and", "for", "on", "in", "at", "a", "an"}


class CodeTaken(Refusal):
    code = "code_taken"
    message: Any = _("There is a summit with this address already; choose another.")


@transaction.atomic
def make_summit(
    code: str, facts: dict[str, Any], *, venue: dict[str, Any] | None = None, logo: bytes | None = None, by: User
) -> Summit:
    """A summit with these :data:`FACTS`, and :data:`COLOURS` where they are given; ``venue`` has name, city and country,
    ``logo`` is a picture. Raises :class:`CodeTaken` and :class:`summit.editing.pictures.NotAPicture`.
    """
    given = {name: facts[name] for name in FACTS} | {name: facts.get(name, "") for name in COLOURS}
    try:
        with transaction.atomic():
            summit = Summit.objects.create(code=code, is_public=False, **given)
    except IntegrityError as error:
        raise CodeTaken from error
    if venue and venue["name"]:
        Venue.objects.create(summit=summit, code=venue_code(venue["name"]), **venue)
    if logo:
        summit.logo = pictures.store(logo, pictures.LOGO)
        summit.save(update_fields=["logo"])
        given["logo"] = summit.logo.name
    _begin(summit)
    changes = {"code": (None, code), **{name: (None, history.plain(value)) for name, value in given.items() if value}}
    if venue and venue["name"]:
        changes["venue"] = (None, history.plain(venue["name"]))
    history.record("summit.create", summit, by=by, summit=summit, changes=changes)
    return summit


def _begin(summit: Summit) -> None:
    """What every page leads to from the first day: the privacy notice and the accessibility statement, to be edited; and a
    category, without which nobody could register."""
    for row in json.loads(FIRST_PAGES.read_text(encoding="utf-8"))["pages"]:
        words = {name: {code: row[name][code] for code in summit.languages if code in row[name]} for name in TEXTS}
        Page.objects.create(
            summit=summit, slug=row["slug"], section=row["section"], order=row["order"],
            **{name: text or row[name] for name, text in words.items()},
        )  # fmt: skip
    import_string(FIRST_CATEGORY)(summit)


def just_made(code: str, name: Text | None, *, by: User) -> Summit | None:
    """The summit that the same form has made a moment ago: the same address, name and operator, and nobody's yet."""
    found = Summit.objects.filter(code=code, memberships=None, history__action="summit.create", history__by=by).first()
    return found if found is not None and name is not None and found.name == name else None


def venue_code(name: Text) -> str:
    """A venue's code from its name in Latin letters; ``venue`` where it has none."""
    code = re.sub(r"\A[^a-z]+", "", slugify(name.get("en", "")))[:50].strip("-")
    return code if len(code) > 1 else "venue"


def suggested_code(name: Text, short_name: Text, year: int) -> str:
    """A free code such as ``ogp2026``: the short name's letters where they are few, else the name's initials."""
    short, long = (_words(text) for text in (short_name, name))
    few = short if 2 <= len("".join(short)) <= 12 else long if len(long) == 1 else []
    stem = "".join(few) or "".join(word[0] for word in long)
    stem = stem if len(stem) > 1 else "summit"
    code = first = f"{stem[:20]}{year}"
    number = 2
    while code in RESERVED_CODES or Summit.objects.filter(code=code).exists():
        code, number = f"{first}_{number}", number + 1
    return code


def _words(text: Text) -> list[str]:
    words = re.findall(r"[a-z]+", text.get("en", "").lower())
    return [word for word in words if word not in SMALL]
