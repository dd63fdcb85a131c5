import pytest
from django.utils import translation

from registration.badges import Face, printing
from registration.door import tickets
from registration.models import BadgeJob, BadgePrint, Registration
from registration.registering import lifecycle
from summit.models import HistoryEntry
from tests.factories import make_category, make_desk, make_registration, make_summit
from tests.registration.badges.reading import decoded, pictures, texts


@pytest.fixture
def category(summit):
    return make_category(summit, colour="#0b6b62")


def tokens(pdf: bytes) -> list[list[str]]:
    return [decoded(picture) for picture in pictures(pdf)]


@pytest.mark.parametrize("reader", ["ko", "en"])
def test_a_badge_speaks_the_language_of_its_person(summit, category, reader):
    """Whoever prints it: attendance is said as the person's language says it."""
    made = make_registration(summit, language="en", badge_script="romanised")
    with translation.override(reader):
        face = printing.face_of(made)
    assert face == Face(
        primary="Hong Gildong", secondary="홍길동", organisation="한빛시민연대", job_title="사무국장", country="South Korea",
        category="Government delegate", colour="#0b6b62", attendance="In person", token=tickets.token_for(made),
        reference=made.reference, summit="OGP Summit", dates="15–17 December 2021", language="en",
    )  # fmt: skip


def test_a_korean_badge_is_korean(summit, category):
    face = printing.face_of(make_registration(summit))
    assert (face.primary, face.secondary, face.country, face.category) == (
        "홍길동",
        "Hong Gildong",
        "대한민국",
        "정부 대표",
    )
    assert (face.summit, face.dates, face.language) == ("OGP 서밋", "2021년 12월 15일–17일", "ko")


def test_a_badge_is_one_page_whose_code_is_the_ticket(registration):
    pdf = printing.badge(registration)
    (page,) = texts(pdf)
    assert "홍길동" in page
    assert registration.reference in page
    ((token,),) = tokens(pdf)
    assert tickets.read(token).guid == registration.guid


@pytest.mark.parametrize("state", ["pending", "waitlisted", "rejected", "cancelled"])
def test_only_the_confirmed_have_a_badge(registration, state):
    Registration.objects.update(state=state)
    registration.refresh_from_db()
    with pytest.raises(printing.NoBadge):
        printing.badge(registration)


def test_a_print_at_the_desk_is_recorded(summit, registration, desk_staff):
    desk = make_desk(summit)
    pdf = printing.print_at_desk(registration, desk=desk, by=desk_staff)
    assert pdf.startswith(b"%PDF-")
    assert list(BadgePrint.objects.values_list("registration", "desk", "by", "job")) == [
        (registration.pk, desk.pk, desk_staff.pk, None)
    ]
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.action, entry.by, entry.changes) == ("badge.print", desk_staff, {"desk": ["", str(desk)]})


def test_no_print_is_recorded_where_there_is_no_badge(summit, registration, desk_staff):
    lifecycle.cancel(registration)
    with pytest.raises(printing.NoBadge):
        printing.print_at_desk(registration, desk=make_desk(summit), by=desk_staff)
    assert BadgePrint.objects.count() == 0


def test_a_job_takes_the_confirmed_of_its_summit_in_order(summit, organiser):
    first, second = make_category(summit, "press", order=2), make_category(summit, "vip", order=1)
    people = [
        make_registration(summit, name="나", category=first),
        make_registration(summit, name="가", category=first),
        make_registration(summit, name="하", category=second),
    ]
    cancelled = lifecycle.cancel(make_registration(summit, category=first))
    foreign = make_registration(make_summit("ogp2023"))
    wanted = [p.pk for p in (*people, cancelled, foreign)] + [999_999]
    job = printing.start_job(summit, wanted, layout="A4", by=organiser)
    assert job.registrations == [people[2].pk, people[1].pk, people[0].pk]
    assert (job.state, job.total, job.done, job.layout, job.by) == ("queued", 3, 0, "A4", organiser)
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.action, entry.changes, entry.subject_key) == ("badge.start_job", {"badges": [0, 3]}, str(job.guid))


def test_a_job_for_nobody_is_refused(summit, organiser):
    cancelled = lifecycle.cancel(make_registration(summit))
    for wanted in ([], [cancelled.pk], [999_999]):
        with pytest.raises(printing.NobodyChosen):
            printing.start_job(summit, wanted, layout="A6", by=organiser)
    assert BadgeJob.objects.count() == 0


@pytest.mark.parametrize(("layout", "pages"), [("A6", 5), ("A4", 2)])
def test_the_worker_draws_one_file_of_all(summit, organiser, work, own_media, layout, pages):
    people = [make_registration(summit, name=f"홍길동{letter}") for letter in "가나다라마"]
    work()
    job = printing.start_job(summit, [p.pk for p in people], layout=layout, by=organiser)
    assert work() == 1
    job.refresh_from_db()
    assert (job.state, job.total, job.done, job.error) == ("done", 5, 5, "")
    assert job.finished_at is not None
    pdf = job.file.read()
    job.file.close()
    assert len(texts(pdf)) == pages
    read = [tickets.read(token).guid for page in tokens(pdf) for token in page]
    assert sorted(read) == sorted(p.guid for p in people)
    assert set(BadgePrint.objects.values_list("registration", "job", "by")) == {
        (p.pk, job.pk, organiser.pk) for p in people
    }


def test_who_cancels_meanwhile_gets_no_badge(summit, organiser, work, own_media):
    stays, leaves = make_registration(summit), make_registration(summit)
    job = printing.start_job(summit, [stays.pk, leaves.pk], layout="A6", by=organiser)
    lifecycle.cancel(leaves)
    work()
    job.refresh_from_db()
    assert (job.state, job.total, job.done) == ("done", 2, 1)
    assert list(BadgePrint.objects.values_list("registration", flat=True)) == [stays.pk]


def test_a_job_that_fails_says_why(summit, organiser, work, own_media):
    leaves = make_registration(summit)
    job = printing.start_job(summit, [leaves.pk], layout="A6", by=organiser)
    lifecycle.cancel(leaves)
    work()
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error == "ValueError: There is nobody to draw a badge for."
    assert job.finished_at is not None
    assert not job.file
    assert BadgePrint.objects.count() == 0


def test_a_job_is_drawn_once(registration, organiser, own_media):
    job = printing.start_job(registration.summit, [registration.pk], layout="A6", by=organiser)
    printing.run_job(job)
    before = BadgeJob.objects.get()
    printing.run_job(job)
    after = BadgeJob.objects.get()
    assert (after.file.name, after.finished_at) == (before.file.name, before.finished_at)
    assert BadgePrint.objects.count() == 1
    assert len(list((own_media / "badges").iterdir())) == 1


def test_a_job_that_is_gone_is_nothing_to_do(registration, organiser, work):
    job = printing.start_job(registration.summit, [registration.pk], layout="A6", by=organiser)
    job.delete()
    assert work() == 2
    assert BadgePrint.objects.count() == 0
