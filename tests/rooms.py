"""The picture of the rooms in ARCHITECTURE.md: ``make format`` draws it anew, ``make lint`` checks it.

Rooms, floors and arrows are read from the code and from the import contracts, so the picture cannot say what is not so.
"""

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "ARCHITECTURE.md"
BEGIN, END = "<!-- rooms: drawn by make format -->\n", "<!-- end of rooms -->\n"
APPS = ("registration", "sessions", "speakers", "summit")


def floors(app: str) -> list[list[str]]:
    """The rooms of an app that its contract names, from the doors down to the models; those that are there."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    [layers] = [found["layers"] for found in contracts if app in found.get("containers", [])]
    named = [[name.strip("() ") for name in layer.split("|")] for layer in layers]
    there = [
        [name for name in floor if (ROOT / app / name).is_dir() or (ROOT / app / f"{name}.py").exists()]
        for floor in named
    ]
    return [floor for floor in there if floor]


def modules(room: Path) -> list[Path]:
    return sorted(room.rglob("*.py")) if room.is_dir() else [room.with_suffix(".py")]


def uses(app: str, room: str) -> set[str]:
    """Which other rooms of the same app a room imports from."""
    found = set()
    for path in modules(ROOT / app / room):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not node.module or node.module.split(".")[0] != app:
                continue
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
    return found - {room}


def what_happens(app: str, room: str) -> str:
    """The first sentence that a room says about itself."""
    path = ROOT / app / room / "__init__.py" if (ROOT / app / room).is_dir() else ROOT / app / f"{room}.py"
    told = " ".join((ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split())
    return told.partition(". ")[0].rstrip(".").partition(";")[0]


def picture() -> str:
    lines = []
    for app in APPS:
        rows = floors(app)
        there = {room for floor in rows for room in floor}
        lines += ["", f"**`{app}/`**", "", "| Floor | Room | What happens there | Uses |", "| --- | --- | --- | --- |"]
        for number, floor in zip(range(len(rows), 0, -1), rows, strict=True):
            for room in floor:
                arrows = " ".join(f"`{name}`" for name in sorted(uses(app, room) & there))
                lines.append(f"| {number} | `{room}` | {what_happens(app, room)} | {arrows} |")
    return "\n".join(lines).lstrip("\n") + "\n"


def main(*, check: bool) -> int:
    text = PAGE.read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not end:
        sys.stderr.write("ARCHITECTURE.md has no place for the picture of the rooms.\n")
        return 1
    drawn = f"{before}{BEGIN}\n{picture()}\n{END}{after}"
    if drawn == text:
        return 0
    if check:
        sys.stderr.write(
            "The picture of the rooms in ARCHITECTURE.md is not the house as it is: make format draws it.\n"
        )
        return 1
    PAGE.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
