"""The 2021 summit as ``manage.py seed`` builds it, stage by stage.

Seeding takes seconds: it is done once for this module, inside a transaction that ends with it, and every test works in
a savepoint of its own.
"""

from collections import Counter
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from registration.models import CheckIn
from sessions.models import Appearance, Material, Session, SessionHost, Track
from speakers.models import Organisation, Speaker
from summit import history
from summit.accounts import demonstration
from summit.lib.times import day_of
from summit.management.commands.seed import CODE, FILES
from summit.middleware import shelf
from summit.models import Chair, Commitment, CommitteeMember, MemberGovernment, Membership, Message, Page, Summit, User
from tests.factories import make_session, make_summit, make_user

pytestmark = pytest.mark.django_db

SAMPLE = [
    "/ko/ogp2021/",
    "/en/ogp2021/agenda/",
    "/ko/ogp2021/agenda/tracks/",
    "/en/ogp2021/speakers/",
    "/ko/ogp2021/hosts/",
]


@pytest.fixture(scope="module")
def _seeded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed", stage="open", verbosity=0, stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seeded(_seeded, db):
    return Summit.objects.get(code=CODE)


def seed(stage, **options):
    out = StringIO()
    call_command("seed", stage=stage, verbosity=0, stdout=out, **options)
    shelf.clear()
    return out.getvalue()


def public(path):
    return Client().get(path)


def test_the_counts_are_those_of_the_source(seeded):
    assert Track.objects.count() == 3
    assert Session.objects.count() == 17
    assert Appearance.objects.count() == 120
    assert Speaker.objects.filter(appearances__isnull=False).values("name").distinct().count() == 115
    assert SessionHost.objects.count() == 23
    assert SessionHost.objects.values("organisation").distinct().count() == 15
    assert Organisation.objects.filter(sessions__isnull=False).distinct().count() == 15
    assert Counter(CommitteeMember.objects.values_list("term", flat=True)) == {3: 22, 4: 15}
    assert Chair.objects.count() == 14
    assert Commitment.objects.count() == 10
    assert Counter(MemberGovernment.objects.values_list("founding", "joined")) == {(True, 2011): 8, (False, 2011): 37}
    assert {figure.year: (figure.national, figure.local) for figure in seeded.membership_figures.all()} == {
        2021: (77, 76),
        2023: (75, 104),
    }


@pytest.mark.parametrize(
    ("path", "korean", "english"),
    [
        ("pages/about-ogp/", ["민주주의 국가의 연대", "중추적인"], ["alliance of the world", "pivotal part"]),
        ("pages/declaration/", ["원자료까지", "개방형 표준", "여성의 온전한 참여", "개별 수사의 비밀", "모바일 연결", "순위를 매기려는 것이 아닙니다"],
         ["raw data", "Open standards", "full participation of women", "Deterrents against bribery", "mobile connections", "technical assistance"]),
        ("pages/action-plan/", ["4,000개가 넘습니다", "https://www.opengovpartnership.org/members/republic-of-korea/"], ["more than 4,000 results"]),
        ("pages/summit/", ["76개 지방정부", "스스로 나서서"], ["76 local governments", "own initiative"]),
        ("pages/committee/", ["김전환", "조대신", "law.go.kr"], ["김전환", "조대신", "director"]),
        ("pages/members/", ["46곳", "에스토니아"], ["46 of them", "Estonia", "2011"]),
        ("pages/past-chairs/", ["케냐 국기"], ["Flag of Kenya"]),
        ("sessions/CIV005/", ["8,240만", "2,640만", "방글라데시", "간추려 쓴 요약"], ["82.4 million", "26.4 million", "Bangladesh", "our translation"]),
        ("sessions/ANT008/", ["SH", "KALIS", "국민권익위원회"], ["LH", "KALIS", "ACRC"]),
        ("sessions/DIG017/", ["PPPP"], ["PPPP"]),
    ],
)  # fmt: skip
def test_the_facts_of_the_source_are_told_in_both_languages(seeded, path, korean, english):
    for language, facts in (("ko", korean), ("en", english)):
        page = public(f"/{language}/ogp2021/{path}").content.decode()
        assert [fact for fact in facts if fact not in page] == []


def test_every_public_text_is_there_in_both_languages(seeded):
    for session in Session.objects.all():
        assert session.title["ko"] and session.title["en"], session.code
        assert session.abstract["ko"] and session.abstract["en"], session.code
    for rows in (Track.objects.all(), Page.objects.all(), Organisation.objects.all()):
        for row in rows:
            text = row.title if isinstance(row, Page) else row.name
            assert text["ko"] and text["en"], row


def test_all_that_was_seeded_is_valid(seeded):
    for rows in (
        Summit,
        Track,
        Session,
        Appearance,
        Material,
        Speaker,
        Organisation,
        Page,
        CommitteeMember,
        Commitment,
    ):
        for row in rows.objects.all():
            row.full_clean()


def test_sessions_lie_within_the_days_of_the_summit_and_rooms_are_not_taken_twice(seeded):
    taken = Counter()
    for session in Session.objects.exclude(starts_at=None):
        assert day_of(session.starts_at, seeded.tz) in seeded.days, session.code
        others = Session.objects.filter(room=session.room, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at)
        taken[session.code] = others.count()
    assert set(taken.values()) == {1}


def test_nobody_stands_on_two_stages_at_once(seeded):
    for speaker in Speaker.objects.filter(appearances__isnull=False).distinct():
        hours = sorted(speaker.sessions.exclude(starts_at=None).distinct().values_list("starts_at", "ends_at"))
        assert all(first[1] <= second[0] for first, second in zip(hours, hours[1:], strict=False)), speaker  # noqa: RUF007


def test_links_nobody_confirmed_say_so(seeded):
    assert Material.objects.filter(confirmed=False).exists()
    for material in Material.objects.filter(confirmed=True):
        assert material.url.startswith(("/static/", "https://"))


def stage(code):
    out = StringIO()
    call_command("stage_summit", summit=code, stage="open", stdout=out)
    return out.getvalue()


def test_no_other_summit_gets_log_ins(db):
    owner = make_user("owner@people.example", summit=(other := make_summit(code="summit2027")), role="owner")
    make_session(other)
    before = User.objects.count()
    assert stage("summit2027") == ""
    assert User.objects.count() == before
    assert list(other.memberships.values_list("user__email", flat=True)) == [owner.email]
    other.refresh_from_db()
    assert other.registration_state() == "open"


def test_what_somebody_made_or_works_on_is_not_the_demonstrations(seeded):
    assert demonstration.owns(seeded)
    before = set(User.objects.values_list("email", flat=True))
    User.objects.filter(email="organiser@ogp2021.example").delete()
    make_user("owner@people.example", summit=seeded, role="owner")
    assert not demonstration.owns(seeded)
    assert stage(CODE) == ""
    assert set(User.objects.values_list("email", flat=True)) == before - {"organiser@ogp2021.example"} | {
        "owner@people.example"
    }
    Membership.objects.filter(summit=seeded, user__email="owner@people.example").delete()
    assert demonstration.owns(seeded)
    history.record("summit.create", seeded, by=None, summit=seeded)
    assert not demonstration.owns(seeded)


def test_the_demonstration_accounts_get_a_password_each_once(seeded, settings):
    assert set(Membership.objects.values_list("user__email", "role")) == {
        ("organiser@ogp2021.example", "owner"),
        ("tracklead@ogp2021.example", "track_lead"),
        ("registrations@ogp2021.example", "registrations"),
        ("translator@ogp2021.example", "translator"),
        ("desk@ogp2021.example", "desk"),
    }
    log_ins = (settings.VAR / "demo-log-ins.txt").read_text(encoding="utf-8").split()
    names = ("organiser", "tracklead", "registrations", "translator", "desk", "host", "speaker")
    assert set(log_ins[::2]) == {f"{name}@ogp2021.example" for name in names}
    for email, password in zip(log_ins[::2], log_ins[1::2], strict=True):
        assert User.objects.get(email=email).check_password(password)
    assert Speaker.objects.filter(user__email="speaker@ogp2021.example").count() == 1
    assert seeded.organisations.filter(members__user__email="host@ogp2021.example", hostings__isnull=False).exists()
    assert seeded.tracks.filter(leads__user__email="tracklead@ogp2021.example").count() == 1


def test_open_everything_is_public_and_registration_is_open(seeded):
    shelf.clear()
    assert seeded.registration_state() == "open"
    assert Session.objects.published().count() == 17
    for path in SAMPLE:
        assert public(path).status_code == 200
    assert public("/en/ogp2021/agenda/").content.count(b'class="card ') == 17
    assert (
        public("/ogp2021/schedule.ics").content.count(b"BEGIN:VEVENT")
        == Session.objects.exclude(starts_at=None).count()
    )
    assert not CheckIn.objects.exists()


def test_every_seeded_page_opens_in_both_languages(seeded):
    shelf.clear()
    paths = [row.get_absolute_url() for rows in (Page, Track, Session, Organisation) for row in rows.objects.all()]
    paths += [speaker.get_absolute_url() for speaker in Speaker.objects.on_stage()[:10]]
    for path in paths:
        for language in ("ko", "en"):
            assert public(path.replace("/ko/", f"/{language}/", 1)).status_code == 200, path


def test_everybody_registered_gets_one_mail_of_the_worker(seeded, work):
    people = seeded.registrations.count()
    assert (people, mail.outbox) == (10, [])
    work()
    assert Message.objects.count() == people
    assert len({message.to[0] for message in mail.outbox}) == people


def test_running_the_importers_again_changes_nothing(seeded):
    def state():
        return [
            list(rows.objects.order_by("pk").values())
            for rows in (
                Track,
                Session,
                Appearance,
                SessionHost,
                Material,
                Speaker,
                Organisation,
                Page,
                CommitteeMember,
                Commitment,
            )
        ]

    before, people = state(), seeded.registrations.count()
    out = StringIO()
    call_command("import_summit", FILES / "summit.json", stdout=out)
    for command, files in (
        ("import_summit", ("pages.json", "civic.json")),
        ("import_people", ("organisations.json", "speakers.json")),
        ("import_agenda", ("tracks.json", "sessions.json")),
        ("import_registrations", ("registration.json", "people.json")),
    ):
        call_command(command, *[FILES / name for name in files], summit=CODE, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines
    assert all(": 0 new, 0 changed, " in line or "신규 0개, 변경 0개" in line for line in lines), lines
    assert state() == before
    assert seeded.registrations.count() == people


def test_seeding_twice_is_seeding_once(seeded):
    before = (Session.objects.count(), User.objects.count(), seeded.registrations.count(), Message.objects.count())
    assert "@" not in seed("open")
    assert (
        Session.objects.count(),
        User.objects.count(),
        seeded.registrations.count(),
        Message.objects.count(),
    ) == before


def test_with_if_empty_nothing_happens_where_a_summit_exists(seeded, django_assert_num_queries):
    with django_assert_num_queries(1):
        seed("running", if_empty=True)


def test_running_half_of_those_on_site_have_arrived(seeded):
    seed("running")
    on_site = seeded.registrations.active().filter(attendance="in_person").count()
    assert CheckIn.objects.standing().count() == on_site // 2 > 0
    seeded.refresh_from_db()
    assert seeded.registration_state() == "open"
    seed("running")
    assert CheckIn.objects.standing().count() == on_site // 2


def test_over_registration_is_closed_and_everybody_was_there(seeded):
    seed("over")
    seeded.refresh_from_db()
    assert seeded.registration_state() == "closed"
    assert not seeded.accepts_changes()
    assert CheckIn.objects.standing().count() == seeded.registrations.active().filter(attendance="in_person").count()
    assert Session.objects.published().count() == 17
