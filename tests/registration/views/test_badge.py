import pytest

from registration.badges import printing
from registration.door import tickets
from registration.models import BadgeJob, BadgePrint
from registration.registering import lifecycle
from tests.factories import make_category, make_desk, make_registration, make_summit, make_user
from tests.registration.badges.reading import decoded, pictures, texts
from tests.registration.reading import words

JOBS = "/en/ogp2021/organiser/badges/"
LIST = "/en/ogp2021/organiser/registrations/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def job_of(response) -> BadgeJob:
    assert response.status_code == 302
    job = BadgeJob.objects.get()
    assert response["Location"] == f"{JOBS}{job.guid}/"
    return job


def test_a_badge_printed_at_the_desk_is_recorded(as_user, summit, registration, desk_staff):
    desk = make_desk(summit)
    client = as_user(desk_staff)
    address = f"/en/ogp2021/desk/main/badges/{registration.guid}.pdf"
    response = client.post(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in response["Cache-Control"]
    ((token,),) = [decoded(picture) for picture in pictures(response.content)]
    assert tickets.read(token).guid == registration.guid
    assert list(BadgePrint.objects.values_list("registration", "desk", "by")) == [
        (registration.pk, desk.pk, desk_staff.pk)
    ]
    assert "Printed 1 time." in words(client.post("/en/ogp2021/desk/main/", {"shown": registration.reference}))
    client.post(address)
    assert "Printed 2 times." in words(client.post("/en/ogp2021/desk/main/", {"shown": registration.reference}))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_badge_of_a_cancelled_registration_is_printed(as_user, summit, registration, desk_staff, language):
    make_desk(summit)
    lifecycle.cancel(registration)
    response = as_user(desk_staff).post(f"/{language}/ogp2021/desk/main/badges/{registration.guid}.pdf")
    assert response.status_code == 409
    assert f'<html lang="{language}">' in response.content.decode()
    assert BadgePrint.objects.count() == 0


def test_chosen_people_get_one_file(office, summit, work, own_media):
    people = [make_registration(summit, name=f"홍길동{letter}") for letter in "가나다"]
    work()
    chosen = [str(people[0].guid), str(people[2].guid)]
    job = job_of(office.post(f"{JOBS}new/", {"layout": "A6", "scope": "chosen", "chosen": chosen}))
    assert (job.total, job.layout) == (2, "A6")
    waiting = office.get(f"{JOBS}{job.guid}/")
    assert waiting["Refresh"] == "2"
    assert 'max="2" value="0"' in words(waiting)
    assert office.get(f"{JOBS}{job.guid}/file/").status_code == 404
    assert work() == 1
    done = office.get(f"{JOBS}{job.guid}/")
    assert "Refresh" not in done
    assert f'href="{JOBS}{job.guid}/file/"' in words(done)
    file = office.get(f"{JOBS}{job.guid}/file/")
    content = b"".join(file.streaming_content)
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in file["Cache-Control"]
    assert [page.split("홍길동")[1][0] for page in texts(content)] == ["가", "다"]


def test_everybody_the_filters_show_gets_a_badge(office, summit):
    press = make_category(summit, "press")
    delegate = make_category(summit, "delegate", order=1)
    shown = make_registration(summit, category=press)
    make_registration(summit, category=delegate)
    lifecycle.cancel(make_registration(summit, category=press))
    job = job_of(office.post(f"{JOBS}new/?category=press", {"layout": "A4", "scope": "listed"}))
    assert (job.registrations, job.layout) == ([shown.pk], "A4")


def test_everybody_confirmed_gets_a_badge_where_there_is_no_filter(office, summit):
    people = {make_registration(summit).pk for _ in range(3)}
    make_registration(make_summit("ogp2023"))
    assert set(job_of(office.post(f"{JOBS}new/", {"layout": "A6", "scope": "listed"})).registrations) == people


@pytest.mark.parametrize("chosen", [[], ["0f0e0d0c-0b0a-4908-8706-050403020100"]])
def test_a_job_for_nobody_is_told_on_the_list(office, registration, chosen):
    response = office.post(f"{JOBS}new/", {"layout": "A6", "scope": "chosen", "chosen": chosen}, follow=True)
    assert response.redirect_chain == [("/en/ogp2021/organiser/badges/new/", 302)]
    assert str(printing.NobodyChosen.message) in words(response)
    assert BadgeJob.objects.count() == 0


def test_people_of_another_summit_cannot_be_chosen(office, registration):
    other = make_registration(make_summit("ogp2023"))
    chosen = [str(other.guid), str(registration.guid)]
    assert job_of(office.post(f"{JOBS}new/", {"layout": "A6", "scope": "chosen", "chosen": chosen})).registrations == [
        registration.pk
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"layout": "A0"}, {"layout": ""}, {"scope": "everybody"}, {"scope": ""}, {"chosen": ["x" * 36]},
        {"chosen": ["1"]}, {"chosen": ["\x00" * 36]},
    ],
)  # fmt: skip
def test_a_job_of_a_wrong_shape_is_told_on_the_list(office, registration, data):
    response = office.post(f"{JOBS}new/", {"layout": "A6", "scope": "chosen", **data}, follow=True)
    assert response.redirect_chain == [("/en/ogp2021/organiser/badges/new/", 302)]
    assert len(list(response.context["messages"])) == 1
    assert BadgeJob.objects.count() == 0


def test_a_job_that_failed_shows_why(office, registration, work, own_media):
    job = job_of(office.post(f"{JOBS}new/", {"layout": "A6", "scope": "listed"}))
    lifecycle.cancel(registration)
    work()
    page = office.get(f"{JOBS}{job.guid}/")
    assert "This did not work" in words(page)
    assert "ValueError: There is nobody to draw a badge for." in words(page)
    assert "Refresh" not in page
    assert office.get(f"{JOBS}{job.guid}/file/").status_code == 404


def test_a_file_that_is_gone_is_a_404(office, registration, work, own_media):
    job = job_of(office.post(f"{JOBS}new/", {"layout": "A6", "scope": "listed"}))
    work()
    job.refresh_from_db()
    job.file.delete(save=False)
    BadgeJob.objects.update(file="badges/gone.pdf")
    assert office.get(f"{JOBS}{job.guid}/file/").status_code == 404


def test_the_file_is_for_organisers_of_the_summit_only(
    client, as_user, office, registration, desk_staff, work, own_media
):
    job = job_of(office.post(f"{JOBS}new/", {"layout": "A6", "scope": "listed"}))
    work()
    address = f"{JOBS}{job.guid}/file/"
    stranger = make_user("organiser@elsewhere.example", summit=make_summit("ogp2023"), role="organiser")
    answers = [client.get(address), *(as_user(user).get(address) for user in (registration.user, desk_staff, stranger))]
    assert [a.status_code for a in answers] == [302, 404, 404, 404]
    assert as_user(stranger).get(f"/en/ogp2023/organiser/badges/{job.guid}/file/").status_code == 404
    job.refresh_from_db()
    assert client.get(f"/media/{job.file.name}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_three_jobs_take_as_many_queries_as_one(office, organiser, registration, count, django_assert_num_queries):
    for _ in range(count):
        printing.start_job(registration.summit, [registration.pk], layout="A6", by=organiser)
    office.get(JOBS)
    with django_assert_num_queries(9):
        page = office.get(JOBS)
    assert len(page.context["rows"]) == count


def test_files_of_badges_are_listed_and_lead_on(office, summit, organiser):
    empty = words(office.get(JOBS))
    assert "No badges have been drawn yet." in empty and f'href="{JOBS}new/"' in empty
    make_registration(summit)
    job = job_of(office.post(f"{JOBS}new/", {"layout": "A4", "scope": "listed"}))
    listed = words(office.get(JOBS))
    assert f'href="{JOBS}{job.guid}/"' in listed and str(organiser) in listed and "Waiting" in listed
    assert str(job.guid) not in words(office.get(f"{JOBS}?layout=A6"))
