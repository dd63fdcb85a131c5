import io
import zipfile

import pytest
from django.core.files.storage import default_storage

from sessions.editing import files, materials, session_edits
from tests.factories import make_session


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def book(*names) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"%PDF-1.7 ...", "pdf"), (book("ppt/presentation.xml"), "pptx"), (book("mimetype", "content.xml"), "odp")],
)
def test_slides_are_known_by_what_they_hold(content, kind):
    assert files.kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90", b"PK\x03\x04broken", book("word/document.xml"), book("ppt/presentation.xml", "ppt/vbaProject.bin"),
     book("content.xml", "Basic/Standard/Module1.xml"), b"%PDF-" + b"0" * files.LARGEST, b"<html>%PDF-"],
    ids=["empty", "program", "broken", "text", "macros", "basic", "large", "html"],
)  # fmt: skip
def test_anything_else_is_refused(content):
    with pytest.raises(files.NotSlides):
        files.kind_of(content)


def test_a_file_is_linked_confirmed_and_goes_with_its_link(summit, organiser, django_capture_on_commit_callbacks):
    session = make_session(summit)
    made = files.add_slides(session, b"%PDF-1.7", title={"ko": "발표"}, by=organiser)
    name = made.url.removeprefix("/media/")
    assert made.confirmed and default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        files.remove_slides(made, by=organiser)
    assert session.materials.count() == 0
    assert not default_storage.exists(name)


def test_files_of_a_draft_go_with_it_and_those_of_others_stay(summit, organiser, django_capture_on_commit_callbacks):
    draft, other = make_session(summit, published_at=None), make_session(summit, "AAA002")
    made, kept = (files.add_slides(one, b"%PDF-1.7", title={}, by=organiser) for one in (draft, other))
    materials.add(draft, kind="slides", url=kept.url, title={}, by=organiser)
    with django_capture_on_commit_callbacks(execute=True):
        session_edits.delete(draft, by=organiser)
    names = [one.url.removeprefix("/media/") for one in (made, kept)]
    assert [default_storage.exists(name) for name in names] == [False, True]


def test_a_link_elsewhere_loses_only_the_link(summit, organiser):
    session = make_session(summit)
    made = materials.add(session, kind="slides", url="https://example.org/slides", title={}, by=organiser)
    files.remove_slides(made, by=organiser)
    assert session.materials.count() == 0


def test_a_session_has_a_limit_of_files_and_none_of_links(summit, organiser, monkeypatch):
    monkeypatch.setattr(files, "MOST_FILES", 2)
    session, other = make_session(summit), make_session(summit, "AAA002")
    materials.add(session, kind="slides", url="https://example.org/slides", title={}, by=organiser)
    first, _second = (files.add_slides(session, b"%PDF-1.7", title={}, by=organiser) for _time in range(2))
    kept = len(default_storage.listdir("slides")[1])
    with pytest.raises(files.TooManyFiles):
        files.add_slides(session, b"%PDF-1.7", title={}, by=organiser)
    assert len(default_storage.listdir("slides")[1]) == kept == 2
    files.add_slides(other, b"%PDF-1.7", title={}, by=organiser)
    files.remove_slides(first, by=organiser)
    files.add_slides(session, b"%PDF-1.7", title={}, by=organiser)
