"""A push service of a test's own, over TLS, and a browser that reads what came."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from registration.mailing import push_service
from summit.lib import web_push
from tests.authority import Authority

__test__ = False
HOST = "push.example"


class Browser:
    """Keys as a browser makes them for one subscription."""

    def __init__(self, number: int = 1) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = bytes(range(16))
        self.endpoint = f"https://{HOST}/send/{number}"
        self.key = web_push.encoded(web_push.public_point(self._key.public_key()))
        self.secret = web_push.encoded(self._secret)

    @property
    def asked(self) -> dict[str, str]:
        """What the page's script sends."""
        return {"action": "subscribe", "endpoint": self.endpoint, "key": self.key, "secret": self.secret}

    def read(self, body: bytes) -> dict[str, Any]:
        """RFC 8291 3.4 from the other side."""
        salt, length = body[:16], body[20]
        ours, sealed = body[21 : 21 + length], body[21 + length :]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ours)
        mine = web_push.public_point(self._key.public_key())
        key, nonce = web_push.derived(self._key.exchange(ec.ECDH(), theirs), self._secret, salt, mine, ours)
        text = AESGCM(key).decrypt(nonce, sealed, None)
        assert text.endswith(b"\x02")
        said: dict[str, Any] = json.loads(text[:-1])
        return said


class Receiver:
    """``came`` are requests as (path, headers, body); ``answers`` the status of each path, 201 where none is given."""

    def __init__(self) -> None:
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: dict[str, int] = {}
        self.port = 0

    def told(self, browser: Browser) -> list[dict[str, Any]]:
        return [browser.read(body) for path, _headers, body in self.came if browser.endpoint.endswith(path)]

    def signed_by(self) -> set[bytes]:
        """The keys that the requests were signed with; each signature is looked at."""
        found = set()
        for _path, headers, _body in self.came:
            token, known = headers["Authorization"].removeprefix("vapid t=").split(", k=")
            signed, _dot, signature = token.rpartition(".")
            octets = web_push.decoded(signature)
            der = encode_dss_signature(int.from_bytes(octets[:32]), int.from_bytes(octets[32:]))
            point = web_push.decoded(known)
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            key.verify(der, signed.encode(), ec.ECDSA(SHA256()))
            assert json.loads(web_push.decoded(signed.split(".")[1]))["aud"] == f"https://{HOST}"
            found.add(point)
        return found


@contextmanager
def receiving(monkeypatch: Any, folder: Path) -> Iterator[Receiver]:
    """A push service at ``HOST``; what is sent there comes here."""
    receiver, authority = Receiver(), Authority()
    authority.give(folder, HOST)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.came.append((self.path, dict(self.headers), body))
            self.send_response(receiver.answers.get(self.path, 201))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        receiver.port = server.server_address[1]
        trusting = ssl.create_default_context(cadata=authority.root_pem.decode())
        monkeypatch.setattr(push_service, "trust", lambda: trusting)
        monkeypatch.setattr(push_service, "looked_up", lambda _host: ("127.0.0.1", receiver.port))
        try:
            yield receiver
        finally:
            server.shutdown()
