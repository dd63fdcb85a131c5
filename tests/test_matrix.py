"""Every private address and every role: what a role's rights allow opens, and everything else is not there.

Addresses are taken from the URLconf, so that a new page is in the matrix the moment it exists; one that cannot be built
from the objects below fails the test until its object is named.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.contrib.admin import site
from django.core.files.base import ContentFile
from django.db import transaction
from django.template import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone, translation

from registration.badges import printing
from registration.door import checkin
from registration.models import BadgeJob, Campaign, Photo, Question, Quota, ReasonTemplate, Registration, Section, Tag
from registration.registering import questions
from sessions.models import ImportJob, Session, Track
from sessions.planning import tracks
from speakers.models import Organisation, OrganisationMember, ProfileClaim, Speaker
from summit import history
from summit.editing import pages
from summit.editing.inline_edits import VERSIONED_OF_ROOMS, value_versions
from summit.models import (
    ActionPlan,
    Chair,
    Commitment,
    CommitteeMember,
    MemberGovernment,
    MembershipFigure,
    Page,
    PlanStep,
    Right,
    Role,
    Room,
    Summit,
    User,
)
from summit.models.team import RIGHTS
from tests.factories import (
    at,
    make_access_code,
    make_delegation,
    make_desk,
    make_head,
    make_invitation,
    make_organisation,
    make_question,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_user,
    make_zone,
)
from tests.second_factors import SHOW, enrol, show

# What each kind of address names: by the name of the URL where it is told apart, else by the name of its part.
Objects = dict[str, Any]
PUBLIC = {
    "summit": {"home", "manifest", "offline", "pages", "page"},
    "sessions": {
        "agenda", "by-track", "by-room", "by-host", "now", "changes", "data", "search", "embed", "screen", "screen-door",
        "pretalx-schedule", "pretalx-widget", "pretalx-widget-v2", "pretalx-script", "pretalx-talk", "pretalx-speaker",
        "prints", "booklet", "cards", "day-sheet", "door-sheet", "track", "session", "venue",
        "live", "outcomes", "session-live", "session-text", "session-vtt",
    },
    "speakers": {"speakers", "speaker", "hosts", "host"},
    "registration": {"kept", "public-numbers", "register", "name", "group", "group-sheet", "sent", "lost-link", "correct-address", "erased", "draft-saved", "participants-door", "my-agenda", "my-agenda-pdf", "my-agenda-suggestion", "my-agenda-today", "my-agenda-push", "my-session", "my-agenda-sharing", "join", "join-stream", "watch", "watch-beat", "taking-part", "room-questions", "session-feedback", "feedback"},
}  # fmt: skip
# Whoever knows the token, or is signed in and meant: each has tests of its own for who is meant.
PERSONAL = {
    "summit": {"team-invitation"},
    "sessions": {
        "my-sessions", "own-theme", "my-sessions-calendar", "my-sessions-answer", "my-session-files", "my-session-outcomes", "hosting-outcomes", "hosting", "hosting-session",
        "hosting-people", "hosting-links", "hosting-link", "hosting-colleague", "captioning",
    },
    "speakers": {"host-invitation", "profile-claim", "my-profile", "my-portrait"},
    "registration": {
        "own", "invited", "attendance", "details", "cancellation", "resend", "calendar", "own-badge", "own-ticket", "own-session", "shared-agenda",
        "protection", "photographs", "participants", "participants-choice", "participants-message",
        "reissue", "new-link", "everything", "everything-json", "take-place", "own-answer", "address", "confirm-address", "erasure",
        "confirm-erasure", "consents", "transfer", "take-over", "everything-zip", "own-confirmation", "say-to-come", "companions",
        "own-itinerary", "own-photo", "own-photo-file", "delegation-photo", "delegation-photo-file",
        "prove", "draft", "draft-deletion",
        "my-delegations", "delegation", "delegation-nominate", "delegation-sheet", "delegation-sessions",
        "delegation-person", "delegation-itinerary", "delegation-replacement", "delegation-withdrawal",
        "own-feedback", "hosting-feedback", "my-session-feedback", "cockpit", "cockpit-pieces", "on-stage", "on-stage-pieces",
    },
}  # fmt: skip
APPS = tuple(PUBLIC)
LIST_PAGES = ("cell", "file", "act", "undo", "confirm")
# What is done to single rows of a list: whoever sees the list may do it to rows they may change, which tests of the
# lists look at; those who may change nothing find nothing. The cells named below are of texts: whoever writes texts
# opens them.
OWN_FILES = ("-export", "-export-file")  # of their maker alone, which tests of exports look at
TO_ROWS = ("-cell", "-act", "-undo", "conflicts")
DELEGATION_PAGES = ("delegation-kept", "delegation-kept-deletion", "delegation-kept-reminder", "delegation-head-new",
                    "delegation-head-link", "delegation-head-removal", "delegation-list")  # fmt: skip
HOST_PAGES = ("organiser-organisation", "organiser-organisation-members", "organiser-organisation-deletion")


def patterns(resolver: URLResolver, app: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, entry.namespace or app)
        elif entry.name:
            yield app, entry


def ours() -> list[tuple[str, URLPattern]]:
    with translation.override("en"):
        return [(app, entry) for app, entry in patterns(get_resolver()) if app in APPS]


PRIVATE = [(app, entry) for app, entry in ours() if hasattr(entry.callback, "rights")]
IDS = [f"{app}:{entry.name}" for app, entry in PRIVATE]


def test_every_address_is_public_personal_or_asks_for_a_right():
    private = {(app, entry.name) for app, entry in PRIVATE}
    unknown = [
        f"{app}:{entry.name}"
        for app, entry in ours()
        if (app, entry.name) not in private and entry.name not in PUBLIC[app] | PERSONAL[app]
    ]
    assert unknown == []
    assert len(private) > 30


OF_OPERATORS = re.compile("my/(summits|mail)/")


def test_every_address_of_the_installation_is_for_operators_alone():
    """Who opens those of operators is tested in ``tests/summit/views/test_installation.py``."""
    with translation.override("en"):
        found = [entry for _app, entry in patterns(get_resolver()) if OF_OPERATORS.search(str(entry.pattern))]
    assert len(found) > 7
    assert [entry.name for entry in found if not hasattr(entry.callback, "operators")] == []


def one_of_each(summit) -> Objects:
    """One of each thing an address can name."""
    owner = make_user("owner@matrix.example", summit=summit, role=Role.OWNER)
    track, room, host = make_track(summit), make_room(summit), make_organisation(summit)
    speaker, other = make_speaker(summit, code="PARK01"), make_speaker(summit, "김하나", code="KIM001")
    session = make_session(summit, track=track, room=room, hosts=[host], people=[speaker, other])
    link = session.materials.create(kind="recording", url="https://video.example/1")
    registration, desk = make_registration(summit), make_desk(summit)
    arrival = checkin.check_in(registration, desk=desk, by=owner, nonce="matrix")
    quota = Quota.objects.create(summit=summit, name={"en": "Press"}, is_basic=False)
    reason = ReasonTemplate.objects.create(summit=summit, text={"en": "No card was shown."})
    delegation = make_delegation(summit)
    head = make_head(delegation)
    tag = Tag.objects.create(summit=summit, name="VIP", key="vip")
    invitation, code = make_invitation(summit), make_access_code(summit)
    job = printing.start_job(summit, Registration.objects.values_list("pk", flat=True), layout="A6", by=owner)
    job.file.save("matrix.pdf", ContentFile(b"%PDF-1.7"), save=False)
    job.state = BadgeJob.State.DONE
    job.save()
    upload = ImportJob(summit=summit, table="people", name="matrix.csv", by=owner)
    upload.file.save("matrix.upload", ContentFile(b"name\r\n\xec\x9d\xb4\xeb\x8f\x84\r\n"), save=False)
    upload.save()
    entry = history.record("session.edit", session, by=owner, summit=summit, changes={"number": (None, 1)})
    member = summit.memberships.get(user=owner)
    contact = OrganisationMember.objects.create(organisation=host, user=make_user("contact@matrix.example"))
    ProfileClaim.objects.create(speaker=other, user=make_user("kim@matrix.example"), accepted_at=None,
                                expires_at=timezone.now() + timedelta(days=1))  # fmt: skip
    plan = ActionPlan.objects.create(summit=summit, number=6, name={"en": "Plan"})
    register: dict[str, dict[str, Any]] = {
        "figure": {"pk": MembershipFigure.objects.create(summit=summit, year=2021, national=77, local=76).pk},
        "member-government": {
            "pk": MemberGovernment.objects.create(summit=summit, country="KR", name={"en": "Korea"}).pk
        },
        "chair": {"pk": Chair.objects.create(summit=summit, order=1, country="KR", name={"en": "Korea"}).pk},
        "committee-member": {"pk": CommitteeMember.objects.create(summit=summit, term=3, order=1, name="김하나").pk},
        "plan": {"pk": plan.pk},
        "steps": {"above": plan.pk},
        "step": {"above": plan.pk, "pk": PlanStep.objects.create(plan=plan, order=1, title={"en": "Step"}).pk},
        "commitments": {"above": plan.pk},
        "commitment": {
            "above": plan.pk,
            "pk": Commitment.objects.create(plan=plan, number=1, title={"en": "Promise"}).pk,
        },
    }
    make_question(summit)
    filed = make_question(summit, kind="file", words={"en": "Letter"}, audience="reviewers")
    filed.answers.create(registration=registration, words="a.pdf").file.save("a.pdf", ContentFile(b"%PDF-1.7"))
    Photo.objects.create(registration=registration).file.save("matrix.jpg", ContentFile(b"\xff\xd8\xff"))
    zone = make_zone(summit)
    section = Section.objects.create(summit=summit, title={"en": "Travel"})
    return {
        **{f"summit:{name}{page}": keys for name, keys in register.items() for page in ("", "-new", "-order", "-deletion")},
        "sessions": {"code": session.code, "slug": track.slug, "guid": upload.guid, "pk": entry.pk},
        "speakers": {"code": speaker.code, "pk": contact.pk, "guid": upload.guid},
        "summit": {"code": room.code, "pk": member.pk, "slug": "about", "guid": upload.guid},
        "registration": {"code": session.code, "guid": registration.guid, "desk": desk.code, "pk": arrival.pk},
        **{f"registration:{page}": {"guid": registration.guid, "other": registration.guid} for page in ("merge", "tell-apart")},
        "registration:invitation": {"guid": invitation.guid},
        "registration:access-code": {"guid": code.guid},
        "registration:badge-job": {"guid": job.guid},
        "registration:badge-file": {"guid": job.guid},
        "registration:registration-answer": {"guid": registration.guid, "question": filed.pk},
        **{f"registration:section{page}": {"pk": section.pk} for page in ("", "-order", "-deletion")},
        **{f"registration:{page}": {"pk": make_question(summit).pk} for page in ("question", "question-order", "question-deletion")},
        **{f"registration:delegations-{page}": {"key": delegation.code, "column": "precedence"} for page in LIST_PAGES},
        **{f"registration:{page}": {"code": delegation.code, "pk": head.pk, "name": "protocol"} for page in DELEGATION_PAGES},
        **{f"registration:questions-{page}": {"key": Question.objects.first().pk, "column": "words"} for page in LIST_PAGES},
        "sessions:organiser-merge": {"code": speaker.code},
        "registration:speaker-protection": {"code": speaker.code},
        # A list of the workspace names its rows by their own key, and a column.
        **{f"sessions:organiser-sessions-{page}": {"key": session.code, "column": "title"} for page in LIST_PAGES},
        **{f"sessions:organiser-tracks-{page}": {"key": track.slug, "column": "name"} for page in LIST_PAGES},
        **{f"speakers:organiser-people-{page}": {"key": speaker.code, "column": "name_romanised"} for page in LIST_PAGES},
        **{f"speakers:organiser-organisations-{page}": {"key": host.code, "column": "name"} for page in LIST_PAGES},
        "sessions:organiser-room-streams": {"code": room.code},
        "sessions:organiser-session-material": {"pk": link.pk},
        **{f"summit:organiser-rooms-{page}": {"key": room.code, "column": "name"} for page in LIST_PAGES},
        **{f"registration:registrations-{page}": {"key": registration.guid, "column": "category"} for page in LIST_PAGES},
        **{f"summit:organiser-pages-{page}": {"key": "privacy", "column": "title"} for page in LIST_PAGES},
        **{f"summit:team-{page}": {"key": member.pk, "column": "role"} for page in LIST_PAGES},
        **{f"summit:venue{page}": {"code": room.venue.code} for page in ("", "-order", "-deletion")},
        **{f"registration:category{page}": {"code": registration.category.code} for page in ("", "-order", "-deletion")},
        **{f"registration:campaign{page}": {"guid": Campaign.objects.create(summit=summit).guid} for page in ("", "-sending", "-test", "-deletion")},
        **{f"registration:waitlist{page}": {"pk": quota.pk, "guid": registration.guid} for page in ("", "-pause", "-person", "-admission")},
        **{f"registration:quota{page}": {"pk": quota.pk} for page in ("", "-deletion")},
        **{f"registration:reason{page}": {"pk": reason.pk} for page in ("", "-order", "-deletion")},
        **{f"registration:zone{page}": {"pk": zone.pk} for page in ("", "-order", "-deletion")},
        **{f"registration:tag{page}": {"pk": tag.pk} for page in ("", "-deletion")},
        **{f"registration:desk-kept{page}": {"code": desk.code} for page in ("", "-order", "-deletion")},
        **{f"summit:organiser-page{page}": {"slug": "privacy"} for page in ("", "-deletion")},
        **{f"speakers:{name}": {"code": host.code} for name in HOST_PAGES},
    }  # fmt: skip


@pytest.fixture
def objects(summit) -> Objects:
    return one_of_each(summit)


def address(app: str, entry: URLPattern, objects: Objects) -> str:
    given = {"summit": "ogp2021", "form": "csv", **objects[app], **objects.get(f"{app}:{entry.name}", {})}
    converters = entry.pattern.converters
    values = {name: given[name] for name in converters if name in given}
    missing = set(converters) - set(values)
    assert not missing, f"{app}:{entry.name} names {missing}; say which object that is in the fixture `objects`."
    with translation.override("en"):
        return reverse(f"{app}:{entry.name}", kwargs={"summit": "ogp2021", **values})


def asked(send: Callable[..., Any], path: str) -> Any:
    """The answer, and nothing of what it did stays."""
    with transaction.atomic():
        answer = send(path)
        if answer.streaming:
            # Read to its end, as a browser does: the file behind it is closed.
            list(answer.streaming_content)
        transaction.set_rollback(True)
    return answer


def opens(answer: Any) -> bool:
    return answer.status_code != 404 and not (answer.status_code == 302 and "/account/login/" in answer["Location"])


HREF = re.compile(r'href="(/en/ogp2021/[^"#]*)')


class Visit:
    """Somebody asks for every private address: ``wrong`` is what answered otherwise than their rights say, ``links`` is
    which page leads to which address, and ``there`` what opened. ``drawn``: what is not theirs answers with a page;
    else in a line, which takes less."""

    def __init__(
        self,
        client: Client,
        rights: frozenset[Right],
        objects: Objects,
        *,
        drawn: bool = True,
        methods: tuple[str, ...] = ("get", "post"),
    ) -> None:
        self.wrong: list[str] = []
        self.links: dict[str, str] = {}
        self.there: set[str] = set()
        for app, entry in PRIVATE:
            path, expected = address(app, entry, objects), not rights.isdisjoint(entry.callback.rights)
            whole = Right.PROGRAMME in rights or (entry.name.endswith("-cell") and Right.TEXTS in rights)
            told = not (expected and (entry.name.endswith(OWN_FILES) or (entry.name.endswith(TO_ROWS) and not whole)))
            headers = {} if drawn or expected else {"HTTP_ACCEPT": "application/json"}
            for method in methods if told else ("get",):
                answer = asked(partial(getattr(client, method), HTTP_HX_REQUEST="", **headers), path)
                if method == "get":
                    self.read(entry, path, answer)
                # A page that knows only one method says so to everybody, before it asks who is there.
                if told and answer.status_code != 405 and opens(answer) is not expected:
                    self.wrong.append(f"{app}:{entry.name} {method} {answer.status_code}, expected to open: {expected}")
                if told and answer.status_code >= 500:
                    self.wrong.append(f"{app}:{entry.name} {method} {answer.status_code}")

    def read(self, entry: URLPattern, path: str, answer: Any) -> None:
        if opens(answer):
            self.there.add(path)
        if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
            for link in HREF.findall(answer.content.decode()):
                self.links.setdefault(unescape(link), entry.name)


def of_role(role: str, summit: Summit, track: Track) -> User:
    """Somebody of this role; where it is one of tracks, of this one."""
    email = f"{role}@matrix.example" if role != Role.OWNER else "second@matrix.example"
    user = make_user(email, summit=summit, role=role)
    if role == Role.TRACK_LEAD:
        track.leads.add(summit.memberships.get(user=user))
    return user


def dead_links(client: Client, visit: Visit) -> list[tuple[str, str]]:
    assert visit.links
    return [
        (page, link)
        for link, page in visit.links.items()
        if link not in visit.there and not opens(asked(client.get, link))
    ]


@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_what_its_rights_allow_and_nothing_else(summit, objects, as_user, role):
    """And no page leads them to one that is not there."""
    client = as_user(of_role(role, summit, Track.objects.get()))
    visit = Visit(client, RIGHTS[role], objects, drawn=role == Role.VIEWER)
    assert visit.wrong == []
    assert dead_links(client, visit) == []


def test_no_page_leads_a_lead_of_another_track_to_a_page_that_is_not_there(summit, objects, as_user):
    client = as_user(of_role(Role.TRACK_LEAD, summit, make_track(summit, "other")))
    visit = Visit(client, RIGHTS[Role.TRACK_LEAD], objects, drawn=False, methods=("get",))
    assert dead_links(client, visit) == []


def written(row: Any) -> dict[str, Any]:
    """What a browser would send of a row's whole form, everything changed."""
    versioned = {
        Track: tracks.VERSIONED,
        Page: pages.EDITABLE,
        Room: VERSIONED_OF_ROOMS,
        Question: questions.VERSIONED,
    }.get(type(row))
    form_versions = (
        {"form_versions": json.dumps(value_versions(row, versioned))} if versioned else {"version": row.version}
    )
    sent: Any = {
        Session: {"title_ko": "새 제목", "title_en": "New", "abstract_ko": "새 글", "abstract_en": "New", "kind": "plenary",
                  "mode": "online", "number": 9, "language": "en", "featured": "on", "notes": "new"},
        Page: {"title_ko": "새 쪽", "title_en": "New", "summary_ko": "새 글", "summary_en": "New", "body_ko": "새 글",
               "body_en": "New", "section": "ogp", "order": 9},
        Room: {"name_ko": "새 방", "name_en": "New", "description_ko": "새 글", "description_en": "New", "capacity": 9, "booths": 9,
               "order": 9, "venue": getattr(row, "venue_id", None), "spans-TOTAL_FORMS": 0, "spans-INITIAL_FORMS": 0},
        Question: {"words_ko": "새 질문", "words_en": "New", "hint_ko": "새 글", "hint_en": "New", "kind": "text",
                   "asked_of": "online", "required": "on", "order": 9, "choices-TOTAL_FORMS": 0, "choices-INITIAL_FORMS": 0},
        Track: {"name_ko": "새 트랙", "name_en": "New", "summary_ko": "새 글", "summary_en": "New", "colour": "#123456", "quota": 9},
        Organisation: {"name_ko": "새 기관", "name_en": "New", "description_ko": "새 글", "description_en": "New", "country": "EE",
                       "kind": "government", "website": "https://new.example/", "contact_name": "New"},
        Speaker: {"name": "새 이름", "name_romanised": "New", "biography_ko": "새 글", "biography_en": "New", "country": "EE",
                  "email": "new@people.example", "notes": "new", "spans-TOTAL_FORMS": 0, "spans-INITIAL_FORMS": 0},
    }  # fmt: skip
    return {**sent[type(row)], **form_versions}


def saved(client: Client, path: str, row: Any) -> tuple[int, set[str]]:
    """The answer to everything being changed, and what was: nothing of it stays."""
    names = {field.name for field in row._meta.concrete_fields} - {"version", "updated_at"}
    with transaction.atomic():
        status = client.post(path, written(row)).status_code
        now = type(row)._default_manager.get(pk=row.pk)
        transaction.set_rollback(True)
    return status, {name for name in names if getattr(now, name) != getattr(row, name)}


def key_of(row: Any) -> Any:
    """What stands for a row in the address of its page."""
    return next(getattr(row, name) for name in ("slug", "code", "pk") if getattr(row, name, ""))


# (page, model, the right to change everything, its texts)
TEXTS = [
    ("sessions", Session, Right.PROGRAMME, {"title", "abstract"}),
    ("tracks", Track, Right.TRACKS, {"name", "summary"}),
    ("organisations", Organisation, Right.PROGRAMME, {"name", "description"}),
    ("people", Speaker, Right.PROGRAMME, {"name_romanised", "biography"}),
    ("pages", Page, Right.PROGRAMME, {"title", "summary", "body"}),
    ("rooms", Room, Right.PROGRAMME, {"name", "description"}),
    ("questions", Question, Right.REGISTRATIONS, {"words", "hint"}),
]


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize(("page", "model", "whole", "texts"), TEXTS, ids=[page for page, *_rest in TEXTS])
def test_whoever_has_the_right_to_texts_writes_those_and_nothing_else(
    summit, objects, as_user, page, model, whole, texts, role
):
    row = model._default_manager.order_by("pk").first()
    client = as_user(make_user(f"{role}@texts.example", summit=summit, role=role))
    status, changed = saved(client, f"/en/ogp2021/organiser/{page}/{key_of(row)}/", row)
    rights = RIGHTS[role]
    if whole in rights:
        assert status == 302
        assert changed > texts
    elif Right.TEXTS in rights:
        assert (status, changed) == (302, texts)
    else:
        seen = Right.WORKSPACE in rights and whole != Right.REGISTRATIONS
        assert (status, changed) == (403 if seen else 404, set())


def test_a_track_lead_of_another_track_does_not_find_the_pages_that_change_a_session(summit, objects, as_user):
    lead = make_user("lead@matrix.example", summit=summit, role=Role.TRACK_LEAD)
    make_track(summit, "other").leads.add(summit.memberships.get(user=lead))
    client = as_user(lead)
    for name in ("organiser-placement", "organiser-session-people", "organiser-session-materials"):
        [entry] = [entry for _app, entry in PRIVATE if entry.name == name]
        assert client.get(address("sessions", entry, objects)).status_code == 404


@pytest.mark.parametrize("who", ["stranger", "attendee", "host", "speaker", "owner of another summit", "invited"])
def test_whoever_has_no_role_finds_nothing(summit, objects, as_user, who):
    if who == "attendee":
        user = make_registration(summit, email="attendee@matrix.example").user
    elif who == "owner of another summit":
        user = make_user("foreign@matrix.example", summit=make_summit("ogp2023"), role=Role.OWNER)
    else:
        user = make_user("somebody@matrix.example")
    if who == "host":
        OrganisationMember.objects.create(organisation=summit.organisations.get(), user=user)
    if who == "speaker":
        make_session(summit, "DIG001", people=[make_speaker(summit, "이도", user=user)], starts_at=at(16, 10))
    if who == "invited":
        summit.memberships.create(user=user, role=Role.OWNER, accepted_at=None)
    assert Visit(as_user(user), frozenset(), objects, drawn=who == "stranger").wrong == []


def test_a_guest_is_sent_to_sign_in_and_back(objects):
    wrong = []
    for app, entry in PRIVATE:
        path = address(app, entry, objects)
        answer = Client().get(path)
        if answer.status_code != 405 and answer.get("Location") != f"/en/account/login/?next={path}":
            wrong.append(f"{app}:{entry.name} {answer.status_code} {answer.get('Location')}")
    assert wrong == []


WORKSPACE = [entry for _app, entry in patterns(get_resolver()) if (entry.name or "").startswith("workspace-")]


@pytest.mark.parametrize("entry", WORKSPACE, ids=lambda entry: entry.name)
def test_the_api_asks_for_the_same_rights(summit, objects, as_user, entry):
    path, needed = reverse(f"api:{entry.name}", args=["ogp2021"]), entry.callback.cls.rights
    assert Client().get(path).status_code == 403
    assert as_user(make_user("stranger@matrix.example")).get(path).status_code == 404
    for role in Role.values:
        client = as_user(make_user(f"{role}@api.example", summit=summit, role=role))
        answer = client.get(path)
        assert answer.status_code == (404 if RIGHTS[role].isdisjoint(needed) else 200), role
        assert client.post(path).status_code in {403, 405}
        if answer.status_code == 200:
            assert answer["Cache-Control"] == "private, no-store"


def test_the_api_leaves_out_what_a_right_does_not_cover(summit, objects, as_user):
    summit.speakers.update(email="private@people.example", notes="difficult")
    read = {
        role: as_user(make_user(f"{role}@api.example", summit=summit, role=role)).get("/api/v1/workspace/summits/ogp2021/people/").json()["results"][0]
        for role in ("organiser", "moderator", "viewer")
    }  # fmt: skip
    assert (read["organiser"]["email"], read["organiser"]["notes"]) == ("private@people.example", "difficult")
    assert (read["moderator"].get("email"), read["moderator"]["notes"]) == (None, "difficult")
    assert {"email", "notes"} & set(read["viewer"]) == set()


def test_the_api_asks_for_a_second_factor_where_the_summit_does(summit, as_user):
    client = as_user(make_user(summit=summit, role="viewer"))
    path = "/api/v1/workspace/summits/ogp2021/sessions/"
    assert client.get(path).status_code == 200
    summit.two_factor_roles = ["viewer"]
    summit.save()
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_api_takes_as_many_queries_for_three_as_for_one(summit, as_user, number, django_assert_num_queries):
    for n in range(number):
        make_session(summit, f"CIV00{n}", people=[make_speaker(summit, f"사람{n}")])
        make_registration(summit)
    client = as_user(make_user("owner@api.example", summit=summit, role="owner"))
    for name, queries in {"sessions": 6, "people": 8, "registrations": 9, "history": 6}.items():
        with django_assert_num_queries(queries):
            assert client.get(f"/api/v1/workspace/summits/ogp2021/{name}/").status_code == 200


def doors_of_staff(objects: Objects) -> list[str]:
    """Every address of the workspace and its API, of operators, and of the admin."""
    workspace = [address(app, entry, objects) for app, entry in PRIVATE]
    api = [reverse(f"api:{entry.name}", args=["ogp2021"]) for entry in WORKSPACE]
    with translation.override("en"):
        given = {"summit": "ogp2021", "code": "ogp2021", "number": uuid4()}
        operating = [reverse(entry.name, kwargs={name: given[name] for name in entry.pattern.converters})
                     for _app, entry in patterns(get_resolver()) if hasattr(entry.callback, "operators")]  # fmt: skip
    tables = [reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")
              for model in site._registry for page in ("changelist", "add")]  # fmt: skip
    assert min(map(len, (workspace, api, operating, tables))) > 2
    return [*workspace, *api, *operating, reverse("admin:index"), *tables]


@contextmanager
def undrawn() -> Iterator[None]:
    """Templates answer nothing: whether a door opens is asked, and what is behind it is drawn for owners above."""
    with mock.patch.object(Template, "_render", return_value=""):
        yield


def shut(answer: Any, path: str) -> bool:
    """Whether nothing of the page was answered, but where the factor is shown."""
    if path.startswith("/api/"):
        return answer.status_code == 403
    if path.startswith("/admin/"):
        return answer.status_code == 302 and answer["Location"].startswith("/admin/login/")
    return answer.status_code == 302 and answer["Location"].startswith(f"{SHOW}?next=")


def test_no_door_opens_to_a_session_whose_person_has_shown_a_second_factor_elsewhere(
    summit, objects, as_user, settings
):
    settings.STAFF_TWO_FACTORS = True
    user = make_user("all@matrix.example", summit=summit, role=Role.OWNER, is_staff=True, is_superuser=True)
    by_password, elsewhere = as_user(user), as_user(user)
    show(elsewhere, enrol(user))
    wrong = []
    for path in doors_of_staff(objects):
        for method in ("get", "post"):
            answer = asked(getattr(by_password, method), path)
            # A page that knows only one method says so before it asks who is there.
            if answer.status_code != 405 and not (
                shut(answer, path) or (method == "post" and answer.status_code == 403)
            ):
                wrong.append((path, method, answer.status_code, answer.headers.get("Location")))
        with undrawn():
            opened = asked(elsewhere.get, path)
        if shut(opened, path) and not path.endswith("/add/"):
            wrong.append((path, "shown", 0))
    assert wrong == []
