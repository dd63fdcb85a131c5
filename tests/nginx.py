"""nginx with the very file of ``deploy/``, in front of servers on free ports, with a certificate of its own."""

import datetime as dt
import ipaddress
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__test__ = False
DEPLOYED = Path(__file__).parents[1] / "deploy/nginx.conf"


def certificate(folder: Path) -> None:
    """For this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


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
