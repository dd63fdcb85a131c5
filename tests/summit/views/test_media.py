import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for name in (
        "portraits/0123456789ab-cd.webp",
        "slides/0123456789ab-cd.pdf",
        "imports/0123456789ab-cd.pdf",
        "portraits/x.html",
    ):
        default_storage.save(name, ContentFile(b"content"))


@pytest.mark.parametrize(
    ("path", "type", "kind"),
    [
        ("portraits/0123456789ab-cd.webp", "image/webp", "inline"),
        ("slides/0123456789ab-cd.pdf", "application/pdf", "attachment"),
    ],
)
def test_public_uploads_are_handed_out_and_never_run(db, path, type, kind):
    response = Client().get(f"/media/{path}")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"content"
    assert response["Content-Type"] == type
    assert response["Content-Disposition"].startswith(kind)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    ["imports/0123456789ab-cd.pdf", "portraits/x.html", "portraits/absent00-cd.webp", "portraits/../imports/0123456789ab-cd.pdf",
     "portraits/..%2fimports%2f0123456789ab-cd.pdf", "/etc/passwd", "portraits/", "portraits/0123456789ab-cd.webp%00.html"],
)  # fmt: skip
def test_nothing_else_is(db, path):
    assert Client().get(f"/media/{path}").status_code in {400, 404}
