"""Somebody at risk is nowhere: every address of the URLconf, every row of every table, every mail and every file is read.

Addresses are taken from the URLconf and tables from the apps, so that a page or a table that is new is read the moment it
exists; one that cannot be built from the objects below fails the test until its object is named.
"""

import html
import io
import json
import re
import zipfile
from urllib.parse import unquote

import pikepdf
import pytest
from django.apps import apps
from django.core import mail, serializers
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import translation

from registration.badges import printing
from registration.delegating import delegations, heads, itineraries
from registration.door import checkin
from registration.models import BadgeJob, DelegationPlaces, Look, Registration, SealKeeper
from registration.places import bookings
from registration.registering import (
    accompanying,
    calendar_links,
    decisions,
    delegated,
    duplicates,
    lifecycle,
    merging,
    reissuing,
    sealed_sessions,
    sealed_speakers,
    sealing,
    tagging,
    uploads,
)
from registration.registering import addresses as addresses_
from registration.registering.accompanying import Companion
from registration.views.workspace.sealing import SHOWN
from sessions.editing import session_edits
from sessions.models import Appearance, Session
from sessions.personal import bookmarking
from sessions.planning import publishing
from speakers.editing import inline_edits, portraits
from summit.models import Role
from tests.factories import (
    make_access_code,
    make_category,
    make_desk,
    make_invitation,
    make_page,
    make_question,
    make_registration,
    make_speaker,
    make_user,
)
from tests.registration.badges.reading import texts
from tests.speakers.editing.test_portraits import picture
from tests.test_matrix import APPS, one_of_each

NAME, LATIN, ADDRESS, BODY, TITLE, ANSWER = (
    "나영희", "Na Yeonghui", "yeonghui@hidden.example", "별빛인권센터", "비밀소장", "달빛마을"
)  # fmt: skip
HONORIFIC, FAMILY, TELEPHONE, SPOUSE, SECRETARY = (
    "별빛대사",
    "Na-Byeolbit",
    "+821098765432",
    "나철수",
    "desk.hidden@group.example",
)
# Of a protected session: one on its stage, one with a seat.
PANELLIST, PANELLIST_LATIN, GUEST, GUEST_LATIN = "한가람미", "Han Garammi", "오미르솔", "Oh Mireusol"
NEEDLES = re.compile(
    "|".join(map(re.escape, (NAME, "Yeonghui", "hidden.example", BODY, TITLE, ANSWER, HONORIFIC, FAMILY, "98765432", "9876-5432",
                             "9876 5432", SPOUSE, SECRETARY, PANELLIST, "Garammi", GUEST, "Mireusol"))),
    re.IGNORECASE,
)  # fmt: skip
# The account by which somebody signs in is theirs: whoever operates the installation sees it, and no team does.
ACCOUNTS = {"summit.user", "account.emailaddress"}
OF_ACCOUNTS = ("admin:summit_user_", "admin:account_emailaddress_", "admin:auth_user_")
OF_PEOPLE = ("registration", "account:", "me", "go")
# Addresses that end something for whoever asks them, or are no page at all.
NOT_ASKED = {
    "account_logout",
    "admin:logout",
    "media",
    "admin:view_on_site",
    "admin:app_list",
    "account_reset_password_from_key",
}


@pytest.fixture
def objects(summit, own_media):
    return one_of_each(summit)


@pytest.fixture
def hidden(summit, objects, organiser, work, django_capture_on_commit_callbacks):
    """Somebody with everything one can have, protected after all of it has happened."""
    question = make_question(summit, words={"en": "Which town?"}, kind="line", sensitive=True)
    letter = make_question(summit, words={"en": "A letter?"}, kind="file")
    content = f"%PDF-1.4 {NAME}".encode()
    upload = uploads.receive(letter, f"{LATIN}.pdf", io.BytesIO(content), len(content))
    phone = make_question(summit, words={"en": "Telephone?"}, kind="phone")
    guest = {"email": ADDRESS, "name": NAME, "prefill": {"organisation": BODY, "job_title": TITLE}}
    invitation = make_invitation(summit, **guest, category=make_category(summit, "guests", companions=3))
    make_invitation(summit, email=f"former.{ADDRESS}", name=LATIN)
    code = make_access_code(summit)
    made = make_registration(
        summit, name=NAME, name_romanised=LATIN, title=HONORIFIC, family_name=FAMILY, email=ADDRESS, organisation=BODY, job_title=TITLE,
        country="KR", language="en", access_needs=f"{LATIN} comes with an assistant", invitation=invitation, category=invitation.category,
        answers={question.pk: ANSWER, letter.pk: upload.given, phone.pk: TELEPHONE},
    )  # fmt: skip
    Registration.objects.filter(pk=made.pk).update(
        registered_by=f"{NAME} <{SECRETARY}>", for_programme=True, access_code=code
    )
    other = make_registration(summit, email="of.group@people.example")
    Registration.objects.filter(pk=other.pk).update(registered_by=f"{NAME} <{ADDRESS}>")
    made.refresh_from_db()
    objects["registration:invitation"] = {"guid": invitation.guid}
    objects["registration:access-code"] = {"guid": code.guid}
    accompanying.bring(made, Companion(name=SPOUSE))
    accompanying.bring(made, Companion(name=SPOUSE, name_romanised=f"Na {SPOUSE}", email=f"spouse.{ADDRESS}"))
    session = Session.objects.get(code="CIV001")
    Session.objects.filter(pk=session.pk).update(seats=5)
    session.refresh_from_db()
    publishing.publish(summit)
    bookings.book(made, session)
    bookmarking.add(made.user, session)
    bookmarking.share(made.user, summit)
    _comes_with_a_delegation(made, objects, organiser)
    decisions.note(made, f"{NAME} asked for a quiet room.", by=organiser)
    lifecycle.correct(made, {"organisation": f"{BODY} (2)", "job_title": TITLE}, by=organiser, as_organiser=True)
    calendar_links.share_calendar(made)
    reissuing.reissue(made, issue=1, by=made.user)
    checkin.check_in(made, desk=make_desk(summit, "side"), by=organiser, nonce="hidden-1")
    job = printing.start_job(summit, [made.pk], layout="A6", by=organiser)
    work()
    job.refresh_from_db()
    assert job.file
    lifecycle.resend(made)
    addresses_.change(made, f"former.{ADDRESS}")
    addresses_.change(made, ADDRESS)
    speaker = _stands_on_stage(made, session, organiser)
    _come_to(session, organiser)
    work()
    with django_capture_on_commit_callbacks(execute=True):
        sealing.seal(made)
        _protect_on_stage(speaker, session, objects)
    lifecycle.resend(made)
    bookings.release(bookings.Booking.objects.get(registration=made))
    work()
    made.refresh_from_db()
    return made


def _stands_on_stage(made, session, organiser):
    """Under the true name, with a picture, texts that say it, and everything that was written of it."""
    summit = made.summit
    speaker = make_speaker(
        summit, NAME, name_romanised=LATIN, code="HIDDEN1", formerly="HIDDEN0", email=ADDRESS, user=made.user, country="KR",
        biography={"ko": f"{NAME}은 {BODY}에서 일한다.", "en": f"{LATIN} lives in {ANSWER}."}, notes=f"Call {NAME}",
    )  # fmt: skip
    portraits.set_portrait(speaker, picture(), by=organiser)
    bill = {"affiliation": {"ko": BODY, "en": BODY}, "job_title": {"ko": TITLE, "en": TITLE}}
    Appearance.objects.create(session=session, speaker=speaker, **bill)
    texts = {"title": {"ko": f"{NAME}과 나누는 대화", "en": f"A talk with {LATIN}"}, "notes": f"{NAME} comes late"}
    session_edits.edit(session, texts, version=None, by=organiser)
    inline_edits.edit_speaker(speaker, {"biography": {"ko": f"{NAME}의 전기"}}, version=None, by=organiser)
    inline_edits.edit_speaker(speaker, {"name": f"{NAME}씨"}, version=None, by=organiser)
    inline_edits.edit_speaker(speaker, {"name": NAME}, version=None, by=organiser)
    session.materials.create(kind="slides", title={"en": f"Slides of {LATIN}"}, url="https://slides.example/1")
    make_page(summit, "press", title={"en": f"{LATIN} speaks"}, body={"en": f"Meet {LATIN}."})
    publishing.publish(summit)
    return speaker


def _come_to(session, organiser):
    """Whom nobody protects but the session: one on its stage, who is registered as well, and one who has a seat."""
    summit = session.summit
    speaker = make_speaker(summit, PANELLIST, name_romanised=PANELLIST_LATIN, email="panel@hidden.example")
    bill = {"affiliation": {"en": BODY}, "job_title": {"en": TITLE}}
    people = [
        {"speaker": each.speaker, "role": each.role, "affiliation": each.affiliation, "job_title": each.job_title}
        for each in session.appearances.select_related("speaker")
    ]
    rows = [*people, {"speaker": speaker, "role": "panellist", **bill}]
    session_edits.set_people(session, rows, version=None, by=organiser)
    make_registration(summit, name=PANELLIST, name_romanised=PANELLIST_LATIN, email="panel@hidden.example")
    guest = make_registration(
        summit, name=GUEST, name_romanised=GUEST_LATIN, email="guest@hidden.example", organisation=BODY
    )
    bookings.book(guest, session)
    decisions.note(guest, f"{GUEST} is vegetarian.", by=organiser)


def _protect_on_stage(speaker, session, objects):
    keeper = make_user("keeper@team.example", summit=speaker.summit, role=Role.OWNER)
    membership = keeper.memberships.get()
    SealKeeper.objects.create(summit=speaker.summit, membership=membership)
    speaker = sealed_speakers.protect(speaker, by=keeper)
    sealed_sessions.protect(session, True, by=keeper)
    membership.delete()
    objects["speakers"]["code"] = speaker.code
    for name, keys in objects.items():
        if name.startswith("speakers:organiser-people-") or name in {
            "sessions:organiser-merge",
            "registration:speaker-protection",
        }:
            keys["key" if "key" in keys else "code"] = speaker.code


def _comes_with_a_delegation(made, objects, organiser):
    """And heads it, was registered twice, and has tags."""
    summit = made.summit
    delegation = summit.delegations.get(code=objects["registration:delegation-kept"]["code"])
    objects["delegation_link"] = delegation.heads.get().token
    DelegationPlaces.objects.update_or_create(delegation=delegation, category=made.category, defaults={"places": 9})
    delegated.set_delegation(made, delegation, by=organiser)
    itineraries.put(made, {"arrives_in": f"Hotel, as {NAME}", "arrives_on": "KE 123"}, as_organiser=True)
    heads.invite(delegation, {"role": "deputy", "name": NAME, "email": ADDRESS, "language": "en"}, by=organiser)
    told = {"contact_name": LATIN, "contact_email": ADDRESS, "notes": f"Ask {NAME}."}
    delegations.edit(delegation, told, by=organiser)
    twin = make_registration(summit, name=NAME, email=f"other.{ADDRESS}", organisation=BODY)
    merging.merge(made, twin, by=organiser)
    other = make_registration(summit, name=NAME, email=f"third.{ADDRESS.partition('@')[0]}@elsewhere.example")
    duplicates.tell_apart(made, other, by=organiser)
    sealing.seal(other)
    tagging.add(summit, [made], ["Needs a lift"], by=organiser)


def addresses() -> list[tuple[str, tuple[str, ...]]]:
    """(name, what it names) of every address."""

    def walk(resolver, spaces=(), named=()):
        for entry in resolver.url_patterns:
            names = (*named, *entry.pattern.converters)
            if isinstance(entry, URLResolver):
                yield from walk(entry, (*spaces, *filter(None, [entry.namespace])), names)
            elif entry.name:
                yield ":".join((*spaces, entry.name)), names

    with translation.override("en"):
        return [each for each in walk(get_resolver()) if each[0] not in NOT_ASKED]


def path_of(name: str, named: tuple[str, ...], objects, hidden) -> list[str]:
    """The address of the hidden person where it is of a person, else of any object."""
    app = name.partition(":")[0]
    own = {
        "guid": hidden.guid,
        "token": hidden.token,
        "key": hidden.guid,
        "stream": 1,
        "column": "category",
        "question": hidden.answers.get(question__kind="file").question_id,
    }
    feeds = {"registration-feeds:own": hidden.calendar_token, "registration-feeds:shared": hidden.user.agendas.get().share_token,
             "registration:shared-agenda": hidden.user.agendas.get().share_token}  # fmt: skip
    given = {"summit": "ogp2021", "form": "csv", "number": 1, "slug": "civic-space", "code": "CIV001", "pk": 1, "id": 1, "language": "ko",
             "room": objects["summit"]["code"], "day": "2021-12-15", "token": hidden.token, "guid": hidden.guid}  # fmt: skip
    if app in APPS:
        given |= {**objects[app], **objects.get(name, {})}
    if app == "registration" and "job" not in name and not name.startswith("registration:badge-"):
        given |= {part: value for part, value in own.items() if part not in objects.get(name, {}) or part == "key"}
        given |= objects.get(name, {}) if "question" in name else {}
    if name in feeds:
        given["token"] = feeds[name]
    if name == "go":
        return [reverse(name, args=[hidden.reference])]
    if app.startswith("summit-") or name == "demonstration-building":
        given |= {"code": "ogp2021", "number": hidden.guid}
    given |= {"code": "ogp2021"} if name.startswith("summit-") else {}
    if name.startswith("admin:") and "object_id" in named:
        return admin_pages(name)
    if name.startswith("registration:delegation") and "-kept" not in name and "token" in named:
        given["token"] = objects["delegation_link"]
    if name in {"registration:merge", "registration:tell-apart"}:
        given["other"] = objects["registration"]["guid"]
    missing = set(named) - set(given)
    assert not missing, f"{name} names {missing}; say which object that is in `path_of`."
    return [reverse(name, kwargs={part: given[part] for part in named})]


def admin_pages(name: str) -> list[str]:
    """The pages of every row of a model."""
    app, _, model = name.removeprefix("admin:").rpartition("_")[0].rpartition("_")
    rows = next(each for each in apps.get_models() if (each._meta.app_label, each._meta.model_name) == (app, model))
    return [reverse(name, args=[pk]) for pk in rows._default_manager.values_list("pk", flat=True)]


def said(answer) -> str:
    """Everything an answer says, whatever it is written in."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers.get("Content-Type", "")
    heads = unquote(" ".join(f"{name}: {value}" for name, value in answer.headers.items()))
    return heads + "\n" + read(body, kind)


def read(body: bytes, kind: str = "") -> str:
    if body.startswith(b"%PDF") and body.rstrip().endswith(b"%%EOF"):
        with pikepdf.open(io.BytesIO(body)) as pdf:
            return "\n".join([*map(str, texts(body)), str(dict(pdf.docinfo.items()))]) if len(pdf.pages) else ""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as files:
            return "\n".join(read(files.read(name)) for name in files.namelist())
    text = body.decode("utf-8", "replace")
    if "json" in kind:
        return json.dumps(json.loads(text), ensure_ascii=False)
    return html.unescape(unquote(re.sub(r"\r\n[ \t]", "", text)))


def leaks(client: Client, objects, hidden, *, below: tuple[str, ...] = ("",)) -> list[str]:
    """Where the answers to one visitor tell who it is; ``below`` are the beginnings of the names of addresses to read."""
    found, read_ = [], 0
    for name, named in addresses():
        if name.startswith(OF_ACCOUNTS) or not name.startswith(below):
            continue
        with translation.override("en"):
            paths = path_of(name, named, objects, hidden)
        for path in paths:
            with transaction.atomic():
                answer = client.get(path, follow=False)
                words = said(answer)
                transaction.set_rollback(True)
            read_ += answer.status_code == 200
            found += [f"{name} {path}: {needle}" for needle in {*NEEDLES.findall(words)}]
    assert read_
    return found


def test_no_page_feed_file_or_answer_of_the_api_tells_anybody_who_it_is(summit, objects, hidden, as_user):
    """Not the owner who operates the installation and is in the circle, either, as long as nobody asks; nor whoever has
    the link, another participant, the desk, or a reviewer."""
    owner = make_user("all@team.example", summit=summit, role=Role.OWNER, is_superuser=True, is_staff=True)
    SealKeeper.objects.create(summit=summit, membership=summit.memberships.get(user=owner))
    team = [make_user(f"{role}@team.example", summit=summit, role=role) for role in (Role.DESK, Role.REVIEWER)]
    assert leaks(as_user(owner), objects, hidden) == []
    # What they are shown elsewhere is the same for everybody, or a part of what the owner sees.
    others = [Client(), *(as_user(user) for user in (make_registration(summit).user, *team))]
    assert [leak for client in others for leak in leaks(client, objects, hidden, below=OF_PEOPLE)] == []
    assert Look.objects.filter(what="truth").count() == 0


def test_nor_in_what_one_finds_by_the_name(summit, hidden, organiser, desk_staff, as_user):
    client, desk = as_user(organiser), as_user(desk_staff)
    for words in (NAME, LATIN, ADDRESS, BODY, "ㄴㅇㅎ"):
        for page in ("find/?q=", "registrations/?q=", "history/?q="):
            shown = said(client.get(f"/en/ogp2021/organiser/{page}{words}"))
            assert hidden.name not in shown and hidden.reference not in shown, (page, words)
        shown = said(desk.post("/en/ogp2021/desk/side/", {"shown": words}))
        assert hidden.name not in shown and hidden.reference not in shown, words


def test_not_even_the_alias_leaves_in_a_file_a_search_or_by_the_api(summit, hidden, organiser, as_user):
    client = as_user(organiser)
    assert hidden.name in said(client.get("/en/ogp2021/organiser/registrations/"))
    for path in (
        "/en/ogp2021/organiser/lists/registrations.csv",
        "/api/v1/workspace/summits/ogp2021/registrations/",
        f"/en/ogp2021/organiser/find/?q={hidden.name}",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert f">{hidden.name}" not in (shown := said(answer)) and hidden.reference not in shown, path


def test_no_row_of_any_table_tells_it_but_the_account(hidden):
    told = []
    for model in apps.get_models():
        label = model._meta.label_lower
        if label in ACCOUNTS or not model._meta.managed:
            continue
        rows = json.dumps(json.loads(serializers.serialize("json", model._default_manager.all())), ensure_ascii=False)
        told += [f"{label}: {needle}" for needle in {*NEEDLES.findall(rows)}]
    assert told == []


def test_whoever_is_in_a_protected_session_is_sealed_as_well(hidden):
    session = Session.objects.get(code="CIV001")
    assert session.at_risk and session.appearances.count() >= 2 and session.bookings.standing().count() >= 1
    assert not session.appearances.filter(speaker__at_risk=False).exists()
    assert not session.bookings.standing().filter(registration__at_risk=False).exists()


def test_no_mail_and_no_private_file_tells_it(hidden, own_media):
    sent = [message for message in mail.outbox if message.to == [ADDRESS]]
    after = [message for message in sent if hidden.name in message.body]
    assert len(after) >= 2, "the mails after it was sealed have arrived"
    for message in after:
        assert not NEEDLES.search(message.message().as_string().replace(ADDRESS, "")), message.subject
    assert not [file.name for file in BadgeJob.objects.values_list("file", flat=True) if file and hidden.pk in
                BadgeJob.objects.get(file=file).registrations]  # fmt: skip
    for path in own_media.rglob("*.*"):
        assert not NEEDLES.search(read(path.read_bytes())), path


def test_the_circle_reads_it_on_one_page_once_it_was_asked_for(summit, hidden, organiser, as_user):
    client = as_user(organiser)
    page = f"/en/ogp2021/organiser/registrations/{hidden.guid}/truth/"
    refused = client.post(page, {"reason": "Asked by the embassy"})
    assert refused.status_code == 403 and not NEEDLES.search(said(refused)) and not Look.objects.filter(what="truth")
    SealKeeper.objects.create(summit=summit, membership=summit.memberships.get(user=organiser))
    assert client.post(page, {"reason": ""}).status_code == 422
    shown = client.post(page, {"reason": "Asked by the embassy"})
    assert shown.status_code == 200 and "no-store" in shown["Cache-Control"]
    assert all(word in said(shown) for word in (NAME, LATIN, ADDRESS, BODY, TITLE))
    assert Look.objects.filter(what="truth", registration=hidden).count() == 1
    assert "name" in SHOWN and not NEEDLES.search(said(client.get(page)))


def test_the_walk_finds_a_leak(summit, objects, hidden, organiser, as_user):
    Registration.objects.filter(pk=hidden.pk).update(organisation=BODY)
    assert any(
        "registration:registration " in leak
        for leak in leaks(as_user(organiser), objects, hidden, below=("registration:registration",))
    )
