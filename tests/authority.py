"""An authority of a test's own: it gives certificates, and tells whoever asks that they have not been revoked."""

import base64
import datetime as dt
import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

__test__ = False
DAY = dt.timedelta(days=1)
NAME = "A test's own authority"
USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
        "crl_sign", "encipher_only", "decipher_only")  # fmt: skip


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


class Authority:
    """``given`` is the last certificate it gave; ``asked`` are requests for its word (RFC 6960)."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public, use = self._key.public_key(), dict.fromkeys(USES, False)
        signs = x509.KeyUsage(**{**use, "key_cert_sign": True, "crl_sign": True, "digital_signature": True})
        mine = x509.SubjectKeyIdentifier.from_public_key(public)
        self._root = self._signed(_named(NAME), public, x509.BasicConstraints(True, 0), signs, mine)
        self.root_pem = _pem(self._root)
        self.given: Any = None
        self.asked: list[Any] = []
        self._answers_at = ""

    def _signed(self, name: x509.Name, key: Any, *extensions: x509.ExtensionType) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        made = x509.CertificateBuilder(_named(NAME), name, key, x509.random_serial_number(), now - DAY, now + DAY)
        # Python's rules since 3.13 (RFC 5280 4.2.1.1) ask for it.
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        for each in (*extensions, above):
            made = made.add_extension(each, critical=isinstance(each, x509.BasicConstraints | x509.KeyUsage))
        return made.sign(self._key, hashes.SHA256())

    def give(self, folder: Path, host: str, address: str = "127.0.0.1") -> None:
        """``fullchain.pem`` and ``privkey.pem`` for a host and an address, as certbot lays them."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.ExtensionType] = [
            x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.ip_address(address))])
        ]
        if self._answers_at:
            place = x509.UniformResourceIdentifier(self._answers_at)
            names.append(
                x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)])
            )
        self.given = self._signed(_named(host), key.public_key(), *names)
        (folder / "fullchain.pem").write_bytes(_pem(self.given) + self.root_pem)
        (folder / "privkey.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        (folder / "privkey.pem").chmod(0o600)

    def _word(self, request: ocsp.OCSPRequest) -> bytes:
        now = dt.datetime.now(dt.UTC)
        made = ocsp.OCSPResponseBuilder().add_response(
            self.given, self._root, hashes.SHA1(), ocsp.OCSPCertStatus.GOOD, now - DAY, now + DAY, None, None
        )
        self.asked.append(request)
        signed = made.responder_id(ocsp.OCSPResponderEncoding.HASH, self._root).sign(self._key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.DER)

    @contextmanager
    def answering(self) -> Iterator["Authority"]:
        """Certificates given meanwhile name the place where it can be asked."""
        authority = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._tell(base64.b64decode(unquote(self.path[1:])))

            def do_POST(self) -> None:
                self._tell(self.rfile.read(int(self.headers["Content-Length"])))

            def _tell(self, asked: bytes) -> None:
                word = authority._word(ocsp.load_der_ocsp_request(asked))
                self.send_response(200)
                self.send_header("Content-Type", "application/ocsp-response")
                self.send_header("Content-Length", str(len(word)))
                self.end_headers()
                self.wfile.write(word)

            def log_message(self, *_args: Any) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self._answers_at = f"http://127.0.0.1:{server.server_address[1]}/"
            try:
                yield self
            finally:
                server.shutdown()
