"""Files as answers: sent with the form, kept while it is corrected, read by whom they are for."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from registration.forms.asking import name_of
from registration.models import Answer, Registration, Upload
from registration.registering import uploads
from summit.storage import private_files
from tests.factories import make_category, make_question, make_registration

pytestmark = pytest.mark.django_db
REGISTER = "/en/ogp2021/register/"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def picture(kind="PNG", size=(40, 60)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, exif=Image.Exif())
    return out.getvalue()


def sent(content=PDF, name="letter.pdf"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def filled(summit):
    category = make_category(summit)

    def fill(**changes):
        return {"attendance": "in_person", "category": category.pk, "name": "Ada Kim", "email": "ada@people.example",
                "country": "KR", "language": "en", "privacy": "on", "badge_script": "native", **changes}  # fmt: skip

    return fill


def test_a_file_is_sent_with_the_form_and_read_by_its_person_and_the_team(summit, client, filled, as_user, organiser):
    question = make_question(summit, kind="file", required=True)
    page = client.get(REGISTER).content.decode()
    assert 'enctype="multipart/form-data"' in page and 'accept=".pdf,.png,.jpg,.jpeg"' in page
    assert client.post(REGISTER, filled()).status_code == 422
    assert client.post(REGISTER, filled(**{name_of(question): sent(name="../Brief <1>.exe")})).status_code == 302
    made, answer = Registration.objects.get(), Answer.objects.get()
    assert answer.words == "Brief <1>.pdf" and not Upload.objects.exists()
    own = client.get(f"/en/ogp2021/registrations/{made.token}/answers/{question.pk}/")
    assert b"".join(own.streaming_content) == PDF and own["Content-Type"] == "application/pdf"
    assert own["Content-Disposition"].startswith("attachment") and "no-store" in own["Cache-Control"]
    assert "Brief &lt;1&gt;.pdf" in client.get(made.get_absolute_url()).content.decode()
    team = f"/en/ogp2021/organiser/registrations/{made.guid}/answers/{question.pk}/"
    own.close()
    found = as_user(organiser).get(team)
    assert found.status_code == 200
    found.close()
    question.audience = "owners"
    question.save()
    assert as_user(organiser).get(team).status_code == (200 if organiser.memberships.get().role == "owner" else 404)


def test_a_file_need_not_be_chosen_again_when_the_form_must_be_corrected(summit, client, filled):
    question = make_question(summit, kind="file", required=True)
    name = name_of(question)
    page = client.post(REGISTER, filled(name="", **{name: sent()}))
    assert page.status_code == 422
    [upload] = Upload.objects.all()
    assert f'value="{upload.given}"' in page.content.decode() and "letter.pdf" in page.content.decode()
    assert client.post(REGISTER, filled(**{f"{name}_kept": upload.given})).status_code == 302
    with Answer.objects.get().file as kept:
        assert kept.read() == PDF
    # What became an answer is nobody else's.
    again = filled(email="eve@people.example", **{f"{name}_kept": upload.given})
    assert client.post(REGISTER, again).status_code == 422


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("file", b"MZ\x90\x00", "PDF, PNG or JPEG"),
        ("file", b"", "PDF, PNG or JPEG"),
        ("file", PDF + b"x" * 5_242_880, "larger than 5 MB"),
        ("picture", PDF, "JPEG, PNG or WebP"),
        ("picture", picture()[:60], "JPEG, PNG or WebP"),
    ],
)
def test_what_is_not_taken_is_said(summit, client, filled, kind, content, says):
    question = make_question(summit, kind=kind)
    page = client.post(REGISTER, filled(**{name_of(question): sent(content, "x.pdf")}))
    assert page.status_code == 422 and says in page.content.decode()
    assert not Registration.objects.exists() and not Upload.objects.exists()


def test_a_picture_is_kept_as_pixels_of_a_size(summit, client, filled):
    question = make_question(summit, kind="picture")
    large = sent(picture("JPEG", (3000, 1500)), "me.jpeg")
    assert client.post(REGISTER, filled(**{name_of(question): large})).status_code == 302
    with Answer.objects.get().file as file, Image.open(file) as kept:
        assert (kept.format, kept.size) == ("JPEG", (2000, 1000))


def test_a_file_is_replaced_kept_or_taken_away_on_the_own_page(summit, client):
    question = make_question(summit, kind="file")
    upload = uploads.receive(question, "a.pdf", io.BytesIO(PDF), len(PDF))
    made = make_registration(summit, answers={question.pk: upload.given}, language="en")
    page = f"/en/ogp2021/registrations/{made.token}/details/"
    name, first = name_of(question), Answer.objects.get().file.name

    def post(**more):
        form = client.get(page).context["form"]
        values = {bound.name: bound.value() or "" for bound in form if not bound.name.startswith("question")}
        return client.post(page, {**values, **more})

    assert post().status_code == 302 and Answer.objects.get().file.name == first
    assert post(**{name: sent(PDF + b"2", "b.pdf")}).status_code == 302
    assert Answer.objects.get().words == "b.pdf" and Answer.objects.get().file.name != first
    assert post(**{f"{name}_gone": "on"}).status_code == 302
    assert not Answer.objects.exists()


def test_uploads_that_became_no_answer_are_forgotten(summit):
    question = make_question(summit, kind="file")
    upload = uploads.receive(question, "a.pdf", io.BytesIO(PDF), len(PDF))
    assert private_files().exists(upload.file.name)
    assert uploads.forget(older_than=timezone.now() - timedelta(days=1)) == 0
    assert uploads.forget(older_than=timezone.now() + timedelta(days=1)) == 1
