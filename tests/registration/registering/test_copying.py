"""A new summit from an earlier one."""

from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils.translation import override

from registration.models import Answer, Category, Choice, Delegation, Desk, Question, Quota, Registration
from registration.registering import lifecycle
from registration.registering.copying import BadCode, BadDay, CodeTaken, Sessions, copy_summit
from sessions.models import Appearance, Deadline, Session, Track
from speakers.models import Organisation, Speaker
from summit.editing import pages, pictures
from summit.lib.translated import Text
from summit.models import HistoryEntry, Membership, Page, Room, RoomHours, Summit
from summit.models.civic import (
    ActionPlan,
    Chair,
    Commitment,
    CommitteeMember,
    MemberGovernment,
    MembershipFigure,
    PlanStep,
)
from tests.factories import (
    at,
    make_category,
    make_delegation,
    make_desk,
    make_head,
    make_organisation,
    make_places,
    make_question,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_user,
)

NAME = Text({"ko": "2023 서밋", "en": "Summit 2023"})
LATER = timedelta(days=630)
DAY = date(2021, 12, 15) + LATER


@pytest.fixture
def source(summit):
    """A summit with one of everything."""
    room = make_room(summit, "hall", capacity=300, access=["step_free"])
    RoomHours.objects.create(room=room, starts_at=at(15, 8), ends_at=at(15, 19))
    track = make_track(summit, target_women=40)
    make_registration(summit, category=make_category(summit))
    make_question(summit, kind="one", choices=("Seoul", "Busan"), required=True)
    make_places(summit, 500, "online")
    make_desk(summit)
    Deadline.objects.create(summit=summit, task="abstract", due_at=at(1, 18), reminded_at=at(1, 9))
    MembershipFigure.objects.create(summit=summit, year=2011, national=8, local=0)
    MemberGovernment.objects.create(summit=summit, country="KR", name={"en": "Korea"})
    Chair.objects.create(summit=summit, order=1, country="US", name={"en": "United States"})
    CommitteeMember.objects.create(summit=summit, term=1, order=1, name="김하나")
    plan = ActionPlan.objects.create(summit=summit, number=5, name={"en": "Fifth plan"})
    PlanStep.objects.create(plan=plan, order=1, period={"en": "May"}, title={"en": "Start"})
    Commitment.objects.create(plan=plan, number=1, vision={"en": "Open"}, title={"en": "Data"}, ministries=["MOIS"])
    make_session(summit, "CIV001", room=room, track=track, seats=50, seats_taken=3, notes="secret",
                 hosts=[make_organisation(summit)], people=[make_speaker(summit)], sequence=4)  # fmt: skip
    make_session(summit, "CIV002", starts_at=None)
    make_session(summit, "CIV003", cancelled_at=at(1, 9))
    Summit.objects.filter(pk=summit.pk).update(
        registration_closes_at=at(10, 18), is_current=True, shortest_break=15, two_factor_roles=["owner"],
        editing_frozen_at=at(1, 9),
    )  # fmt: skip
    summit.refresh_from_db()
    return summit


@pytest.fixture
def copier(source):
    return make_user("owner@team.example", summit=source, role="organiser")


def test_everything_with_a_day_moves_by_as_many_days(source, copier):
    made = copy_summit(source, "ogp2023", NAME, DAY, by=copier)
    assert (made.starts_on, made.ends_on) == (DAY, DAY + timedelta(days=2))
    assert made.registration_closes_at == at(10, 18) + LATER
    assert made.registration_opens_at == source.registration_opens_at + LATER
    assert RoomHours.objects.get(room__summit=made).starts_at == at(15, 8) + LATER
    deadline = made.deadlines.get()
    assert (deadline.due_at, deadline.reminded_at) == (at(1, 18) + LATER, None)


def test_places_lines_pages_and_texts_go_with_it_and_the_old_ones_stay(source, copier):
    counts = {
        model: model.objects.count()
        for model in (Room, Track, Category, Question, Choice, Page, Desk, Commitment, PlanStep)
    }
    made = copy_summit(source, "ogp2023", NAME, DAY, by=copier)
    room = made.rooms.get()
    assert (room.code, room.capacity, room.access, room.name["ko"]) == ("hall", 300, ["step_free"], "그랜드볼룸 101")
    assert room.venue.summit == made
    assert made.tracks.get().target_women == 40
    assert set(made.pages.values_list("slug", flat=True)) == {"privacy", "accessibility"}
    assert made.pages.get(slug="privacy").body["en"] == "The text."
    assert {row.attendance: (row.capacity, row.taken) for row in made.quotas.all()} == {
        row.attendance: (row.capacity, 0) for row in source.quotas.all()
    }
    assert Quota.objects.filter(summit=made, attendance="online").exists()
    assert [made.chairs.count(), made.member_governments.count(), made.membership_figures.count()] == [1, 1, 1]
    assert made.committee_members.get().name == "김하나"
    question = made.questions.get()
    assert (question.kind, question.required) == ("one", True)
    assert [str(choice) for choice in question.choices.all()] == ["Seoul", "Busan"]
    plan = made.action_plans.get()
    assert (plan.steps.get().title["en"], plan.commitments.get().ministries) == ("Start", ["MOIS"])
    assert (made.shortest_break, made.two_factor_roles, made.time_zone) == (15, ["owner"], "Asia/Seoul")
    assert {model: model.objects.count() for model in counts} == {model: 2 * n for model, n in counts.items()}


def test_delegations_go_with_their_places_and_without_people(source, copier):
    korea = make_delegation(source, places=3, names_until=at(1, 18), contact_email="m@korea.example", notes="Late.")
    make_head(korea)
    quota = source.quotas.create(name={"en": "Koreans"}, is_basic=False, capacity=2)
    quota.delegations.add(korea)
    copy_summit(source, "ogp2023", NAME, DAY, by=copier)
    copied = Delegation.objects.get(summit__code="ogp2023")
    assert (copied.name, copied.names_until, copied.contact_email, copied.notes) == (
        korea.name,
        at(1, 18) + LATER,
        "",
        "",
    )
    [places] = copied.places.all()
    assert (places.places, places.category.summit) == (3, copied.summit)
    assert not copied.heads.exists()
    assert [row.name["en"] for row in copied.quotas.all()] == ["Koreans"]


def test_nobody_goes_with_it_but_who_copies(source, copier):
    question = source.questions.get()
    pick = str(question.choices.first().pk)
    lifecycle.correct(source.registrations.get(), {}, answers={question.pk: [pick]}, as_organiser=True)
    made = copy_summit(source, "ogp2023", NAME, DAY, sessions=Sessions.TIMES, by=copier)
    assert not Registration.objects.filter(summit=made).exists()
    assert not Speaker.objects.filter(summit=made).exists()
    assert not Organisation.objects.filter(summit=made).exists()
    assert not Appearance.objects.filter(session__summit=made).exists()
    assert not Answer.objects.filter(question__summit=made).exists()
    [member] = Membership.objects.filter(summit=made)
    assert (member.user, member.role, member.is_accepted) == (copier, "owner", True)


def test_it_is_a_draft_with_its_own_name(source, copier):
    made = copy_summit(source, "ogp2023", NAME, DAY, by=copier)
    made.refresh_from_db()
    assert (made.is_public, made.is_current, made.agenda_is_published) == (False, False, False)
    assert made.editing_frozen_at is None
    assert made.guid != source.guid
    assert (made.name, str(made.brand["en"])) == (NAME, "Summit 2023")
    assert not Session.objects.filter(summit=made).exists()
    entry = HistoryEntry.objects.get(action="summit.copy")
    assert (entry.summit, entry.by, entry.changes) == (made, copier, {"from": [None, "ogp2021"]})
    source.refresh_from_db()
    assert source.is_current and source.name["en"] == "2021 OGP Global Summit"


def test_texts_of_sessions_become_drafts(source, copier):
    made = copy_summit(source, "ogp2023", NAME, DAY, sessions=Sessions.TEXTS, by=copier)
    assert set(made.sessions.values_list("code", flat=True)) == {"CIV001", "CIV002"}
    draft = made.sessions.get(code="CIV001")
    assert (draft.title["en"], draft.track) == ("Open government session CIV001", made.tracks.get())
    assert (draft.starts_at, draft.room, draft.is_published, draft.notes) == (None, None, False, "")
    assert (draft.seats, draft.seats_taken, draft.sequence) == (50, 0, 0)
    assert draft.guid != source.sessions.get(code="CIV001").guid


def test_times_of_sessions_may_go_with_them(source, copier):
    made = copy_summit(source, "ogp2023", NAME, DAY, sessions=Sessions.TIMES, by=copier)
    draft = made.sessions.get(code="CIV001")
    assert (draft.starts_at, draft.ends_at) == (at(15, 10) + LATER, at(15, 11, 30) + LATER)
    assert draft.room == made.rooms.get()
    assert made.sessions.get(code="CIV002").starts_at is None


def test_the_hour_on_the_clock_stays_where_clocks_are_changed(db):
    berlin = ZoneInfo("Europe/Berlin")
    source = make_summit("winter", time_zone="Europe/Berlin", starts_on=date(2022, 1, 10), ends_on=date(2022, 1, 11))
    make_session(source, starts_at=datetime(2022, 1, 10, 9, tzinfo=berlin))
    made = copy_summit(source, "summer", NAME, date(2022, 7, 11), sessions=Sessions.TIMES, by=make_user())
    assert made.sessions.get().starts_at == datetime(2022, 7, 11, 9, tzinfo=berlin)


def test_it_may_begin_earlier(source, copier):
    assert copy_summit(source, "before", NAME, date(2019, 5, 29), by=copier).ends_on == date(2019, 5, 31)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [("ogp2021", CodeTaken), ("admin", BadCode), ("static", BadCode), ("x", BadCode), ("Ogp2023", BadCode),
     ("ogp 2023", BadCode), ("ogp2023\n", BadCode), ("x" * 33, BadCode), ("../etc", BadCode)],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_and_nothing_is_made(source, copier, code, refusal):
    with pytest.raises(refusal):
        copy_summit(source, code, NAME, DAY, by=copier)
    assert Summit.objects.count() == 1


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_nobody_can_mean_is_refused(source, copier, day):
    with pytest.raises(BadDay):
        copy_summit(source, "ogp2023", NAME, day, by=copier)


def test_large_summits_take_no_more_questions(source, copier, django_assert_max_num_queries):
    for number in range(4, 30):
        make_session(source, f"CIV0{number:02}")
        make_room(source, f"room-{number}", venue=source.venues.first())
    with django_assert_max_num_queries(62):
        copy_summit(source, "ogp2023", NAME, DAY, sessions=Sessions.TIMES, by=copier)


# The page


BASE = "/en/ogp2021/organiser/copy/"
FORM = {
    "code": "ogp2023",
    "name_ko": "2023 서밋",
    "name_en": "Summit 2023",
    "starts_on": "2023-09-06",
    "sessions": "texts",
}


def test_an_organiser_copies_a_summit_from_a_page(source, copier, as_user):
    client = as_user(copier)
    for language in ("ko", "en"):
        assert client.get(f"/{language}/ogp2021/organiser/copy/").status_code == 200
    response = client.post(BASE, FORM)
    assert (response.status_code, response["Location"]) == (302, "/en/ogp2023/organiser/")
    # The copy asks its owners for a second factor, as the summit it is made from: where to, the page after it says.
    page = client.get(response["Location"], follow=True).content.decode()
    assert "“Summit 2023” was made." in page
    # What only public summits have is not asked for.
    assert "/ogp2023/theme.css" not in page and "worker.js" not in page and "webmanifest" not in page
    assert Summit.objects.get(code="ogp2023").sessions.count() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "ogp2021"}, "already"),
        ({"code": "admin"}, "address of the installation"),
        ({"code": "Nö!"}, "Four to 32"),
        ({"name_ko": "", "name_en": " \u200b"}, "at least one language"),
        ({"starts_on": "soon"}, "valid date"),
        ({"starts_on": "9999-12-31"}, "this century"),
        ({"sessions": "people"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(source, copier, as_user, wrong, said):
    form = FORM | {"name_en": "Typed by me"} | wrong
    response = as_user(copier).post(BASE, form)
    assert response.status_code == 422
    content = response.content.decode()
    assert said in content
    assert "name_en" in wrong or "Typed by me" in content
    assert Summit.objects.count() == 1


@pytest.mark.parametrize("role", ["track_lead", "translator", "viewer", "registrations", "desk"])
def test_others_find_no_such_page(source, as_user, role):
    client = as_user(make_user("other@team.example", summit=source, role=role))
    assert client.get(BASE).status_code == client.post(BASE, FORM).status_code == 404


# The command


def copy_by_command(*args, **options):
    out = StringIO()
    call_command("copy_summit", *args, stdout=out, **options)
    return out.getvalue()


def test_an_operator_copies_a_summit_by_command(source, copier):
    told = copy_by_command("ogp2021", "ogp2023", "2023-09-06", owner="OWNER@team.example", name_en="Summit 2023")
    assert told == "ogp2023: 2023-09-06 – 2023-09-08\n"
    assert HistoryEntry.objects.get(action="summit.copy").place == "server"


@pytest.mark.parametrize(
    ("args", "options", "said"),
    [
        (("nowhere", "ogp2023", "2023-09-06"), {}, "no summit"),
        (("ogp2021", "ogp2023", "2023-09-06"), {"owner": "nobody@x.example"}, "no account"),
        (("ogp2021", "ogp2023", "2023-09-06"), {"name_en": " "}, "a name"),
        (("ogp2021", "ogp2021", "2023-09-06"), {}, "already"),
        (("ogp2021", "ogp2023", "tomorrow"), {}, "starts_on"),
    ],
)
def test_the_command_says_what_is_wrong(source, copier, args, options, said):
    options = {"owner": "owner@team.example", "name_en": "Summit 2023", **options}
    with override("en"), pytest.raises(CommandError) as error:
        copy_by_command(*args, **options)
    assert said in str(error.value)
    assert Summit.objects.count() == 1


def test_the_look_and_the_menu_go_along_as_files_of_its_own(source, copier):
    stored = pictures.default_storage.save("pictures/logo-0123456789abcdef.webp", ContentFile(b"a logo"))
    Summit.objects.filter(pk=source.pk).update(logo=stored, brand_colour="#7a1f5c", reply_to="answers@ogp2021.example")
    Page.objects.filter(summit=source, slug="privacy").update(in_menu=True, menu_order=1)
    made = copy_summit(Summit.objects.get(pk=source.pk), "ogp2023", NAME, DAY, by=copier)
    assert (made.brand_colour, made.reply_to) == ("#7a1f5c", "answers@ogp2021.example")
    assert made.logo.name != stored
    with pictures.default_storage.open(made.logo.name) as file:
        assert file.read() == b"a logo"
    assert pages.menu(made) == ["privacy"]
