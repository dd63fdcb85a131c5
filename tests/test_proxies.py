"""The proxies in ``deploy/``, run for real with the very files of the repository in front of the real web server."""

import gzip
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from cryptography import x509
from django.conf import settings

from summit import machine
from tests import nginx
from tests.authority import Authority
from tests.bench.world import free_port
from tests.processes import answers, environment, running
from tests.waiting import wait_for

ROOT = Path(settings.BASE_DIR)
CADDY = shutil.which("caddy", path=str(Path(sys.executable).parent))
NGINX = machine.nginx()


# In the database of the web server behind, for a certificate that is ordered when somebody asks for its host.
OWN_HOST = "own.example"
MAKES_IT = f"""
import django; django.setup()
from tests.factories import make_summit
make_summit(code="own2021", domain="{OWN_HOST}")
"""


class Proxied:
    def __init__(self, name, folder, web, http_port, https_port):
        self.name, self.folder, self.web = name, folder, web
        self.http_port, self.https_port, self.notes = http_port, https_port, folder / "notes.txt"
        self.trust = ssl.create_default_context()
        self.trust.check_hostname, self.trust.verify_mode = False, ssl.CERT_NONE
        self.opened = []

    def ask(self, path, method="GET", body=None, **headers):
        """(status, headers, body) by TLS through the proxy."""
        client = http.client.HTTPSConnection("localhost", self.https_port, timeout=60, context=self.trust)
        try:
            client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = client.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            client.close()

    def connect(self):
        client = self.trust.wrap_socket(
            socket.create_connection(("localhost", self.https_port), 60), server_hostname="localhost"
        )
        self.opened.append(client)
        return client

    def told(self):
        return "".join(path.read_text() for path in self.folder.glob("*.log"))

    def noted(self):
        return self.notes.read_text().splitlines() if self.notes.exists() else []


def command_of(name, folder, env):
    """How the proxy is started with the repository's own file, and its environment."""
    if name == "caddy":
        home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        text = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
        # Certificates of an authority of its own, instead of one that looks at us from outside.
        (folder / "Caddyfile").write_text(text.replace("{\n", "{\n\tlocal_certs\n", 1), encoding="utf-8")
        return [CADDY, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"], {
            **os.environ,
            **env,
            **home,
        }
    if not (folder / "fullchain.pem").exists():
        nginx.certificate(folder)
    return nginx.configured(NGINX, folder, env), dict(os.environ)


def granian(port, workers):
    return [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "tests.proxied:application", "--port", str(port),
            "--http", "1", "--workers", workers, "--blocking-threads", "2", "--no-ws", "--log-level", "error",
            "--respawn-failed-workers", "--respawn-interval", "0.1", "--workers-kill-timeout", "5"]  # fmt: skip


@pytest.fixture(scope="module", params=[
    pytest.param("nginx", marks=pytest.mark.skipif(not NGINX, reason="nginx is not installed")),
    pytest.param("caddy", marks=pytest.mark.skipif(CADDY is None, reason="Caddy is not installed")),
])  # fmt: skip
def served(request, tmp_path_factory, django_db_setup, django_db_blocker):
    folder = tmp_path_factory.mktemp(request.param)
    web, other, http_port, https_port = free_port(), free_port(), free_port(), free_port()
    found = Proxied(request.param, folder, web, http_port, https_port)
    site = f"https://localhost:{https_port}"
    with django_db_blocker.unblock():
        env = environment(folder, SITE_URL=site, BEHIND_PROXY="1", TRUSTED_PROXIES="1", NOTES=str(found.notes))
        subprocess.run([sys.executable, "-c", MAKES_IT], cwd=ROOT, env=env, check=True)
    nodes = [(web, "2"), (other, "1")]
    addresses = [f"127.0.0.1:{web}", f"127.0.0.1:{other}"]
    names = {"SITE_URL": site, **nginx.values(https_port, http_port, addresses, folder)}
    command, of_proxy = command_of(request.param, folder, names)
    with ExitStack() as stack:
        for port, workers in nodes:
            of_node = {**env, "NODE": "first" if port == web else "second"}
            stack.enter_context(running(granian(port, workers), of_node, folder / "web.log"))
            assert wait_for(lambda port=port: answers(f"http://127.0.0.1:{port}/healthz") == 200), found.told()
        stack.enter_context(running(command, of_proxy, folder / "proxy.log"))
        assert wait_for(lambda: answers(f"http://localhost:{http_port}/healthz") == 200), found.told()
        assert wait_for(lambda: tls_works(found)), found.told()
        yield found


def tls_works(proxy):
    try:
        return proxy.ask("/healthz")[0] == 200
    except OSError:
        return False


@pytest.fixture
def proxy(served):
    yield served
    while served.opened:
        served.opened.pop().close()


def test_the_client_is_known_and_believes_are_not_taken_from_it(proxy):
    lies = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Host": "evil.example",
        "Forwarded": "for=203.0.113.9",
    }
    status, _headers, body = proxy.ask("/echo", **lies)
    told = json.loads(body)
    assert status == 200
    assert told["HTTP_X_FORWARDED_FOR"] in {"127.0.0.1", "::1"}
    assert told["HTTP_X_FORWARDED_PROTO"] == "https"
    assert told["HTTP_HOST"] == f"localhost:{proxy.https_port}"
    assert not told.get("HTTP_X_FORWARDED_HOST") and not told.get("HTTP_FORWARDED")


def shakes_hands(proxy, name="localhost", **wanted):
    """(protocol, cipher, certificate) that are agreed on where the client can do just this; None where it is refused."""
    able = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    able.check_hostname, able.verify_mode = False, ssl.CERT_NONE
    able.set_ciphers(wanted.get("cipher", "ALL:@SECLEVEL=0"))
    version = wanted.get("version", ssl.TLSVersion.TLSv1_2)
    able.minimum_version = able.maximum_version = version
    with socket.create_connection(("localhost", proxy.https_port), 60) as plain:
        try:
            with able.wrap_socket(plain, server_hostname=name) as agreed:
                return agreed.version(), agreed.cipher()[0], agreed.getpeercert(binary_form=True)
        except (ssl.SSLError, ConnectionResetError):
            return None


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_what_is_agreed_on_is_new_enough_and_strong(proxy):
    """Every cipher that OpenSSL has is offered alone."""
    assert (
        shakes_hands(proxy, version=ssl.TLSVersion.TLSv1) is shakes_hands(proxy, version=ssl.TLSVersion.TLSv1_1) is None
    )
    assert shakes_hands(proxy, version=ssl.TLSVersion.TLSv1_3)[0] == "TLSv1.3"
    able = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    able.set_ciphers("ALL:@SECLEVEL=0")
    known = [each["name"] for each in able.get_ciphers() if each["protocol"] != "TLSv1.3"]
    weak = [name for name in known if not (name.startswith("ECDHE-") and ("GCM" in name or "POLY1305" in name))]
    assert len(weak) > 20
    agreed = {name for name in known if shakes_hands(proxy, cipher=f"{name}:@SECLEVEL=0")}
    # Of those for the kind of key that the certificate has, each.
    assert agreed == {name for name in known if name.startswith("ECDHE-ECDSA-") and name not in weak and "CAMELLIA" not in name
                      and "ARIA" not in name}  # fmt: skip


def test_a_host_that_somebody_has_entered_gets_its_certificate_when_it_is_asked_for(proxy):
    """Caddy asks the application, and orders of its own authority here."""
    if proxy.name != "caddy":
        pytest.skip("nginx is given its certificates")
    _protocol, _cipher, given = shakes_hands(proxy, OWN_HOST)
    names = x509.load_der_x509_certificate(given).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.value.get_values_for_type(x509.DNSName) == [OWN_HOST]
    assert shakes_hands(proxy, "nobody-entered.example") is None


@pytest.mark.skipif(not NGINX or shutil.which("openssl") is None, reason="needs nginx and openssl")
def test_nginx_tells_that_its_certificate_was_not_revoked(tmp_path):
    """Where the authority can be asked; a client that asks for it hears the authority's own word."""
    with Authority().answering() as authority:
        authority.give(tmp_path, "localhost")
        ports = {name: str(free_port()) for name in ("HTTP_PORT", "HTTPS_PORT")}
        names = {"SITE_HOST": "localhost", "WEB_ADDRESS": "127.0.0.1:1", "OTHER_ADDRESS": "127.0.0.1:1", "CERTIFICATE_FOLDER": str(tmp_path)}  # fmt: skip
        command, env = command_of("nginx", tmp_path, names | ports)
        (tmp_path / "root.pem").write_bytes(authority.root_pem)
        asks = ["openssl", "s_client", "-connect", f"localhost:{ports['HTTPS_PORT']}", "-status", "-CAfile", str(tmp_path / "root.pem")]  # fmt: skip

        def told():
            said = subprocess.run(asks, input="", capture_output=True, text=True, check=False).stdout
            return said if "OCSP Response Status: successful" in said else ""

        with running(command, env, tmp_path / "proxy.log"):
            # nginx asks when the first client has come.
            assert "Cert Status: good" in wait_for(told, 60), (tmp_path / "error.log").read_text()
        assert authority.asked and authority.asked[0].serial_number == authority.given.serial_number


def test_names_that_a_server_reads_as_those_of_the_proxy_are_not_passed_on(proxy):
    """CGI writes both "-" and "_" as "_" (RFC 3875 4.1.18): the web server keeps one of the two, and it may be the lie."""
    client = http.client.HTTPSConnection("localhost", proxy.https_port, timeout=60, context=proxy.trust)
    lies = {
        "X_Forwarded_For": "203.0.113.9",
        "x_forwarded_proto": "http",
        "X_Request_ID": "made-by-a-client",
        "Forwarded_": "a",
    }
    try:
        client.request("GET", "/echo", headers=lies)
        answer = client.getresponse()
        told = json.loads(answer.read())
    finally:
        client.close()
    assert told["HTTP_X_FORWARDED_FOR"] in {"127.0.0.1", "::1"}
    assert told["HTTP_X_FORWARDED_PROTO"] == "https"
    assert "HTTP_X_REQUEST_ID" not in told


def test_https_is_known_behind_it_and_nobody_goes_round_in_circles(proxy):
    status, headers, _body = proxy.ask("/en/account/login/")
    assert status == 200
    assert "max-age=31536000" in headers["Strict-Transport-Security"]


def test_plain_http_leads_to_https_except_for_probes(proxy):
    client = http.client.HTTPConnection("localhost", proxy.http_port, timeout=60)
    client.request("GET", "/en/account/login/?next=/x")
    answer = client.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"].startswith("https://localhost") and answer.headers["Location"].endswith(
        "/en/account/login/?next=/x"
    )
    client.close()
    assert answers(f"http://localhost:{proxy.http_port}/healthz") == 200


def test_compressed_answers_pass_as_they_are(proxy):
    status, headers, body = proxy.ask("/static/summit/css/public-hangul.css", Accept_Encoding="identity")
    assert (status, headers["Content-Encoding"]) == (200, None)
    direct = http.client.HTTPConnection("127.0.0.1", proxy.web, timeout=60)
    for path in ("/en/account/login/", "/sitemap.xml"):
        status, headers, body = proxy.ask(path, Accept_Encoding="gzip")
        direct.request(
            "GET",
            path,
            headers={"Accept-Encoding": "gzip", "X-Forwarded-Proto": "https", "Host": f"localhost:{proxy.https_port}"},
        )
        alone = direct.getresponse()
        alone.read()
        assert (status, headers["Content-Encoding"]) == (alone.status, alone.headers["Content-Encoding"])
        if headers["Content-Encoding"] == "gzip":
            assert gzip.decompress(body)
    direct.close()


def test_what_is_too_large_is_refused_by_the_proxy_in_both_languages(proxy):
    for path, length in (("/en/account/login/", 3_000_000), ("/en/ogp2021/organiser/imports/tables/", 30_000_000)):
        client = proxy.connect()
        client.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost:{proxy.https_port}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n".encode()
        )
        whole = b""
        with suppress(OSError):
            while piece := client.recv(65_536):
                whole += piece
        assert whole.startswith(b"HTTP/1.1 413"), whole[:200]
        assert "smaller file" in whole.decode() and "더 작은 파일" in whole.decode()


def test_a_file_of_a_size_that_is_taken_reaches_the_application(proxy):
    """Which asks who sends it: a stranger hears its own page."""
    status, _headers, body = proxy.ask("/en/ogp2021/organiser/imports/tables/", "POST", b"x" * 20_000_000)
    assert status == 413
    assert b"That was too much at once" in body and b"summit/css" in body
    status, _headers, body = proxy.ask("/echo", "POST", b"x" * 1_500_000)
    assert (status, json.loads(body)["length"]) == (200, 1_500_000)


def test_slow_bodies_wait_at_the_proxy_and_hold_no_thread_of_ours(proxy):
    """Twenty for six threads; none of them is heard of by the application."""
    before = len(proxy.noted())
    head = f"POST /echo HTTP/1.1\r\nHost: localhost:{proxy.https_port}\r\nContent-Length: 3000\r\n\r\nabc"
    for _number in range(20):
        proxy.connect().sendall(head.encode())
    time.sleep(1)
    for _turn in range(10):
        assert proxy.ask("/en/account/login/")[0] == 200
    assert len(proxy.noted()) == before
    # One of them goes on, and is answered whole.
    proxy.opened[0].sendall(b"x" * 2997)
    assert proxy.opened[0].recv(12) == b"HTTP/1.1 200"


def test_what_comes_in_pieces_is_passed_on_in_pieces(proxy):
    client, began, came = proxy.connect(), time.monotonic(), {}
    client.sendall(f"GET /pieces HTTP/1.1\r\nHost: localhost:{proxy.https_port}\r\nConnection: close\r\n\r\n".encode())
    whole = b""
    while piece := client.recv(65_536):
        whole += piece
        came |= {
            number: time.monotonic() - began
            for number in b"012"
            if number not in came and bytes([number]) + b"\n" in whole
        }
    # The last is made two seconds after the first.
    assert came[ord("2")] - came[ord("0")] > 1


def killed(proxy, method):
    """The answer to a request whose process is killed while it works."""
    before, answered = len(proxy.noted()), []
    thread = threading.Thread(
        target=lambda: answered.append(proxy.ask("/slow", method, b"x" if method == "POST" else None))
    )
    thread.start()
    assert wait_for(lambda: len(proxy.noted()) > before)
    os.kill(int(proxy.noted()[-1].rpartition(" ")[2]), signal.SIGKILL)
    thread.join(120)
    time.sleep(6)  # the next crash shall be one by itself: granian ends at two in a row
    return answered[0], len(proxy.noted()) - before


def test_who_reads_when_a_process_dies_is_answered_by_another(proxy):
    (status, _headers, _body), times = killed(proxy, "GET")
    assert (status, times) == (200, 2), proxy.told()


def test_what_was_sent_when_a_process_died_is_not_sent_twice(proxy):
    (status, headers, body), times = killed(proxy, "POST")
    assert (status, times, headers["Retry-After"]) == (503, 1, "10")
    assert "다시 시도해" in body.decode() and "Try again" in body.decode()


def test_a_style_sheet_of_one_release_is_found_while_the_other_node_has_the_next(proxy):
    """Four requests meet both nodes; one of them has the file."""
    if proxy.name == "caddy":
        pytest.skip("deploy/Caddyfile has one node")
    answered = [proxy.ask("/static/only-here.css") for _request in range(4)]
    assert {(status, body) for status, _headers, body in answered} == {(200, b"of one node")}
    assert proxy.ask("/static/nowhere.css")[0] == 404
