"""nginx with the very file of ``deploy/``, in front of servers on free ports, with a certificate of its own."""

import os
from pathlib import Path

from tests.authority import Authority

__test__ = False
DEPLOYED = Path(__file__).parents[1] / "deploy/nginx.conf"


def certificate(folder: Path) -> None:
    """For this machine, of an authority that nobody knows."""
    Authority().give(folder, "localhost")


def values(site_port: int, http_port: int, nodes: list[str], folder: Path) -> dict[str, str]:
    """What the template is filled in with; ``nodes`` are two addresses."""
    return {"SITE_HOST": "localhost", "HTTP_PORT": str(http_port), "HTTPS_PORT": str(site_port), "WEB_ADDRESS": nodes[0],
            "OTHER_ADDRESS": nodes[1], "CERTIFICATE_FOLDER": str(folder)}  # fmt: skip


def configured(program: str, folder: Path, given: dict[str, str]) -> list[str]:
    """Write the configuration into ``folder``, beside the certificate; the command that runs it, in the foreground."""
    text = DEPLOYED.read_text(encoding="utf-8").replace("/var/log/nginx", str(folder))
    for variable, value in given.items():
        text = text.replace(f"${{{variable}}}", value)
    assert "${" not in text
    (folder / "summit.conf").write_text(text, encoding="utf-8")
    places = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {places}\n include {folder}/summit.conf; }}"
    )
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
