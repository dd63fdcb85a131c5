"""The rules of the house that a machine can check (see ARCHITECTURE.md)."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from tests import rooms

ROOT = Path(settings.BASE_DIR)
APPS = ("summit", "sessions", "speakers", "registration", "api")
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
# Mails and sheets of paper know no style sheets of the site.
OFF_SITE = ("emails", "account/email", "badge", "ticket_pdf")

DIRECTORIES = {*APPS, "templates", "tests", "deploy", "docs", ".ci"}
ROOT_FILES = {
    "README.md", "ARCHITECTURE.md", "DECISIONS.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "Makefile", "Procfile", "Dockerfile",
    "compose.yaml", "requirements.txt", "requirements-dev.txt", "requirements-s3.txt", "requirements-s3-server.txt", "package.json",
    "package-lock.json", "pyproject.toml", "manage.py", "biome.jsonc",
    ".python-version", ".env.example", ".pre-commit-config.yaml", ".editorconfig", ".gitignore", ".gitattributes", ".dockerignore",
}  # fmt: skip
KINDS_OF_CODE = {"utils", "util", "helpers", "services", "common", "core", "managers", "selectors", "signals", "misc"}
MODULE, FUNCTION, VIEW, TEMPLATE, LINE = 400, 50, 25, 200, 160


def sources() -> list[Path]:
    return sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def tracked() -> list[str]:
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("not a git repository")
    return [line for line in found.stdout.splitlines() if (ROOT / line).exists()]


def test_modules_stay_small():
    assert {name(path): lines(path) for path in sources() if lines(path) > MODULE} == {}


def test_functions_stay_small():
    long = {
        f"{name(path)}:{node.lineno} {node.name}": length(node)
        for path in sources()
        for node in functions(path)
        if length(node) > FUNCTION
    }
    assert long == {}


def test_views_stay_thin():
    views = [path for path in sources() if "views" in path.parts]
    assert views
    long = {
        f"{name(path)}:{node.lineno} {node.name}": length(node)
        for path in views
        for node in functions(path)
        if length(node) > VIEW
    }
    assert long == {}


def test_templates_stay_small():
    assert {name(path): lines(path) for path in TEMPLATES if lines(path) > TEMPLATE} == {}


# A sentence for translation is one line in the catalogue, and here.
SENTENCE = re.compile(
    r"""\{%\s*translate\s+(?:"[^"]*"|'[^']*').*?%\}|\{%\s*blocktranslate\b.*?\{%\s*endblocktranslate\s*%\}"""
)


def test_lines_of_templates_stay_short():
    long = {
        f"{name(path)}:{number}": len(line)
        for path in TEMPLATES
        if path.suffix == ".html"
        for number, line in enumerate(SENTENCE.sub("", path.read_text(encoding="utf-8")).splitlines(), 1)
        if len(line) > LINE
    }
    assert long == {}


def test_templates_are_formatted_and_lint_looks_at_it():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [lint] = re.findall(r"^lint:.*\n\t(.*)", makefile, re.MULTILINE)
    [command] = re.findall(r"\$\(BIN\)/djangofmt ([^&;]*)", lint)
    assert "--check" in command.split()
    checked = subprocess.run(
        [Path(sys.executable).parent / "djangofmt", *command.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_no_module_is_named_after_a_kind_of_code():
    parts = {part for path in sources() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts & KINDS_OF_CODE == set()


def test_the_project_package_is_empty():
    assert (ROOT / "summit" / "__init__.py").read_bytes() == b""


def test_every_folder_of_tests_is_a_package():
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [name(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_none_of_our_pages_replaces_one_of_djangos():
    assert [path.name for path in (ROOT / "templates" / "registration").iterdir() if path.is_file()] == []


def test_the_top_level_holds_what_was_agreed():
    files = tracked()
    assert {file.split("/")[0] for file in files if "/" in file} <= DIRECTORIES
    assert {file for file in files if "/" not in file} <= ROOT_FILES


def test_nothing_large_or_made_is_kept():
    files = tracked()
    assert [
        file
        for file in files
        if re.search(r"\.(pyc|mo|sqlite3|log|eml)$|(^|/)(node_modules|__pycache__|\.venv|var)/", file)
    ] == []
    assert {file: (ROOT / file).stat().st_size for file in files if (ROOT / file).stat().st_size > 1_000_000} == {}


def test_nothing_names_a_machine_or_a_package_index():
    pattern = re.compile(
        r"/(?:work|home/\w+|Users/\w+)/|https?://[^\s\"']*(?:/simple/|registry\.[a-z]+)", re.IGNORECASE
    )
    found = []
    for file in tracked():
        path = ROOT / file
        if (
            path.suffix in {".png", ".webm", ".mp4", ".woff2", ".pdf", ".jpg"}
            or path.resolve() == Path(__file__).resolve()
        ):
            continue
        found += [f"{file}: {match[0]}" for match in pattern.finditer(path.read_text(encoding="utf-8"))]
    assert found == []


def test_rows_are_saved_by_django_and_nothing_happens_behind_ones_back():
    wrong = []
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and "models" in path.parts:
                wrong += [
                    f"{name(path)}:{f.lineno} {f.name}()"
                    for f in node.body
                    if isinstance(f, ast.FunctionDef) and f.name in {"save", "delete"}
                ]
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] in {"dispatch", "signals"}:
                wrong.append(f"{name(path)}:{node.lineno} imports {node.module}")
    assert wrong == []


def test_imports_point_down():
    # In a process of its own: import-linter sets up logging, and that switches off the loggers of other tests.
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


def test_every_style_sheet_and_script_that_is_named_is_there():
    named = set()
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        named |= {(found, name(path)) for found in re.findall(r"""\{%\s*static\s+['"]([^'"]+)['"]""", text)}
    assert len(named) > 5
    assert [pair for pair in sorted(named) if finders.find(pair[0]) is None] == []


HEAD = re.compile(r"\{%\s*block head\s*%\}(.*?)\{%\s*endblock", re.DOTALL)


def heads_above(path: Path) -> list[str]:
    """The block ``head`` of each template of ours that this one is built on."""
    parent = re.search(r"""\{%\s*extends\s+['"]([^'"]+)['"]""", path.read_text(encoding="utf-8"))
    above = ROOT / "templates" / parent[1] if parent else path
    if above == path or not above.exists():
        return []
    return [*HEAD.findall(above.read_text(encoding="utf-8")), *heads_above(above)]


def test_a_page_with_a_head_of_its_own_keeps_that_of_the_page_it_is_built_on():
    """Else it loses style sheets, such as the workspace's."""
    built = [path for path in TEMPLATES if any(head.strip() for head in heads_above(path))]
    assert len(built) > 50
    lost = [
        name(path)
        for path in built
        for head in HEAD.findall(path.read_text(encoding="utf-8"))
        if "block.super" not in head
    ]
    assert lost == []


def test_every_script_is_used_and_finds_what_it_imports():
    scripts = sorted((ROOT / "summit/static/summit/js").glob("*.js"))
    # Some are served by a view of their own, under an address that may not change.
    texts = "".join(path.read_text(encoding="utf-8") for path in [*TEMPLATES, *scripts, *sources()])
    assert [script.name for script in scripts if f"{script.name}" not in texts] == []
    for script in scripts:
        for target in re.findall(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""", script.read_text(encoding="utf-8")):
            assert (script.parent / target).resolve().exists() or finders.find(
                str((script.parent / target).resolve().relative_to(ROOT / "summit/static"))
            ), target


HEAD_LINE = re.compile(r"(?://|/\*|\{#) (?:On|For) \S.*")


def test_every_script_and_sheet_begins_with_what_it_is_attached_to():
    scripts = sorted((ROOT / "summit/static/summit/js").glob("*.js"))
    sheets = sorted((ROOT / "summit/static/summit/css").glob("*.css"))
    paper = [path for path in TEMPLATES if path.suffix == ".css"]
    assert len(scripts) > 30 and len(sheets) > 5 and len(paper) > 5
    heads = {path: path.read_text(encoding="utf-8").split("\n", 1)[0] for path in [*scripts, *sheets, *paper]}
    assert [name(path) for path, head in heads.items() if not HEAD_LINE.fullmatch(head)] == []
    pages = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES if path.suffix == ".html")
    named = {(name(path), found) for path in scripts for found in re.findall(r"\bdata-[a-z-]*[a-z]", heads[path])}
    assert len(named) > 20
    assert [pair for pair in sorted(named) if not re.search(rf"(?<![\w-]){pair[1]}(?![\w-])", pages)] == []


def on_site() -> list[Path]:
    return [
        path
        for path in TEMPLATES
        if path.suffix == ".html" and not any(part in str(path.relative_to(ROOT)) for part in OFF_SITE)
    ]


@pytest.mark.parametrize("path", on_site(), ids=name)
def test_no_template_has_what_the_content_policy_forbids(path):
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"javascript:", text, re.IGNORECASE)
    for attributes, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert (
            "application/ld+json" in attributes
            or "application/json" in attributes
            or ("src=" in attributes and not body.strip())
        )


@pytest.mark.parametrize("path", on_site(), ids=name)
def test_no_template_loads_from_a_foreign_host(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"""<(?:script|img|iframe|video|audio|source|object|embed)\b[^>]*\s(?:src|data)=["']?(?:https?:)?//""", text
    )
    assert not re.search(r"""<link\b[^>]*rel=["']?(?:stylesheet|preload|icon)[^>]*href=["']?(?:https?:)?//""", text)


def test_functions_import_nothing_without_saying_why():
    """An import inside a function is for a cycle or a slow library; a comment beside it says which."""
    silent = [
        f"{name(path)}:{node.lineno}"
        for path in sources()
        for text in [["", *path.read_text(encoding="utf-8").splitlines()]]
        for function in functions(path)
        for node in function.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        if "#" not in text[node.lineno] and not text[node.lineno - 1].strip().startswith("#")
    ]
    assert silent == []


# Words of the glossary's last column, and those that once hid what a thing is; each as it would stand in a name.
FORBIDDEN = {
    "bringing_in", "bring_in", "understanding", "understand", "opening_of_files", "crowd", "tongue", "letters", "many", "adding",
    "news", "marks", "mark", "marked", "told_apart", "arranging", "inline", "favourite", "favourites", "newsletter",
    "voucher", "ticket_type", "company", "presenter",
}  # fmt: skip
# Names of other software's formats, and marks that are strokes on paper or tags of a passage.
ELSEWHERE = {
    "sessions/views/public/embed.py",
    "registration/badges/lettering.py",
    "registration/badges/layout.py",
    "sessions/prints/wording.py",
}


def named(path: Path) -> set[str]:
    """The module, and the functions and classes it defines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    found = {path.stem, *(node.name for node in ast.walk(tree) if isinstance(node, kinds))}
    return {name.strip("_").lower() for name in found}


def test_names_are_those_of_the_glossary():
    wrong = {name(path): named(path) & FORBIDDEN for path in sources() if name(path) not in ELSEWHERE}
    assert {path: words for path, words in wrong.items() if words} == {}


def test_the_picture_of_the_rooms_is_the_house_as_it_is():
    assert rooms.main(check=True) == 0


def test_nothing_is_excused_from_the_contracts():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert [contract["name"] for contract in contracts if "ignore_imports" in contract] == []
    assert all(len(contract.get("layers", [])) <= 12 for contract in contracts)


def locked(file: str) -> dict[str, str]:
    """Package → version."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("file", [each for each in sorted(ROOT_FILES) if each.startswith("requirements")])
def test_packages_are_locked_with_hashes_and_come_from_wherever_the_machine_gets_them(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)
    assert len(entries) == len(locked(file)) > 20
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"://|^--", text, re.MULTILINE)


def test_what_tests_run_with_is_what_operators_get():
    known = locked("requirements-dev.txt")
    for file in ("requirements.txt", "requirements-s3.txt"):
        assert {name: version for name, version in locked(file).items() if known.get(name) != version} == {}
    assert {"boto3", "django-storages"} <= known.keys()
