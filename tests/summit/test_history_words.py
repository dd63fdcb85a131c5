"""The history is read in Korean: no key of ours stands in it as it is stored."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from registration.delegating import delegations, heads
from registration.registering import consents
from summit import audit, history
from summit.lib.history_words import WORDS
from summit.models import HistoryEntry
from tests.factories import make_category, make_delegation, make_registration

ROOT = Path(__file__).resolve().parents[2]
APPS = ("summit", "speakers", "sessions", "registration")


def noted() -> set[str]:
    """The names that are written into ``changes``, as far as they stand in the source."""
    found: set[str] = set()
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.keyword(arg="changes", value=ast.Dict(keys=keys)):
                    pass
                case ast.Assign(targets=[ast.Name(id="changes")], value=ast.Dict(keys=keys)):
                    pass
                case ast.AnnAssign(target=ast.Name(id="changes"), value=ast.Dict(keys=keys)):
                    pass
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="changes"), slice=ast.Constant() as key)]):
                    keys = [key]
                case _:
                    continue
            found |= {key.value for key in keys if isinstance(key, ast.Constant)}
    return found


def test_whatever_is_noted_has_a_name_in_korean():
    with translation.override("ko"):
        fields = {
            field.name
            for model in apps.get_models()
            for field in model._meta.fields
            if not str(field.verbose_name).isascii()
        }
        words = {name for name, told in WORDS.items() if not str(told).isascii()}
    assert len(noted()) > 40
    assert noted() - fields - words == set()


@pytest.mark.parametrize("kind", ["photography", "privacy", "sensitive"])
def test_consents_are_named(kind):
    with translation.override("ko"):
        assert not str(WORDS[kind]).isascii()


def lines(entry: HistoryEntry, summit, language="ko"):
    with translation.override(language):
        [line] = audit.complete([entry], summit)
    return line.label, line.changes


def test_the_history_of_a_delegation_is_read_in_either_language(summit, organiser):
    category = make_category(summit, "gov", name={"ko": "정부 대표", "en": "Government delegate"})
    korea = make_delegation(summit)
    with translation.override("en"):
        delegations.set_places(korea, {category: 7}, by=organiser)
    entry = HistoryEntry.objects.get(action="delegation.places", changes__has_key="Government delegate")
    assert lines(entry, summit) == ("대표단 자리 변경", [("정부 대표", "0", "7")])
    assert lines(entry, summit, "en")[1] == [("Government delegate", "0", "7")]
    values = {"role": "head", "name": "김대표", "email": "kim@korea.example", "language": "ko"}
    heads.invite(korea, values, by=organiser)
    entry = HistoryEntry.objects.get(action="delegation.invite")
    assert ("역할", "–", "대표단장") in lines(entry, summit)[1]


def test_lists_and_ways_to_sign_in_are_named(summit):
    for name, value, told in (("list", "seating", "Seating by precedence"), ("way", "password", "password")):
        entry = history.record("delegation.print", summit, by=None, summit=summit, changes={name: ("", value)})
        assert lines(entry, summit, "en")[1][0][2] == told
        assert not lines(entry, summit)[1][0][2].isascii()


def test_who_says_that_somebody_agreed_is_noted(summit, organiser):
    made = make_registration(summit, consents={})
    consents.correct_for(
        made, {"dietary_needs": "halal"}, consents={"sensitive": "1"}, said_by="김대표", by=organiser, as_organiser=True
    )
    entry = HistoryEntry.objects.get(action="registration.note_consent")
    _label, changes = lines(entry, summit)
    assert entry.by == organiser and ("전한 사람", "–", "김대표") in changes
    assert all(not name.isascii() for name, _before, _after in changes)
