"""The pages of every list: who may, editing a cell, acting on many, undoing it, and the files."""

import csv
import io
import re

import pytest
from django.test import Client
from openpyxl import load_workbook

from sessions.models import Placement, Session
from speakers.models import Organisation, Speaker
from summit.models import HistoryEntry, Room, Summit
from tests.factories import make_organisation, make_room, make_session, make_speaker, make_summit, make_track, make_user

LISTS = "/en/ogp2021/organiser/lists/"
HTMX = {"HX-Request": "true"}
PAGES = ("sessions", "people", "organisations", "rooms", "tracks")


@pytest.fixture
def client(organiser, as_user):
    return as_user(organiser)


@pytest.fixture
def member(summit, as_user):
    """``member("viewer")`` is the client of somebody with that role."""
    clients = {}

    def client(role):
        if role not in clients:
            clients[role] = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
        return clients[role]

    return client


@pytest.fixture
def filled(summit):
    track = make_track(summit)
    session = make_session(summit, track=track, room=make_room(summit, capacity=80), hosts=[make_organisation(summit)],
                           people=[make_speaker(summit, code="p1", name_romanised="Bak Sujeong")])  # fmt: skip
    session.materials.create(kind="link", url="https://ogp.example/")
    return session


def test_the_columns_of_the_form_are_kept_and_leave_the_address(client, filled, organiser):
    page = client.get("/en/ogp2021/organiser/rooms/?show=capacity&q=hall").content.decode()
    # Whoever looks through somebody's link, and searches on, keeps the own columns.
    assert page.count('<input type="hidden" name="show" value="capacity">') == 1 and "aria-invalid" not in page
    organiser.refresh_from_db()
    assert organiser.columns == {}
    answer = client.post("/en/ogp2021/organiser/rooms/?sort=-capacity&q=hall", {"show": ["code", "evil"]})
    assert (answer.status_code, answer["Location"]) == (302, "/en/ogp2021/organiser/rooms/?q=hall&sort=-capacity")
    organiser.refresh_from_db()
    assert organiser.columns == {"rooms": ["name", "code"]}
    page = client.get("/en/ogp2021/organiser/rooms/").content.decode()
    assert re.findall(r'<input[^>]*value="([a-z]+)"[^>]*checked', page) == ["code"]
    head = client.get("/en/ogp2021/organiser/lists/rooms.csv").content.decode("utf-8-sig").splitlines()[0]
    assert head.split(",") == ["Room", "Code"]


def number(n):
    """That many of everything, all in use."""
    summit = Summit.objects.get()
    for each in range(n):
        session = make_session(summit, f"SES00{each}", track=make_track(summit, f"track-{each}"),
                               room=make_room(summit, f"room-{each}"), hosts=[make_organisation(summit, f"org-{each}")],
                               people=[make_speaker(summit, f"사람 {each}")])  # fmt: skip
        Placement.objects.create(session=session, room=session.room)


def read(client, address):
    return client.get(address).content.decode()


def token_in(response):
    return re.search(r'name="token" value="([^"]*)"', response.content.decode())[1]


def rows_of(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


# pages


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_list_opens_in_both_languages_filled_and_empty(summit, client, language, page):
    for fill in (False, True):
        if fill:
            number(1)
        response = client.get(f"/{language}/ogp2021/organiser/{page}/?sort=-sessions")
        content = response.content.decode()
        assert response.status_code == 200
        assert f'<html lang="{language}">' in content
        assert ('<th scope="row"' in content) == fill
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("path", ["organiser/{}/", "organiser/lists/{}.csv", "organiser/lists/{}.xlsx"])
def test_lists_and_files_are_for_the_workspace(filled, member, page, path):
    address = f"/en/ogp2021/{path.format(page)}"
    assert Client().get(address).status_code == 302
    for role, status in {"owner": 200, "track_lead": 200, "translator": 200, "moderator": 200, "viewer": 200,
                         "desk": 404, "desk_lead": 404, "registrations": 404}.items():  # fmt: skip
        assert member(role).get(address).status_code == status
    # The columns of a list are sent to its page; files are only read.
    assert member("owner").post(address).status_code == (302 if path.endswith("/") else 405)
    assert member("owner").put(address).status_code == 405
    foreign = make_user("other@team.example", summit=make_summit("ogp2023"), role="owner")
    other = Client()
    other.force_login(foreign, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert other.get(address).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_list_asks_the_same_questions_for_more_rows(summit, client, page, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    number(1)
    client.get(f"/en/ogp2021/organiser/{page}/")
    with CaptureQueriesContext(connection) as one:
        client.get(f"/en/ogp2021/organiser/{page}/")
    for each in (*Session.objects.all(), *Speaker.objects.all()):
        each.appearances.all().delete()
    for model in (Placement, Session, Organisation, Speaker, Room):
        model.objects.all().delete()
    summit.tracks.all().delete()
    number(3)
    with django_assert_num_queries(len(one)):
        client.get(f"/en/ogp2021/organiser/{page}/")


def test_private_columns_are_for_those_who_may_see_them(summit, member):
    make_speaker(summit, email="secret@people.example")
    make_organisation(summit, contact_name="Secret Contact", contact_email="contact@secret.example")
    for page, secrets in {
        "people": ["secret@people.example"],
        "organisations": ["Secret Contact", "contact@secret"],
    }.items():
        for role in ("track_lead", "translator", "moderator", "viewer"):
            columns = "show=email&show=contact_name&show=contact_email&show=country"
            for path in (f"organiser/{page}/", f"organiser/lists/{page}.csv"):
                content = read(member(role), f"/en/ogp2021/{path}?{columns}")
                assert not any(secret in content for secret in secrets)
        content = read(member("owner"), f"/en/ogp2021/organiser/{page}/?{columns}")
        assert all(secret in content for secret in secrets)


def test_what_people_wrote_is_escaped(summit, client):
    make_session(summit, title={"en": "<script>alert(1)</script>", "ko": ""})
    content = client.get("/en/ogp2021/organiser/sessions/").content.decode()
    assert "<script>alert" not in content and "&lt;script&gt;alert(1)" in content


def test_long_lists_have_pages_that_keep_what_was_asked(summit, client):
    for n in range(51):
        make_speaker(summit, f"연사 {n:02}")
    first = client.get("/en/ogp2021/organiser/people/?q=%EC%97%B0%EC%82%AC&sort=-name").content.decode()
    assert "51 people" in first and "Page 1 of 2" in first and "연사 50" in first and "연사 00" not in first
    assert "?q=%EC%97%B0%EC%82%AC&amp;sort=-name&amp;page=2" in first
    second = client.get("/en/ogp2021/organiser/people/?q=%EC%97%B0%EC%82%AC&sort=-name&page=2").content.decode()
    assert "연사 00" in second and "연사 50" not in second


def test_nothing_found_says_so(filled, client):
    assert "Nothing found" in client.get("/en/ogp2021/organiser/sessions/?q=unfindable").content.decode()


# one cell


@pytest.mark.parametrize(
    ("path", "typed", "column", "value"),
    [
        ("sessions/CIV001/title/", {"value_ko": "새 제목", "value_en": "New title"}, "title", {"ko": "새 제목", "en": "New title"}),
        ("sessions/CIV001/mode/", {"value": "online"}, "mode", "online"),
        ("sessions/CIV001/track/", {"value": ""}, "track", None),
        ("sessions/CIV001/featured/", {"value": "on"}, "featured", True),
        ("people/p1/name_romanised/", {"value": " Park\r\nSu\u200bjeong "}, "name_romanised", "Park Sujeong"),
        ("people/p1/country/", {"value": "KE"}, "country", "KE"),
        ("organisations/moi/kind/", {"value": "government"}, "kind", "government"),
        ("rooms/grand-101/capacity/", {"value": "120"}, "capacity", 120),
        ("rooms/grand-101/name/", {"value_ko": "큰 방", "value_en": "Big room"}, "name", {"ko": "큰 방", "en": "Big room"}),
        ("tracks/civic-space/name/", {"value_ko": "시민", "value_en": "Civic"}, "name", {"ko": "시민", "en": "Civic"}),
    ],
)  # fmt: skip
def test_a_cell_is_edited_with_and_without_htmx(filled, client, organiser, path, typed, column, value):
    model = {"sessions": Session, "people": Speaker, "organisations": Organisation, "rooms": Room}.get(
        path.split("/")[0]
    )

    def stored():
        return getattr((model or type(filled.track)).objects.get(), column)

    page = client.get(LISTS + path)
    assert page.status_code == 200 and "<h1>" in page.content.decode()
    part = client.get(LISTS + path, headers=HTMX)
    assert part["X-Cell"] == "1" and "<h1>" not in part.content.decode() and "<form" in part.content.decode()
    before, revision = stored(), Summit.objects.get().agenda_revision
    unchanged = client.get(LISTS + path + "?shown=1", headers=HTMX).content.decode()
    assert "<form" not in unchanged and "cell-edit" in unchanged
    saved = client.post(LISTS + path, {**typed, "token": token_in(part)}, headers=HTMX)
    assert saved.status_code == 200 and "cell-edit" in saved.content.decode()
    assert stored() == value != before
    entry = HistoryEntry.objects.get()
    assert (entry.by, set(entry.changes)) == (organiser, {column})
    assert Summit.objects.get().agenda_revision == revision + 1
    again = client.get(LISTS + path)
    response = client.post(LISTS + path + "?back=q%3Dx", {**typed, "token": token_in(again)})
    assert response.status_code == 302 and response["Location"].endswith("/?q=x")
    assert HistoryEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("sessions/CIV001/title/", {"value_ko": "내 말", "value_en": "My words"}),
        ("people/p1/name/", {"value": "My words"}),
        ("organisations/moi/name/", {"value_ko": "", "value_en": "My words"}),
        ("rooms/grand-101/name/", {"value_ko": "", "value_en": "My words"}),
        ("tracks/civic-space/name/", {"value_ko": "", "value_en": "My words"}),
    ],
)
def test_a_stale_edit_overwrites_nothing_and_loses_nothing(filled, client, path, typed):
    token = token_in(client.get(LISTS + path))
    other = dict.fromkeys(typed, "Theirs")
    assert client.post(LISTS + path, {**other, "token": token}).status_code == 302
    for headers in ({}, HTMX):
        stale = client.post(LISTS + path, {**typed, "token": token}, headers=headers)
        content = stale.content.decode()
        assert stale.status_code == 409
        assert "It is now:" in content and "Theirs" in content and 'value="My words"' in content
        assert "Organiser" in content
    assert HistoryEntry.objects.count() == 1
    # Having seen it, one may save.
    assert client.post(LISTS + path, {**typed, "token": token_in(stale)}).status_code == 302
    assert "My words" in client.get(f"/en/ogp2021/organiser/{path.split('/')[0]}/").content.decode()


@pytest.mark.parametrize("token", ["", "x", "-1", "²", "99999999999", "0"])
def test_a_token_that_is_nonsense_never_fits(filled, client, token):
    for path, value in {
        "sessions/CIV001/number/": "7",
        "people/p1/name/": "X",
        "rooms/grand-101/capacity/": "7",
    }.items():
        assert client.post(LISTS + path, {"value": value, "token": token}).status_code == 409
    assert not HistoryEntry.objects.exists()


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("sessions/CIV001/title/", {"value_ko": "", "value_en": " \u200b"}, "at least one language"),
        ("sessions/CIV001/title/", {"value_ko": "x" * 301, "value_en": ""}, "300"),
        ("sessions/CIV001/kind/", {"value": "party"}, "not one of the available choices"),
        ("sessions/CIV001/track/", {"value": "THEIRS"}, "not one of the available choices"),
        ("sessions/CIV001/number/", {"value": "-1"}, "greater than or equal to 0"),
        ("sessions/CIV001/number/", {"value": "9" * 30}, "less than or equal"),
        ("people/p1/name/", {"value": "\u200b\r\n"}, "required"),
        ("people/p1/name/", {"value": "x" * 201}, "200"),
        ("people/p1/email/", {"value": "no address\r\nBcc: x@y.example"}, "valid email"),
        ("people/p1/country/", {"value": "XX"}, "not one of the available choices"),
        ("rooms/grand-101/capacity/", {"value": "100001"}, "100000"),
        ("rooms/grand-101/stream_url/", {"value": "javascript:alert(1)"}, "valid URL"),
        ("organisations/moi/website/", {"value": "ftp://x.example"}, ""),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(filled, client, path, typed, said):
    theirs = make_track(make_summit("ogp2023"), "theirs")
    typed = {name: str(theirs.pk) if value == "THEIRS" else value for name, value in typed.items()}
    for headers in ({}, HTMX):
        token = token_in(client.get(LISTS + path))
        response = client.post(LISTS + path, {**typed, "token": token}, headers=headers)
        assert response.status_code == 422
        assert said in response.content.decode()
    assert not HistoryEntry.objects.exists()


def test_a_cell_is_for_those_who_may_change_its_row(filled, member):
    mine, other = filled.track, make_track(filled.summit, "digital")
    make_session(filled.summit, "DIG001", track=other)
    clients = {role: member(role) for role in ("owner", "track_lead", "translator", "moderator", "viewer")}
    mine.leads.add(filled.summit.memberships.get(role="track_lead"))
    allowed = {
        "sessions/CIV001/title/": {"owner", "track_lead", "translator"},
        "sessions/CIV001/kind/": {"owner", "track_lead"},
        "sessions/DIG001/kind/": {"owner"},
        "sessions/DIG001/title/": {"owner", "translator"},
        "people/p1/name/": {"owner"},
        "people/p1/name_romanised/": {"owner", "translator"},
        "people/p1/country/": {"owner"},
        "people/p1/notes/": {"owner"},
        "organisations/moi/name/": {"owner", "translator"},
        "organisations/moi/kind/": {"owner"},
        "rooms/grand-101/capacity/": {"owner"},
        "rooms/grand-101/name/": {"owner", "translator"},
        "tracks/civic-space/name/": {"owner", "translator"},
        "tracks/civic-space/theme/": {"owner", "translator"},
    }
    for path, roles in allowed.items():
        for role, client in clients.items():
            expected = 200 if role in roles else 404
            assert client.get(LISTS + path).status_code == expected, (path, role)
            if role not in roles:
                assert client.post(LISTS + path, {"value": "x"}).status_code == 404
    assert Client().get(LISTS + "sessions/CIV001/title/").status_code == 302
    content = clients["track_lead"].get("/en/ogp2021/organiser/sessions/?show=kind").content.decode()
    assert "/lists/sessions/CIV001/kind/" in content and "/lists/sessions/DIG001/kind/" not in content
    assert 'value="CIV001"' in content and 'value="DIG001"' not in content


def test_there_is_no_cell_of_other_summits_unknown_rows_or_columns_that_cannot_be_edited(filled, client):
    make_speaker(make_summit("ogp2023"), code="theirs")
    for path in (
        "people/theirs/name/",
        "people/nobody/name/",
        "people/p1/sessions/",
        "people/p1/code/",
        "people/p1/xx/",
    ):
        assert client.get(LISTS + path).status_code == 404
        assert client.post(LISTS + path, {"value": "x"}).status_code == 404


# many rows


def act(client, page, action, chosen=(), follow=True, query="", **data):
    return client.post(f"{LISTS}{page}/act/{query}", {"action": action, "chosen": chosen, **data}, follow=follow)


def test_an_action_asks_first_naming_the_number_then_does_it_and_is_undone(summit, client, organiser):
    track = make_track(summit)
    for n in range(12):
        make_session(summit, f"SES{n:03}")
    asked = act(client, "sessions", "track", scope="listed")
    content = asked.content.decode()
    assert asked.status_code == 200
    assert (
        "Set the track of 12 sessions" in content
        and content.count("<li>Open government") == 10
        and "and 2 more" in content
    )
    assert not HistoryEntry.objects.exists()
    done = act(client, "sessions", "track", scope="listed", confirmed="1", number="12", value=track.pk)
    assert "12 were changed." in done.content.decode()
    assert summit.sessions.filter(track=track).count() == 12
    assert HistoryEntry.objects.filter(action="session.edit", by=organiser).count() == 12
    # One of them has gone on meanwhile.
    other = make_track(summit, "digital")
    summit.sessions.filter(code="SES003").update(track=other)
    undone = client.post(f"{LISTS}sessions/undo/", follow=True).content.decode()
    assert "11 are as they were before." in undone and "1 stays: changed since" in undone
    assert summit.sessions.filter(track=None).count() == 11
    assert "There is nothing to undo." in client.post(f"{LISTS}sessions/undo/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("page", "key", "action", "value", "read", "after"),
    [
        ("sessions", "CIV001", "kind", "workshop", lambda: Session.objects.get().kind, "workshop"),
        ("sessions", "CIV001", "mode", "online", lambda: Session.objects.get().mode, "online"),
        ("sessions", "CIV001", "track", "-", lambda: Session.objects.get().track, None),
        ("sessions", "CIV001", "feature", "", lambda: Session.objects.get().featured, True),
        ("sessions", "CIV001", "cancel", "", lambda: getattr(Placement.objects.first(), "cancelled", False), True),
        ("people", "p1", "confirm", "", lambda: Session.objects.get().appearances.get().state, "confirmed"),
        ("rooms", "grand-101", "capacity", "30", lambda: Room.objects.get().capacity, 30),
    ],
)
def test_every_change_of_many_can_be_taken_back(filled, client, page, key, action, value, read, after):
    filled.appearances.update(state="invited")
    before = read()
    act(client, page, action, [key], confirmed="1", number="1", value=value)
    assert read() == after != before
    offer = client.get(f"/en/ogp2021/organiser/{page}/").content.decode()
    assert "1 was changed." in offer and f"/lists/{page}/undo/" in offer
    client.post(f"{LISTS}{page}/undo/")
    assert read() == before
    assert f"/lists/{page}/undo/" not in client.get(f"/en/ogp2021/organiser/{page}/").content.decode()


def test_what_can_be_taken_back_is_not_said_to_last(filled, client):
    assert "This cannot be undone." not in act(client, "sessions", "cancel", ["CIV001"]).content.decode()


def test_drafts_are_kept_back_and_let_go_and_what_is_public_stays(filled, client):
    make_session(filled.summit, "DRAFT1", published_at=None)
    asked = act(client, "sessions", "hold", ["CIV001", "DRAFT1"]).content.decode()
    assert "Keep 1 session back" in asked and "It is public already." in asked
    act(client, "sessions", "hold", ["CIV001", "DRAFT1"], confirmed="1", number="2")
    assert list(Session.objects.filter(held_back=True).values_list("code", flat=True)) == ["DRAFT1"]
    page = client.get("/en/ogp2021/organiser/sessions/?state=held").content.decode()
    assert "DRAFT1" in page and "CIV001" not in page
    act(client, "sessions", "release", ["DRAFT1"], confirmed="1", number="1")
    assert not Session.objects.filter(held_back=True).exists()


def test_drafts_are_deleted_and_what_is_public_stays(filled, client):
    make_session(filled.summit, "DRAFT1", published_at=None)
    asked = act(client, "sessions", "delete", ["CIV001", "DRAFT1"]).content.decode()
    assert "Delete 1 session" in asked and "1 stays as it is" in asked and "This cannot be undone." in asked
    done = act(client, "sessions", "delete", ["CIV001", "DRAFT1"], confirmed="1", number="2").content.decode()
    assert "1 was deleted. 1 stays as it is." in done
    assert [session.code for session in Session.objects.all()] == ["CIV001"]


@pytest.mark.parametrize(
    ("page", "used", "unused", "model", "reason"),
    [
        ("people", "p1", "p2", Speaker, "in 1 session"),
        ("organisations", "moi", "who", Organisation, "in 1 session"),
        ("rooms", "grand-101", "small", Room, "Open government session CIV001"),
    ],
)
def test_only_what_no_session_needs_is_deleted(filled, client, page, used, unused, model, reason):
    make_speaker(filled.summit, "안 쓰임", code="p2")
    make_organisation(filled.summit, "who")
    make_room(filled.summit, "small", capacity=5)
    refused = act(client, page, "delete", [used], confirmed="1", number="1")
    assert refused.status_code == 409 and reason in refused.content.decode()
    assert model.objects.count() == 2
    asked = act(client, page, "delete", [used, unused]).content.decode()
    assert reason in asked and "1 stays as it is" in asked
    act(client, page, "delete", [used, unused], confirmed="1", number="2")
    assert [getattr(row, "code") for row in model.objects.all()] == [used]  # noqa: B009
    assert HistoryEntry.objects.get().action.endswith(".delete")


def test_what_was_chosen_wrongly_changes_nothing(filled, client):
    theirs = make_session(make_summit("ogp2023"), "OTH001")
    for chosen, action, said in (
        (["OTH001"], "feature", "Choose at least one row first."),
        ([], "feature", "Choose at least one row first."),
        (["'; DROP", "x" * 5000], "feature", "Choose at least one row first."),
        (["CIV001"], "", "Choose first what to do."),
        (["CIV001"], "explode", "Choose first what to do."),
    ):
        response = act(client, "sessions", action, chosen, confirmed="1", number="1")
        assert said in response.content.decode()
    assert act(client, "sessions", "kind", ["CIV001"], confirmed="1", number="1", value="party").status_code == 422
    # The number is what was asked about: a list that has grown is shown again.
    moved = act(client, "sessions", "feature", scope="listed", confirmed="1", number="9")
    assert moved.status_code == 409 and "The list has changed meanwhile." in moved.content.decode()
    assert not HistoryEntry.objects.exists()
    theirs.refresh_from_db()
    assert not theirs.featured


def test_acting_is_for_those_who_may_change_rows(filled, member):
    make_session(filled.summit, "DIG001")
    lead = member("track_lead")
    assert act(lead, "sessions", "feature", ["CIV001"], confirmed="1", number="1").status_code == 404
    filled.track.leads.add(filled.summit.memberships.get(role="track_lead"))
    act(lead, "sessions", "feature", ["CIV001", "DIG001"], confirmed="1", number="1")
    act(lead, "sessions", "feature", scope="listed", confirmed="1", number="1")
    assert [session.code for session in Session.objects.filter(featured=True)] == ["CIV001"]
    for role in ("translator", "moderator", "viewer"):
        client = member(role)
        for page in ("sessions", "people", "organisations", "rooms"):
            assert act(client, page, "delete", ["CIV001"]).status_code == 404
            assert client.post(f"{LISTS}{page}/undo/").status_code == 404
        assert 'id="act"' not in client.get("/en/ogp2021/organiser/sessions/").content.decode()
    assert Client().post(f"{LISTS}sessions/act/").status_code == 302


def test_an_undo_is_its_doers_alone_and_ends_after_ten_minutes(filled, client, member, time_machine):
    time_machine.move_to("2021-11-01T10:00:00+00:00", tick=False)
    act(client, "sessions", "feature", ["CIV001"], confirmed="1", number="1")
    assert "There is nothing to undo." in member("owner").post(f"{LISTS}sessions/undo/", follow=True).content.decode()
    time_machine.move_to("2021-11-01T10:10:01+00:00", tick=False)
    assert "There is nothing to undo." in client.post(f"{LISTS}sessions/undo/", follow=True).content.decode()
    assert Session.objects.get().featured


def test_a_filter_narrows_what_all_listed_means(filled, client):
    make_session(filled.summit, "DIG001")
    act(client, "sessions", "feature", query="?track=civic-space", scope="listed", confirmed="1", number="1")
    assert [session.code for session in Session.objects.filter(featured=True)] == ["CIV001"]


# files


def test_the_file_is_what_is_shown(filled, client):
    for n, title in enumerate(["=HYPERLINK()", "Beta", "Alpha"]):
        make_session(filled.summit, f"SES00{n}", title={"en": title, "ko": f"제목 {n}"}, kind="workshop")
    query = "?kind=workshop&show=code&show=kind&show=public&sort=-title"
    response = client.get(f"{LISTS}sessions.csv{query}")
    assert response["Content-Type"].startswith("text/csv")
    assert response["Content-Disposition"] == 'attachment; filename="ogp2021-sessions.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert rows_of(response) == [
        ["Session", "Code", "Kind", "Public time"],
        ["Beta", "SES001", "Workshop", "2021-12-15 10:00"],
        ["Alpha", "SES002", "Workshop", "2021-12-15 10:00"],
        ["'=HYPERLINK()", "SES000", "Workshop", "2021-12-15 10:00"],
    ]
    sheet = load_workbook(io.BytesIO(client.get(f"{LISTS}sessions.xlsx{query}").content)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()][1:3] == [
        ["Beta", "SES001", "Workshop", "2021-12-15 10:00"],
        ["Alpha", "SES002", "Workshop", "2021-12-15 10:00"],
    ]
    assert client.get(f"{LISTS}sessions.pdf").status_code == 404
    korean = rows_of(client.get(f"/ko/ogp2021/organiser/lists/sessions.csv{query}"))
    assert [row[0] for row in korean[1:]] == ["제목 2", "제목 1", "제목 0"]


@pytest.mark.parametrize("page", PAGES)
def test_every_list_can_be_taken_along_with_all_its_columns(filled, client, page):
    columns = re.findall(r'name="show" value="([\w-]+)"', client.get(f"/en/ogp2021/organiser/{page}/").content.decode())
    assert len(columns) > 4
    query = "&".join(f"show={column}" for column in columns)
    head, row = rows_of(client.get(f"{LISTS}{page}.csv?{query}"))
    assert len(head) == len(row) > 4
