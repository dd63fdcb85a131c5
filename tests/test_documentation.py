"""What can be said in words and checked by a machine: the documents fall behind nowhere."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from summit.operating import probes

ROOT = Path(settings.BASE_DIR)
APPS = ("summit", "sessions", "speakers", "registration", "api")
READERS = {
    "env_str",
    "env_bool",
    "env_choice",
    "env_float",
    "env_int",
    "env_list",
    "env_secret",
    "env_secrets",
    "env_given",
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def variables() -> set[str]:
    """Every environment variable the settings and the Procfile read."""
    calls = [node for node in ast.walk(ast.parse(read("summit/settings.py"))) if isinstance(node, ast.Call)]
    found = {c.args[0].value for c in calls if isinstance(c.func, ast.Name) and c.func.id in READERS}
    return found | set(re.findall(r"\$\{(\w+)", read("Procfile")))


def test_every_setting_from_the_environment_is_in_the_example():
    assert len(variables()) > 15
    offered = set(re.findall(r"^#?\s?([A-Z0-9_]+)=", read(".env.example"), re.MULTILINE))
    assert variables() - offered == set()


def test_the_example_offers_nothing_nobody_reads():
    offered = set(re.findall(r"^([A-Z0-9_]+)=", read(".env.example"), re.MULTILINE))
    code = (
        "".join(path.read_text(encoding="utf-8") for path in (ROOT / "summit").rglob("*.py"))
        + read("Procfile")
        + read("Makefile")
        + read("compose.yaml")
    )
    assert {variable for variable in offered if variable not in code} == set()


def ours() -> list[str]:
    return sorted(command for command, app in get_commands().items() if isinstance(app, str) and app in APPS)


def test_every_command_is_named_in_the_documents():
    documents = read("README.md") + read("ARCHITECTURE.md")
    assert len(ours()) > 5
    assert [command for command in ours() if not re.search(rf"\b{command}\b", documents)] == []


@pytest.mark.parametrize("command", ours())
def test_every_command_says_what_it_does(command):
    assert len(load_command_class(get_commands()[command], command).help) > 20


def test_every_target_of_make_has_a_line_of_help():
    makefile = read("Makefile")
    [phony] = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    helped = set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))
    assert set(phony.split()) == helped
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert targets == helped


def test_links_between_documents_lead_somewhere():
    dead = [
        f"{document.name}: {target}"
        for document in sorted(ROOT.glob("*.md"))
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", document.read_text(encoding="utf-8"))
        if not (ROOT / target).exists()
    ]
    assert dead == []


def test_every_module_says_what_it_is_for():
    """A docstring, except where the file is its own description: URLs, apps, admin, forms, commands with a help text."""
    plain = {"urls", "apps", "admin", "forms", "manage"}
    silent = []
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            exempt = (
                path.stem in plain
                or path.stem.endswith("_urls")
                or "commands" in path.parts
                or "migrations" in path.parts
                or path.name == "__init__.py"
            )
            if not exempt and not ast.get_docstring(ast.parse(text)):
                silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_each_check_of_the_probes_stands_in_their_table():
    table = read("docs/operating.md").partition("## Probes")[2].partition("\n\n`PROBE_HOST`")[0]
    rows = re.findall(r"^\| `(\w+)` \|.*\| (503|200, `degraded`) \|$", table, re.MULTILINE)
    assert dict(rows) == {name: "200, `degraded`" if name in probes.TOLD else "503" for name in probes.CHECKS}
