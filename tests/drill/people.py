"""Those who use a summit while it breaks, and the ledger of what they were told: the drill compares it with what is there."""

import html
import http.client
import random
import re
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

__test__ = False
PATIENCE = 60  # seconds somebody waits: on a machine that does other things as well a slow answer is no error
# Seconds a connection is used again after an answer: the web server lets go of it after ten, and a browser that meets the
# end of one asks anew.
USED_AGAIN = 5
FIELD = re.compile(r'name="(csrfmiddlewaretoken|nonce|seen)" value="([^"]*)"')

FILE = re.compile(r'(?:href|src)="(/static/[^"?#]+)"')


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer, or none (status 0), and when it came by the monotonic clock."""

    who: str
    path: str
    status: int
    at: float
    seconds: float
    method: str = "GET"

    @property
    def good(self) -> bool:
        return 200 <= self.status < 400


@dataclass
class Ledger:
    """What people saw, and what they were told is done."""

    seen: list[Seen] = field(default_factory=list)
    registered: set[str] = field(default_factory=set)  # addresses
    unsure: set[str] = field(default_factory=set)  # sent, and no answer came
    let_in: set[str] = field(default_factory=set)  # registrations by guid
    lock: threading.Lock = field(default_factory=threading.Lock)


def connected(origin: str, patience: float = PATIENCE) -> http.client.HTTPConnection:
    """A connection of its own; the certificate of a drill is signed by nobody."""
    parts = urlsplit(origin)
    if parts.scheme == "https":
        trusting = ssl._create_unverified_context()
        return http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=patience, context=trusting)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=patience)


class Visitor:
    """A browser of its own: cookies, one connection, forms with what they hold."""

    def __init__(self, origin: str, ledger: Ledger, who: str, cookie: str = "", patience: float = PATIENCE) -> None:
        self.origin, self.ledger, self.who, self.patience = origin, ledger, who, patience
        self.cookies = dict([cookie.split("=", 1)]) if cookie else {}
        self.connection: http.client.HTTPConnection | None = None
        self.answered_at = 0.0
        self.location = ""

    def ask(self, path: str, sent: dict[str, str] | None = None) -> tuple[int, str]:
        """(status, text); status 0 where no answer came."""
        started = time.monotonic()
        kept = self.connection is not None
        try:
            status, text = self._ask(path, sent)
        except (OSError, http.client.HTTPException) as error:
            status, text = 0, ""
            self.connection = None
            if kept and sent is None and isinstance(error, ConnectionError | http.client.RemoteDisconnected):
                # As browsers do where a connection they have kept is closed before an answer begins (RFC 9112 9.3.1).
                return self.ask(path)
        now = time.monotonic()
        with self.ledger.lock:
            method = "GET" if sent is None else "POST"
            self.ledger.seen.append(Seen(self.who, path.partition("?")[0], status, now, now - started, method))
        return status, text

    def _ask(self, path: str, sent: dict[str, str] | None) -> tuple[int, str]:
        if self.connection is not None and time.monotonic() - self.answered_at > USED_AGAIN:
            self.connection.close()
            self.connection = None
        if self.connection is None:
            self.connection = connected(self.origin, self.patience)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if sent is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        self.connection.request("GET" if sent is None else "POST", path, urlencode(sent or {}) or None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        self.answered_at = time.monotonic()
        self.location = answer.headers.get("Location", "")
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _is, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def fill(self, path: str, **values: str) -> tuple[int, str]:
        """Open a form and send it back with ``values``."""
        status, text = self.ask(path)
        if status != 200:
            return status, text
        kept = {name: html.unescape(value) for name, value in FIELD.findall(text)}
        return self.ask(path, {**kept, **values})


class Crowd:
    """Everybody at work, each in a thread, until the drill is over."""

    def __init__(self, origin: str, code: str) -> None:
        self.origin, self.code, self.ledger = origin, code, Ledger()
        self.over = threading.Event()
        self.threads: list[threading.Thread] = []

    def send(self, number: int, work: Callable[[int], None]) -> None:
        for turn in range(number):
            thread = threading.Thread(target=work, args=(turn,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def go_home(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def read(self, turn: int) -> None:
        """The public pages, one after the other; now and then as nobody has asked for it before."""
        visitor, chance = Visitor(self.origin, self.ledger, "reader"), random.Random(turn)
        pages = ["", "agenda/", "speakers/", "hosts/", "register/", "agenda/rooms/", "sessions/S00001/"]
        while not self.over.wait(0.2):
            language = chance.choice(("ko", "en"))
            noise = f"?q=open+{chance.randrange(10**6)}" if chance.random() < 0.2 else ""
            path = "agenda/search/" if noise else chance.choice(pages)
            _status, text = visitor.ask(f"/{language}/{self.code}/{path}{noise}")
            # A browser has most of what belongs to a page already.
            for file in chance.sample(found := FILE.findall(text), min(1, len(found))):
                visitor.ask(file)

    def register(self, turn: int) -> None:
        """One person after another; whoever gets no answer sends the same form again, as people do."""
        number, path = 0, f"/ko/{self.code}/register/"
        while not self.over.wait(0.3):
            number += 1
            email = f"drill{turn}.{number}@people.example"
            visitor = Visitor(self.origin, self.ledger, "registrant")
            nonce = f"{turn:08}{number:08}"
            for _attempt in range(12):
                status, _text = visitor.fill(path, **self.person(email), nonce=nonce)
                with self.ledger.lock:
                    if status == 302:
                        self.ledger.registered.add(email)
                        self.ledger.unsure.discard(email)
                        break
                    self.ledger.unsure.add(email)
                if self.over.wait(3):
                    return

    def person(self, email: str) -> dict[str, str]:
        return {
            "attendance": "in_person", "category": self.category, "name": "홍길동", "name_romanised": "Hong Gildong",
            "badge_script": "native", "email": email, "organisation": "한빛시민연대", "job_title": "사무국장",
            "country": "KR", "language": "ko", "access_needs": "", "dietary_needs": "", "privacy": "on",
        }  # fmt: skip

    category = ""
    desk_cookie = ""
    guests: list[str] = []  # guids of those who come to the door

    def stand_at_the_desk(self, turn: int) -> None:
        """Let one guest in after the other; a scan nobody answered is sent again with the same number."""
        visitor = Visitor(self.origin, self.ledger, "desk", self.desk_cookie)
        path = f"/en/{self.code}/desk/main/"
        for guid in self.guests:
            while not self.over.wait(0.4):
                status, text = visitor.ask(path)
                token = dict(FIELD.findall(text)).get("csrfmiddlewaretoken", "")
                if status == 200:
                    sent = {"csrfmiddlewaretoken": token, "guid": guid, "nonce": f"scan-{guid}"}
                    status, _text = visitor.ask(f"{path}check-ins/", sent)
                    if status == 200:
                        with self.ledger.lock:
                            self.ledger.let_in.add(guid)
                        break
