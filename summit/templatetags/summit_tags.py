"""What templates of every app need: texts with their language, Markdown, names of countries, JSON-LD."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet, BoundField
from django.forms.formsets import DELETION_FIELD_NAME
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from summit import public_menu
from summit.lib import countries, field_errors, hosts, request_ids, romanising, times
from summit.lib.colour import brand
from summit.lib.text import language_of_name
from summit.lib.text import markdown as to_html
from summit.lib.translated import Text, active_language
from summit.lib.weblinks import absolute
from summit.lists.cell_rendering import text
from summit.models import Right, Summit
from summit.permissions import stopped_for, way_on

register = template.Library()
OWN_LINK = re.compile(r'(\bhref=")(/[^"]*)"')

_TONES = {
    **dict.fromkeys(("confirmed", "new", "restored"), "good"),
    **dict.fromkeys(("declined", "cancelled", "removed"), "bad"),
}


def _language() -> str:
    return active_language()


register.filter("text", text)


@register.filter
def lang_of(value: Text | None) -> str:
    """The language actually shown where it is not the page's; for ``lang`` attributes."""
    return value.stand_in() if value else ""


@register.simple_tag
def request_id() -> str:
    return request_ids.current()


@register.simple_tag(takes_context=True, name="public_menu")
def menu_of(context: Any, summit: Summit) -> list[public_menu.Entry]:
    return public_menu.entries(summit, context["request"])


@register.simple_tag
def mail_ground(summit: Summit | None) -> str:
    """The colour of a mail's head, on which white words can be read."""
    light, _dark = brand(summit.brand_colour if summit else "", "")
    return light.get("brand", "#0b2f73")


@register.simple_tag
def mail_logo(summit: Summit | None) -> str:
    """The address of the logo in a mail's head, whole; "" for none."""
    return absolute(summit.logo.url) if summit and summit.logo else ""


@register.simple_tag(takes_context=True, name="way_on")
def way_on_from_here(context: Any) -> str:
    """Where somebody was going before they set up a second factor; "" for nobody else."""
    request = context.get("request")
    return way_on(request) if request is not None and hasattr(request, "session") else ""


@register.simple_tag(takes_context=True, name="stopped_for")
def why_stopped(context: Any) -> str:
    """``enrol`` or ``show``: what is asked of whoever was stopped for want of a second factor; "" for nobody else."""
    request = context.get("request")
    return stopped_for(request) if request is not None and hasattr(request, "session") else ""


@register.filter
def person_lang(name: str) -> str:
    """``ko`` for a name in Hangul on a page in another language, so that it is read aloud right."""
    return "ko" if language_of_name(name) == "ko" and _language() != "ko" else ""


@register.filter
def reading(person: Any) -> str:
    """How a reader of the page can say a name in Hangul, romanised by us; "" where the person's own spelling is known."""
    return romanising.reading(person.name, person.name_romanised, _language())


@register.inclusion_tag("summit/_reading.html")
def name_read(person: Any) -> dict[str, Any]:
    """The romanisation beside a name, marked as ours in sight and for the ear; nothing where none is needed."""
    return {"ours": reading(person), "mark": romanising.MARK}


@register.inclusion_tag("summit/_romanised_note.html")
def note_on_names(people: Any) -> dict[str, Any]:
    """What the mark before a name means, where one of ``people`` has it."""
    return {"mark": romanising.MARK, "shown": any(map(reading, people))}


@register.inclusion_tag("summit/_romanised_note.html")
def note_on_readings(there: bool) -> dict[str, Any]:
    """The same where it is known whether a mark stands on the page."""
    return {"mark": romanising.MARK, "shown": there}


@register.filter
def markdown(value: Text | str) -> SafeString:
    html = to_html(str(value))
    if code := hosts.served():  # texts name our pages as they are at the installation
        html = OWN_LINK.sub(lambda found: f'{found[1]}{hosts.at_own_host(found[2], code)}"', html)
    return mark_safe(html)  # noqa: S308  to_html() sanitises


@register.filter
def in_zone(stored: Any, summit: Summit) -> Any:
    """What history has stored, moments in the summit's time."""
    return times.in_zone(stored, summit.tz) if isinstance(stored, str) else stored


@register.filter
def tone(state: str) -> str:
    """How a chip tells a state of a person's answer, or a kind of change: ``good``, ``bad`` or ``warn``."""
    return _TONES.get(state, "warn")


@register.filter
def button_class(attributes: dict[str, Any]) -> str:
    """The look of one of allauth's buttons, from the tags it was given."""
    tags = attributes.get("tags") or ""
    if "link" in tags:
        return "link-button"
    if "danger" in tags:
        return "button danger"
    quiet = "outline" in tags or "secondary" in tags or (attributes.get("href") and "prominent" not in tags)
    return "button quiet" if quiet else "button"


@register.filter
def country(code: str) -> str:
    return countries.name(code, _language()) if code else ""


@register.inclusion_tag("summit/_flag.html")
def flag(code: str) -> dict[str, Any]:
    """The flag of a country, said in words to whoever does not see it; its letters where no flag is drawn."""
    country = countries.names(_language()).get(code, "")
    return {"code": code, "country": country, "drawn": code in countries.FLAGS_DRAWN}


@register.filter
def initial(name: str) -> str:
    return name[:1].upper()


@register.simple_tag
def moment(value: datetime | None, summit: Summit) -> str:
    """A moment in the summit's zone, with the zone named, as a ``<time>`` element."""
    if value is None:
        return ""
    local = value.astimezone(summit.tz)
    label = f"{times.date_label(local.date(), _language())} {local:%H:%M} {times.zone_behind(value, summit.tz, _language())}"
    return format_html('<time datetime="{}">{}</time>', machine_time(local), label)


@register.filter
def machine_time(value: datetime | None) -> str:
    """For ``datetime`` attributes: to the second, of which HTML allows three decimals and the database keeps six."""
    return value.isoformat(timespec="seconds") if value else ""


@register.filter
def jsonld(node: dict[str, Any]) -> SafeString:
    """A JSON-LD block. ``<``, ``>`` and ``&`` are escaped as in Django's json_script: nothing can close the element."""
    body = json.dumps(node, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(f'<script type="application/ld+json">{body}</script>')  # noqa: S308  escaped above


@register.filter
def get(mapping: Any, key: Any) -> Any:
    return mapping.get(key, "") if mapping else ""


@register.filter
def address(summit: Summit, path: str) -> str:
    """The absolute address of a path, at the summit's own host where it has one."""
    return summit.address(path) if summit else absolute(path)


@register.simple_tag
def installation_url(name: str, *keys: Any) -> str:
    """As ``url``, for what lies at the installation alone: from a summit's own host the whole address."""
    return hosts.link_to_installation(reverse(name, args=keys))


@register.simple_tag
def homes(summit: Summit) -> str:
    """The opening paths of a summit in all its languages."""
    found = []
    for language in summit.languages:
        with translation.override(language):
            found.append(summit.get_absolute_url())
    return " ".join(found)


@register.simple_tag(takes_context=True)
def query(context: Any, **changes: Any) -> str:
    """The page's query string with some parameters changed; None or "" takes one away."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value not in (None, ""):
            parameters[name] = value
    encoded = parameters.urlencode()
    return f"?{encoded}" if encoded else "?"


@register.simple_tag(takes_context=True)
def way_home(context: Any, summit: Summit) -> str:
    """Where a summit's name in the masthead leads: to its opening page, which a closed summit does not have.

    There the team comes to the overview of the workspace, those at the desk to the desks, everybody else to their page.
    """
    if summit.is_public:
        return summit.get_absolute_url()
    rights: frozenset[Right] = getattr(context.get("request"), "rights", frozenset())
    if not rights.isdisjoint({Right.WORKSPACE, Right.NUMBERS}):
        return reverse("registration:dashboard", args=[summit.code])
    return (
        reverse("registration:desks", args=[summit.code])
        if Right.DESK in rights
        else hosts.link_to_installation(reverse("account:home"))
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with what was sent; ``target`` is the id to jump to, "" where it is about the whole."""

    label: str
    target: str
    message: str


@register.simple_tag
def faults(*sent: Any) -> list[Fault]:
    """What is wrong with forms and formsets that were sent together; what is neither is passed over.

    A row as a whole is told by its prefix, which its element has as its id.
    """
    found: list[Fault] = []
    for part in sent:
        if isinstance(part, BaseFormSet):
            found += [Fault("", "", str(error)) for error in part.non_form_errors()]
            for number, row in enumerate(part, 1):
                # A row that is to go is not looked at by the formset, either.
                if not getattr(row, "cleaned_data", {}).get(DELETION_FIELD_NAME):
                    found += _faults_of(row, gettext("Row %(n)d") % {"n": number}, row.prefix)
        elif isinstance(part, BaseForm):
            found += _faults_of(part)
    return found


def _faults_of(form: BaseForm, row: str = "", place: str | None = "") -> list[Fault]:
    """First what is wrong with the whole, then field by field."""
    found = [Fault(row, place or "", str(error)) for error in form.non_field_errors()]
    for field in form:
        label = format_html("{}: {}", row, field.label) if row else conditional_escape(field.label)
        target = f"{field.auto_id}_group" if field.use_fieldset else field.id_for_label
        errors = field_errors.told(field, label)
        found += [Fault("" if error.names_field else label, target, error.sentence) for error in errors]
    return found


@register.filter
def sentences(field: BoundField) -> list[str]:
    """What is wrong with a field, as it is said beside it."""
    return [error.sentence for error in field_errors.told(field, field.label)]


@register.simple_tag(takes_context=True)
def error_in_title(context: Any) -> str:
    """The first word of a page that came back because of what was sent: who listens hears it before anything else."""
    sent = context.flatten().values()
    wrong = context.get("refusal") or any(
        part.is_bound and (part.total_error_count() if isinstance(part, BaseFormSet) else part.errors)
        for part in sent
        if isinstance(part, BaseForm | BaseFormSet)
    )
    return gettext("Error:") if wrong else ""


@register.filter
def split_words(words: str) -> list[str]:
    return words.split()


@register.simple_tag
def style_sheet(audience: str) -> str:
    """Address of the one sheet of an audience (``public``, ``workspace``), with fonts for the letters of the language."""
    letters = "hangul" if active_language() == "ko" else "latin"
    return static(f"summit/css/{audience}-{letters}.css")


@register.filter
def status_in(value: Text, language: str) -> str:
    """``missing``, ``outdated`` or ``done``: how a text stands in a language."""
    return str(value.status(language))


@register.simple_tag(takes_context=True)
def drop(context: Any, name: str) -> str:
    """The page's query string without one parameter."""
    return query(context, **{name: ""})
