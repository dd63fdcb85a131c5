"""What only production uses of the storage of files: the tests themselves run on plain static files."""

from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from summit import settings as product
from summit.storage import ManifestStorage, private_files


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


def test_private_files_lie_in_no_folder_that_is_served():
    where = Path(private_files().location)
    assert where == Path(settings.PRIVATE_ROOT)
    assert not where.is_relative_to(settings.MEDIA_ROOT) and not where.is_relative_to(settings.STATIC_ROOT)
