"""What only production uses of the storage of files: the tests themselves run on plain static files."""

import re
import stat
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField
from django.utils import translation
from django.utils.module_loading import import_string

from summit import settings as product
from summit.storage import SHEETS, ManifestStorage, is_private, private_files
from summit.templatetags.summit_tags import style_sheet


def test_the_products_own_storage_of_static_files_is_there():
    backends = {"summit.storage.ManifestStorage", product.STORAGES["staticfiles"]["BACKEND"]}
    assert all(import_string(backend) for backend in backends)


def test_modules_import_each_other_by_hashed_names(tmp_path):
    storage = ManifestStorage(location=str(tmp_path), base_url="/static/")
    (tmp_path / "a.js").write_text('import "./b.js";\n')
    (tmp_path / "b.js").write_text("export default 1;\n")
    done = list(storage.post_process({name: (storage, name) for name in ("a.js", "b.js")}))
    assert not [result for _name, _hashed, result in done if isinstance(result, Exception)]
    hashed = storage.stored_name("b.js")
    assert hashed != "b.js"
    assert hashed in (tmp_path / storage.stored_name("a.js")).read_text()


def test_a_sheet_becomes_one_file_and_is_made_anew_when_only_a_part_of_it_has_changed(tmp_path):
    storage = ManifestStorage(location=str(tmp_path / "all"), base_url="/static/")
    source = FileSystemStorage(location=tmp_path / "source")
    sheet = "summit/css/public-hangul.css"
    source.save(sheet, ContentFile('@import "./part.css";\n@import "../../vendor/face.css";\n'))
    storage.save("vendor/face.woff2", ContentFile(b"font"))
    face = '@font-face { font-family: A; font-display: swap; src: url("face.woff2") format("woff2"); }'
    storage.save("vendor/face.css", ContentFile(face))
    for colour in ("red", "navy"):
        storage.delete("summit/css/part.css")
        storage.save("summit/css/part.css", ContentFile(f"p {{ color: {colour}; }}"))
        paths = {
            sheet: (source, sheet),
            **{name: (storage, name) for name in ("summit/css/part.css", "vendor/face.woff2")},
        }
        assert not [found for *_, found in storage.post_process(paths) if isinstance(found, Exception)]
        made = (tmp_path / "all" / storage.stored_name(sheet)).read_text(encoding="utf-8")
        assert f"color:{colour}" in made and "@import" not in made
    assert "font-display:optional" in made
    assert f"../../{storage.stored_name('vendor/face.woff2')}" in made
    assert (tmp_path / "all/vendor/face.woff2").read_bytes() == b"font"


def parts_of(sheet: Path) -> list[Path]:
    """What a sheet of ours imports, and what that imports; each must be there."""
    names = re.findall(r'@import "\./([\w-]+\.css)";', sheet.read_text(encoding="utf-8"))
    return [found for name in names for found in (sheet.with_name(name), *parts_of(sheet.with_name(name)))]


def test_every_sheet_that_pages_link_is_there_and_finds_its_parts():
    for sheet in SHEETS:
        assert Path(finders.find(sheet)).with_name("tokens.css") in parts_of(Path(finders.find(sheet)))
    for letters in ("hangul", "latin"):
        source = Path(finders.find(f"summit/css/faces-{letters}.css"))
        named = re.findall(r'"\.\./\.\./(vendor/[^"]+)"', source.read_text(encoding="utf-8"))
        assert named and [path for path in named if finders.find(path) is None] == []


@pytest.mark.parametrize(("language", "letters"), [("ko", "hangul"), ("en", "latin"), ("en-gb", "latin")])
def test_a_page_in_latin_letters_declares_no_hangul_font(language, letters):
    with translation.override(language):
        assert style_sheet("public") == f"/static/summit/css/public-{letters}.css"
    latin = Path(finders.find("summit/css/faces-latin.css")).read_text(encoding="utf-8")
    ranges = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", latin)
    hangul = range(0xAC00, 0xD7A4)
    assert not [pair for pair in ranges if int(pair[0], 16) in hangul or int(pair[1] or pair[0], 16) in hangul]


@pytest.mark.django_db
def test_who_saves_data_gets_no_font(client):
    font = "/static/vendor/inter/inter-latin-wght-normal.woff2"
    spared = client.get(font, headers={"Save-Data": "on"})
    assert (spared.status_code, spared.content, spared["Vary"]) == (204, b"", "Save-Data")
    with closing(client.get(font)) as given:
        assert given.status_code == 200 and "Save-Data" in given["Vary"]
    with closing(client.get("/static/summit/css/tokens.css", headers={"Save-Data": "on"})) as sheet:
        assert sheet.status_code == 200


def test_private_files_lie_in_no_folder_that_is_served():
    where = Path(private_files().location)
    assert where == Path(settings.PRIVATE_ROOT)
    assert not where.is_relative_to(settings.MEDIA_ROOT) and not where.is_relative_to(settings.STATIC_ROOT)
    with pytest.raises(ValueError, match="no address"):
        private_files().url("badges/a.pdf")


# What everybody may read: pictures and portraits, under names that nobody guesses before they are shown.
PUBLIC_FILES = {
    "summit.Summit.logo",
    "summit.Summit.social_picture",
    "summit.Room.floor_plan",
    "summit.Venue.map_picture",
    "speakers.Speaker.portrait",
}


def test_every_column_of_files_is_private_but_those_of_pictures():
    columns = [field for model in apps.get_models() for field in model._meta.fields if isinstance(field, FileField)]
    public = {f"{field.model._meta.label}.{field.name}" for field in columns if not is_private(field)}
    assert public == PUBLIC_FILES
    assert len(columns) > len(public)


def test_nothing_of_ours_asks_a_storage_for_a_path_on_the_disk():
    """Storages elsewhere have none. Static files, which ``start`` gathers, lie on the disk of each machine."""
    own = [
        path for app in ("summit", "sessions", "speakers", "registration", "api") for path in Path(app).rglob("*.py")
    ]
    asked = [
        path for path in own if re.search(r"(file|storage|picture|portrait|logo)s?\.path\b", path.read_text("utf-8"))
    ]
    assert [path.name for path in asked] == ["start.py"]


def test_a_private_file_is_there_when_it_is_whole(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    storage, seen = private_files(), []

    class Slow(ContentFile):
        def chunks(self, chunk_size=None):
            for part in (b"half", b"whole"):
                seen.append(storage.exists("badges/a.pdf"))
                yield part

    assert storage.save("badges/a.pdf", Slow(b"halfwhole")) == "badges/a.pdf"
    assert seen == [False, False]
    assert storage.listdir("badges") == ([], ["a.pdf"])
    again = storage.save("badges/a.pdf", ContentFile(b"another"))
    assert again != "badges/a.pdf"
    with storage.open("badges/a.pdf") as file:
        assert file.read() == b"halfwhole"


def test_private_files_that_earlier_releases_left_open_are_closed(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.PRIVATE_ROOT.mkdir(mode=0o755)
    private_files().save("badges/a.pdf", ContentFile(b"%PDF"))
    assert stat.S_IMODE(settings.PRIVATE_ROOT.stat().st_mode) == 0o700
