import sys
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from registration.accrediting import faces, photos
from registration.models import Photo
from registration.models.accreditation import lacks_photo
from registration.registering import erasing, needs
from tests.factories import make_category, make_picture, make_registration

Faces = Photo.Faces


@pytest.fixture
def asked(summit, own_photos):
    return make_registration(summit, category=make_category(summit, "press", photo="printed"))


def sent(registration, content: bytes, **how) -> Photo:
    return photos.put(registration, content, by=None, **how)


def kept(photo: Photo) -> Image.Image:
    with photo.file.open() as file:
        return Image.open(BytesIO(file.read()))


@pytest.mark.django_db
def test_it_is_kept_upright_three_by_four_and_as_pixels_alone(asked, own_photos):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of mine"  # lies on its side
    photo = sent(asked, make_picture(1200, 900, exif=exif))
    picture = kept(photo)
    assert (picture.format, picture.size) == ("JPEG", (600, 800))
    assert not picture.getexif() and b"Camera of mine" not in next(own_photos.rglob("*.jpg")).read_bytes()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_formats_become_jpeg(asked, kind):
    assert kept(sent(asked, make_picture(kind=kind))).format == "JPEG"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7", "photo_not_taken"),
        (b"", "photo_not_taken"),
        (make_picture()[:2000], "photo_not_taken"),
        (make_picture(kind="GIF"), "photo_not_taken"),
        (make_picture(800, 800), "photo_wrong_shape"),
        (make_picture(800, 600), "photo_wrong_shape"),
        (make_picture(400, 800), "photo_wrong_shape"),
        (make_picture(300, 400), "photo_too_small"),
        (b"\xff" * (photos.MOST_BYTES + 1), "photo_too_large"),
    ],
)
def test_what_is_no_photo_is_refused_and_nothing_is_kept(asked, own_photos, content, code):
    with pytest.raises(photos.PhotoRefused) as refused:
        sent(asked, content)
    assert (refused.value.code, refused.value.status) == (code, 422)
    assert not Photo.objects.exists() and not list(own_photos.rglob("*.jpg"))


@pytest.mark.django_db
def test_nobody_sends_one_who_is_not_asked(summit):
    with pytest.raises(photos.NoPhotoAsked):
        sent(make_registration(summit), make_picture())
    category = make_category(summit, "online", photo="printed")
    with pytest.raises(photos.NoPhotoAsked):
        sent(make_registration(summit, category=category, attendance="online"), make_picture())


@pytest.mark.django_db
def test_another_one_takes_its_place_and_its_file_is_gone(asked, own_photos, django_capture_on_commit_callbacks):
    first = sent(asked, make_picture()).file.name
    with django_capture_on_commit_callbacks(execute=True):
        second = sent(asked, make_picture(400, 500)).file.name
    assert [path.name for path in own_photos.rglob("*.jpg")] == [second.rpartition("/")[2]] and first != second
    with django_capture_on_commit_callbacks(execute=True):
        photos.take_away(asked, by=None)
    assert not Photo.objects.exists() and not list(own_photos.rglob("*.jpg"))
    with pytest.raises(photos.NoPhoto):
        photos.take_away(asked, by=None)


@pytest.mark.django_db
def test_what_the_team_sends_it_has_looked_at(asked, organiser):
    content = make_picture()
    photo = photos.put(asked, content, by=organiser, as_team=True)
    assert photo.looked_at_by == organiser


@pytest.mark.django_db
def test_an_old_one_is_asked_for_anew(asked):
    category, now = asked.category, timezone.now()
    assert lacks_photo(category, None) and not lacks_photo(category, now - timedelta(days=4000))
    category.photo_months = 6
    assert lacks_photo(category, now - timedelta(days=184)) and not lacks_photo(category, now - timedelta(days=181))
    category.photo = ""
    assert not lacks_photo(category, None)


@pytest.mark.django_db
def test_it_goes_with_the_person_and_a_month_after_the_summit(summit, asked, own_photos):
    other = make_registration(summit, category=asked.category)
    for each in (asked, other):
        sent(each, make_picture())
    erasing.erase(asked)
    assert Photo.objects.get().registration == other and len(list(own_photos.rglob("*.jpg"))) == 1
    assert needs.forget_needs(summit) == 1  # in December 2021
    assert not Photo.objects.exists() and not list(own_photos.rglob("*.jpg"))


@pytest.mark.parametrize(
    ("found", "means"),
    [([], Faces.NONE), ([500], Faces.ONE), ([240], Faces.ONE), ([200], Faces.SMALL), ([500, 300], Faces.MANY)],
)
def test_what_a_program_sees_is_put_into_words(found, means):
    assert faces.said(800, found) == means


def test_without_the_library_nothing_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    faces._detector.cache_clear()
    assert faces.seen(Image.new("RGB", (600, 800))) == Faces.UNKNOWN
    faces._detector.cache_clear()


def test_where_the_library_runs_a_wall_is_no_face():
    pytest.importorskip("cv2", reason="the extra “faces” is not installed")
    assert faces.seen(Image.new("RGB", (600, 800), "#c0c8d0")) == Faces.NONE
