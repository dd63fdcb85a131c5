import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from speakers.editing import inline_edits
from speakers.models import Speaker
from tests.factories import make_session, make_speaker, make_user

WHOLE = {"near": 100, "across": 50, "down": 50}
PAGE = "/en/ogp2021/my-profile/PARK01/"


@pytest.fixture
def speaker(summit):
    return make_speaker(summit, "박수정", code="PARK01", user=make_user("park@people.example"), notes="secret")


@pytest.fixture
def client(as_user, speaker):
    return as_user(speaker.user)


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def filled(**values):
    data = {"version": 1, "name": "박수정", "name_romanised": "Park Sujeong", "country": "KR", "biography_ko": "약력", "biography_en": "",
            "gender": "woman", "region": "", "sector": "civil_society", "spans-TOTAL_FORMS": 2, "spans-INITIAL_FORMS": 0}  # fmt: skip
    return {**data, **values}


def picture(name="me.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (400, 400), (1, 2, 3)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue())


def test_a_speaker_writes_the_own_profile_and_it_is_public(summit, speaker, client):
    make_session(summit, people=[speaker])
    assert client.post(PAGE, filled(email="evil@people.example", notes="mine")).status_code == 302
    held = Speaker.objects.get()
    assert (held.name_romanised, held.gender, held.sector, held.email, held.notes) == (
        "Park Sujeong", "woman", "civil_society", "", "secret",
    )  # fmt: skip
    public = client.get("/en/ogp2021/speakers/PARK01/").content.decode()
    assert "Park Sujeong" in public
    assert "Woman" not in public
    assert "secret" not in client.get(PAGE).content.decode()


def test_somebody_elses_profile_is_not_there(speaker, as_user):
    stranger = as_user(make_user("eve@people.example"))
    assert stranger.get(PAGE).status_code == 404
    assert stranger.post(f"{PAGE}portrait/", {"action": "remove"}).status_code == 404


def test_once_editing_is_closed_nothing_changes_and_nothing_typed_is_lost(summit, speaker, client):
    summit.editing_frozen_at = timezone.now()
    summit.save()
    response = client.post(PAGE, filled(name_romanised="Late"))
    assert response.status_code == 403
    assert 'value="Late"' in response.content.decode()
    response = client.post(f"{PAGE}portrait/", {"portrait": picture(), **WHOLE})
    assert response.status_code == 403 and "have closed editing" in response.content.decode()
    held = Speaker.objects.get()
    assert (held.name_romanised, held.portrait.name) == ("", "")
    page = client.get(f"{PAGE}portrait/").content.decode()
    assert "have closed editing" in page and 'type="file"' not in page
    page = client.post(f"{PAGE}portrait/", {"action": "remove"}, follow=True).content.decode()
    assert "have closed editing" in page and "Choose a picture first" not in page


def test_bad_input_and_stale_forms_keep_what_was_typed(speaker, client):
    for wrong in ({"name": ""}, {"gender": "dragon"}, {"country": "XX"}, {"spans-0-ends_at": "2021-12-15T09:00"}):
        response = client.post(PAGE, filled(biography_en="typed", **wrong))
        assert response.status_code == 422, wrong
        assert "typed" in response.content.decode()
    client.post(PAGE, filled())
    assert client.post(PAGE, filled(name_romanised="Again")).status_code == 409


def test_a_picture_is_put_up_and_taken_down(speaker, client):
    assert client.get(f"{PAGE}portrait/").status_code == 200
    assert client.post(f"{PAGE}portrait/", {"portrait": picture(), **WHOLE, "down": 100})["Location"] == PAGE
    shown = Speaker.objects.get().portrait_small
    assert shown in client.get(PAGE).content.decode()
    answer = client.get(shown)
    assert (answer.status_code, b"".join(answer.streaming_content)[8:12]) == (200, b"WEBP")
    broken = SimpleUploadedFile("a.jpg", b"no")
    for wrong, told in (({"portrait": broken}, "This is no picture we can read"), ({}, "Choose a picture first"),
                        ({"portrait": picture(), "near": 50}, "greater than or equal to 100"),
                        ({"portrait": picture(), "across": "x"}, "Enter a whole number")):  # fmt: skip
        response = client.post(f"{PAGE}portrait/", {**WHOLE, **wrong})
        assert response.status_code == 422 and told in response.content.decode(), wrong
        assert Speaker.objects.get().portrait_small == shown
    client.post(f"{PAGE}portrait/", {"action": "remove"})
    assert Speaker.objects.get().portrait_small == ""


def test_organisers_put_up_the_picture_of_somebody_without_an_account(summit, organiser, as_user):
    client, made = as_user(organiser), make_speaker(summit, "P9", code="P009")
    page = "/en/ogp2021/organiser/people/P009/"
    assert client.post(f"{page}portrait/", {"portrait": picture(), **WHOLE})["Location"] == page
    made.refresh_from_db()
    assert made.portrait_small in client.get(page).content.decode()
    assert made.portrait_small in client.get(f"{page}portrait/").content.decode().replace(".webp", "-160.webp")


def test_slides_are_added_to_the_own_session_as_file_or_link(summit, speaker, client, as_user):
    session = make_session(summit, people=[speaker])
    page = "/en/ogp2021/my-sessions/CIV001/files/"
    client.post(
        page, {"title_ko": "발표", "title_en": "", "file": SimpleUploadedFile("evil.exe.pdf", b"%PDF-1.7"), "url": ""}
    )
    client.post(page, {"title_ko": "", "title_en": "", "url": "https://example.org/slides"})
    assert [m.confirmed for m in session.materials.order_by("pk")] == [True, False]
    for wrong in ({}, {"url": "javascript:x"}, {"file": SimpleUploadedFile("a.pdf", b"MZ")},
                  {"url": "https://example.org/x", "file": SimpleUploadedFile("a.pdf", b"%PDF-")}):  # fmt: skip
        assert client.post(page, {"title_ko": "", "title_en": "", **wrong}).status_code == 422, wrong
    link = session.materials.create(kind="link", url="https://example.org/other")
    assert client.post(page, {"material": link.pk}).status_code == 404
    client.post(page, {"material": session.materials.filter(kind="slides").first().pk})
    assert session.materials.filter(kind="slides").count() == 1
    assert as_user(make_user("eve@people.example")).get(page).status_code == 404
    session.appearances.update(state="declined")
    assert client.get(page).status_code == 404


def test_only_the_own_sessions_file_goes_with_its_link(summit, speaker, client, django_capture_on_commit_callbacks):
    other = make_session(summit, "DIG001")
    session = make_session(summit, people=[speaker])
    names = [f"slides/{other.guid.hex}-abc.pdf", "portraits/somebody.webp", f"slides/{session.guid.hex}-abc.pdf"]
    for name in names:
        default_storage.save(name, ContentFile(b"%PDF-"))
    page = "/en/ogp2021/my-sessions/CIV001/files/"
    for name in names:
        material = session.materials.create(kind="slides", url=f"/media/{name}")
        with django_capture_on_commit_callbacks(execute=True):
            client.post(page, {"material": material.pk})
    assert [default_storage.exists(name) for name in names] == [True, True, False]
    assert client.post(page, {"material": "9" * 5000}).status_code == 404


def test_an_answer_to_a_stale_form_tells_nothing_of_notes_and_addresses(summit, speaker, client, organiser):
    inline_edits.edit_speaker(speaker, {"notes": "whispers", "email": "hidden@people.example"}, version=1, by=organiser)
    response = client.post(PAGE, filled(version=0))
    assert response.status_code == 409
    assert "whispers" not in response.content.decode() and "hidden@people.example" not in response.content.decode()


def test_a_slip_of_the_year_is_refused(client, speaker):
    for starts, ends in (("0001-01-01T00:00", "0001-01-02T12:00"), ("9999-12-30T00:00", "9999-12-31T23:59")):
        response = client.post(PAGE, filled(**{"spans-0-starts_at": starts, "spans-0-ends_at": ends}))
        assert response.status_code == 422 and "Choose a year from 2000 to 2099." in response.content.decode()
