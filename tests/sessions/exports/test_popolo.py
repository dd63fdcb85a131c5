"""People and organisations in Popolo's words."""

import json
import re

from sessions.exports import popolo
from sessions.exports.public import read_public
from sessions.models import Appearance
from tests import factories as make

# popolo-project/popolo-spec, schemas/person.json, organization.json, membership.json, event.json
PERSON = {"id", "name", "other_names", "identifiers", "biography", "links", "memberships", "area"}
ORGANISATION = {"id", "name", "other_names", "identifiers", "classification", "description", "area", "links"}
MEMBERSHIP = {"person_id", "role", "organization"}
EVENT = {"id", "name", "description", "start_date", "end_date", "location", "status", "identifiers", "classification",
         "organization_id", "attendees", "parent_id", "sources"}  # fmt: skip
MOMENT = re.compile(r"\d{4}(-\d\d){2}(T\d\d:\d\d:\d\d[+-]\d\d:\d\d)?")


def people(summit, language="ko"):
    return json.loads(popolo.people(read_public(summit), language=language))


def organisations(summit, language="ko"):
    return json.loads(popolo.organisations(read_public(summit), language=language))


def test_the_files_are_byte_for_byte_what_they_were(open_agenda, golden):
    golden("people.json", popolo.people(read_public(open_agenda), language="ko"))
    golden("organisations.json", popolo.organisations(read_public(open_agenda), language="en"))


def test_only_words_of_popolo_are_used(open_agenda):
    assert all(set(person) <= PERSON for person in people(open_agenda)["persons"])
    assert all(set(m) <= MEMBERSHIP for person in people(open_agenda)["persons"] for m in person["memberships"])
    assert all(set(found) <= ORGANISATION for found in organisations(open_agenda)["organizations"])
    for event in people(open_agenda)["events"]:
        assert set(event) <= EVENT
        assert all(MOMENT.fullmatch(event[name]) for name in ("start_date", "end_date") if name in event)


def test_a_person_has_both_scripts_and_what_they_were_billed_as_once(open_agenda):
    person = open_agenda.speakers.get(code="P002")
    session = make.make_session(open_agenda, "CIV009", starts_at=make.at(16, 15))
    Appearance.objects.create(session=session, speaker=person, affiliation={"ko": "행정개혁시민연합", "en": "Citizens' Coalition"},
                              job_title={"ko": "사무총장", "en": "Secretary General"})  # fmt: skip
    found = next(person for person in people(open_agenda, "en")["persons"] if person["name"] == "마이코 이치하라")
    assert found["other_names"] == [{"name": "Maiko Ichihara", "note": "romanised"}]
    assert [membership["role"] for membership in found["memberships"]] == ["Secretary General"]
    assert found["memberships"][0]["organization"]["name"] == "Citizens' Coalition"


def test_an_appearance_without_an_affiliation_is_no_membership(open_agenda):
    Appearance.objects.update(affiliation={})
    assert all(person["memberships"] == [] for person in people(open_agenda)["persons"])


def test_a_session_is_an_event_of_the_summit_held_by_its_first_host(open_agenda):
    events = {event["id"]: event for event in people(open_agenda)["events"]}
    session = events["00000000-0000-0000-0000-000000000065"]
    assert events[session["parent_id"]]["classification"] == "summit"
    assert session["organization_id"] == organisations(open_agenda)["organizations"][0]["id"]
    assert {person["name"] for person in session["attendees"]} == {"박수정", "마이코 이치하라"}
    assert events["00000000-0000-0000-0000-000000000066"]["status"] == "cancelled"


def test_nobody_has_an_e_mail_address(open_agenda):
    assert "secret@x.example" not in popolo.people(read_public(open_agenda), language="ko").decode()
    assert '"email"' not in popolo.people(read_public(open_agenda), language="ko").decode()


def test_an_organisation_that_hosts_nothing_public_is_not_there(open_agenda):
    assert [found["name"] for found in organisations(open_agenda)["organizations"]] == ["행정안전부"]
