import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image, ImageFile

from speakers.editing import inline_edits, portraits
from speakers.models import Speaker
from summit.models import HistoryEntry, Summit
from tests.factories import make_speaker


def picture(size=(800, 600), format="JPEG", colour=(200, 30, 30), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, format, **options)
    return out.getvalue()


def located() -> bytes:
    """A photograph that says where it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[2] = (37.0, 30.0, 41.0)
    made = Image.new("RGB", (400, 800), (10, 20, 200))
    made.paste((250, 250, 10), (0, 0, 400, 100))
    out = io.BytesIO()
    made.save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_two_squares_are_made_of_any_picture():
    large, small = portraits.read(picture((1500, 900))).sizes
    assert [(opened(c).format, opened(c).size) for c in (large, small)] == [("WEBP", (640, 640)), ("WEBP", (160, 160))]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_each_format_people_have_is_read(format):
    assert len(portraits.read(picture(format=format)).sizes) == 2


def test_a_small_picture_is_not_blown_up():
    assert opened(portraits.read(picture((300, 200))).sizes[0]).size == (200, 200)


def test_where_and_with_what_it_was_taken_is_gone_and_it_stands_upright():
    source = located()
    assert opened(source).getexif().get_ifd(0x8825)
    for content in portraits.read(source).sizes:
        made = opened(content)
        assert not made.getexif()
        assert not {"exif", "xmp", "icc_profile"} & set(made.info)
        assert b"Camera of somebody" not in content
    # The yellow edge that lay on top is on the right once the picture is turned.
    upright = opened(portraits.read(source, cut=portraits.Cut(across=100)).sizes[0])
    red, green, _blue = upright.getpixel((upright.width - 5, upright.height // 2))
    assert red > 200 and green > 200


def test_what_shall_stay_can_be_chosen():
    wide = Image.new("RGB", (800, 200), (0, 0, 255))
    wide.paste((255, 0, 0), (0, 0, 200, 200))
    out = io.BytesIO()
    wide.save(out, "PNG")
    left, right = (opened(portraits.read(out.getvalue(), cut=portraits.Cut(across=at)).sizes[0]) for at in (0, 100))
    assert left.getpixel((100, 100))[0] > 200
    assert right.getpixel((100, 100))[2] > 200


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_what_is_transparent_is_white(format):
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (200, 30, 30, 0)).save(out, format)
    assert min(opened(portraits.read(out.getvalue()).sizes[0]).getpixel((150, 150))) > 250


def test_a_part_of_the_picture_can_be_taken_near():
    made = Image.new("RGB", (1000, 1000), (0, 0, 255))
    made.paste((255, 0, 0), (500, 500, 750, 750))
    out = io.BytesIO()
    made.save(out, "PNG")
    # A quarter of the width and height; of the 750 pixels it can go, two thirds.
    near = opened(portraits.read(out.getvalue(), cut=portraits.Cut(67, 67, 400)).sizes[0])
    assert near.size == (250, 250)
    assert near.getpixel((10, 10))[0] > 200 and near.getpixel((240, 240))[0] > 200
    # Never so near that there is nothing left to see, and nothing outside the picture, whatever is asked for.
    for strange in (portraits.Cut(-50, 900, 100_000), portraits.Cut(100, 100, 0)):
        assert opened(portraits.read(picture((200, 300)), cut=strange).sizes[0]).size in {(160, 160), (200, 200)}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_portrait"),
        (b"not a picture at all", "not_a_portrait"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_portrait"),
        (picture(format="GIF"), "not_a_portrait"),
        (picture(format="BMP"), "not_a_portrait"),
        (picture()[:400], "not_a_portrait"),
        (b"\xff\xd8\xff" + b"\0" * 2000, "not_a_portrait"),
        (picture((159, 400)), "portrait_too_small"),
        (picture((7000, 6000), "PNG"), "portrait_too_large"),
        (b"\xff" * (portraits.LARGEST + 1), "portrait_too_large"),
    ],
    ids=["empty", "words", "svg", "gif", "bmp", "cut off", "broken", "small", "megapixels", "megabytes"],
)
def test_what_is_no_portrait_is_refused_with_the_reason(content, code):
    with pytest.raises(portraits.NotAPortrait) as refused:
        portraits.read(content)
    assert refused.value.code == code


def test_the_size_is_looked_at_before_a_pixel_is_decoded(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(portraits.TooLarge):
        portraits.read(picture_of_bomb())


def picture_of_bomb() -> bytes:
    """A PNG whose header promises 50,000 by 50,000 pixels."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.fixture
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_new_portrait_has_a_new_name_and_the_old_files_go(
    summit, organiser, own_media, django_capture_on_commit_callbacks
):
    speaker, revision = make_speaker(summit), Summit.objects.get().agenda_revision
    first = portraits.set_portrait(speaker, picture(), by=organiser).portrait.name
    assert default_storage.exists(first) and default_storage.exists(portraits.small(first))
    with django_capture_on_commit_callbacks(execute=True):
        second = portraits.set_portrait(speaker, picture(colour=(0, 0, 0)), by=organiser).portrait.name
    assert second != first
    assert not default_storage.exists(first) and not default_storage.exists(portraits.small(first))
    assert Summit.objects.get().agenda_revision == revision + 2
    with django_capture_on_commit_callbacks(execute=True):
        portraits.remove_portrait(Speaker.objects.get(), by=organiser)
    assert not default_storage.exists(second)
    assert Speaker.objects.get().portrait_small == ""
    assert [e.changes["portrait"] for e in HistoryEntry.objects.order_by("pk")] == [
        [False, True],
        [True, True],
        [True, False],
    ]


def test_a_deleted_profile_takes_its_portrait_along(summit, organiser, own_media, django_capture_on_commit_callbacks):
    name = portraits.set_portrait(make_speaker(summit), picture(), by=organiser).portrait.name
    with django_capture_on_commit_callbacks(execute=True):
        inline_edits.delete_speaker(Speaker.objects.get(), by=organiser)
    assert not default_storage.exists(name) and not default_storage.exists(portraits.small(name))


def test_a_refused_picture_leaves_the_old_one(summit, organiser, own_media):
    speaker = make_speaker(summit)
    portraits.set_portrait(speaker, picture(), by=organiser)
    name = Speaker.objects.get().portrait.name
    with pytest.raises(portraits.NotAPortrait):
        portraits.set_portrait(speaker, b"no", by=organiser)
    assert Speaker.objects.get().portrait.name == name


def test_a_picture_that_is_cut_off_is_refused_whatever_weasyprint_has_told_pillow(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(portraits.NotAPortrait):
        portraits.read(picture((800, 600), "PNG")[:-200])
    with pytest.raises(portraits.NotAPortrait):
        portraits.read(picture()[: len(picture()) // 2])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True
