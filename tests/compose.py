"""compose.yaml as an engine would understand it: what each service is started with, its checks and whom it waits for.

``Composed`` reads the file and an ``.env``. Containers become processes of this machine: ``here`` says what each name of
a host, path and port in the file is here. What an engine alone does (networks, limits, users, restarts) is not done.
"""

import os
import re
import shlex
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

__test__ = False
ROOT = Path(settings.BASE_DIR)
# $$, ${NAME}, ${NAME:-default} or ${NAME:?message}, where a default may hold another one.
WRITTEN = re.compile(r"\$(?:(\$)|\{(\w+)(?::([-?])((?:[^${}]|\$\{[^{}]*\})*))?\})")


class Missing(ValueError):
    """compose.yaml demands a variable that is not there."""


def interpolated(text: str, given: dict[str, str]) -> str:
    def filled(found: re.Match[str]) -> str:
        dollar, name, kind, rest = found.groups()
        if dollar:
            return "$"
        if value := given.get(name, ""):
            return value
        if kind == "?":
            raise Missing(f"{name}: {rest}")
        return interpolated(rest or "", given)

    return WRITTEN.sub(filled, text)


def _filled(node: Any, given: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {name: _filled(value, given) for name, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, given) for value in node]
    return interpolated(node, given) if isinstance(node, str) else node


class Composed:
    """``env`` is what stands in ``.env``; ``here`` are pairs of a pattern and what takes its place on this machine."""

    def __init__(self, env: dict[str, str], here: list[tuple[str, str]] | None = None) -> None:
        self.env, self.here = env, here or []
        self.file = _filled(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8")), env)
        active = env.get("COMPOSE_PROFILES", "").split(",")
        self.services: dict[str, Any] = {
            name: service
            for name, service in self.file["services"].items()
            if not service.get("profiles") or set(service["profiles"]) & set(active)
        }

    def _placed(self, text: str) -> str:
        for pattern, instead in self.here:
            text = re.sub(pattern, instead.replace("\\", r"\\"), text)
        return text

    def environment(self, name: str) -> dict[str, str]:
        """Of its process: the service's own wins over ``.env``, and nothing of ours comes in but where programs lie."""
        service = self.services[name]
        given = dict(self.env) if service.get("env_file") else {}
        given |= {key: str(value or "") for key, value in service.get("environment", {}).items()}
        usual = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "PYTHONPATH") if key in os.environ}
        return usual | {key: self._placed(value) for key, value in given.items()}

    def command(self, name: str) -> list[str]:
        return self._split(self.services[name].get("entrypoint")) + self._split(self.services[name].get("command"))

    def check(self, name: str) -> list[str]:
        kind, *command = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        return [self._placed(part) for part in command]

    def _split(self, said: Any) -> list[str]:
        return [self._placed(part) for part in (shlex.split(said) if isinstance(said, str) else said or [])]

    def order(self) -> list[str]:
        """Each after all it waits for; what is not there is not waited for where it need not be."""
        done: list[str] = []

        def visit(name: str, above: tuple[str, ...] = ()) -> None:
            assert name not in above, f"{name} waits for itself"
            for needed, how in self.services[name].get("depends_on", {}).items():
                if needed in self.services or how.get("required", True):
                    visit(needed, (*above, name))
            if name not in done:
                done.append(name)

        for name in self.services:
            visit(name)
        return done
