"""An update without a pause, as docs/upgrading.md says it: the release of an earlier revision and this one side by side on one
database, while people read, register, sign in and are let in. No answer may fail.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.drill import drill, proof
from tests.drill.drill import stack
from tests.drill.people import Crowd, Ledger, Visitor
from tests.drill.proof import Proven
from tests.drill.stack import ROOT, Piece, until

__test__ = False
APPS = {"summit": "summit", "agenda": "sessions", "speakers": "speakers", "registration": "registration"}
LEAVING = 3.0  # seconds for requests that have begun when the proxy stops leading to a node
SETTLED = 15.0  # seconds both releases work side by side at each step


def release(revision: str, folder: Path) -> Path:
    """That revision as an installation of its own; what is installed is shared."""
    earlier = folder / "earlier"
    earlier.mkdir()
    packed = subprocess.run(["git", "archive", revision], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(earlier)], input=packed, check=True)
    for name in (".venv", "node_modules"):
        (earlier / name).symlink_to(ROOT / name)
    for words in ROOT.glob("summit/locale/*/LC_MESSAGES/django.mo"):
        shutil.copy(words, earlier / words.relative_to(ROOT))
    return earlier


def go_back(earlier: Path) -> list[str]:
    """Take the database back to where that release left it; the migrations that are to come."""
    from django.core.management import call_command

    coming = []
    for label, app in APPS.items():
        here, there = (
            sorted(path.stem for path in (root / app / "migrations").glob("0*.py")) for root in (ROOT, earlier)
        )
        coming += [f"{label}.{name}" for name in here if name not in there]
        if here != there:
            call_command("migrate", label, there[-1], verbosity=0)
    return coming


def new(name: str, environment: dict[str, str]) -> None:
    """A piece comes back as this release, on the disk and the port that it had."""
    old = stack.pieces[name]
    stack.add(Piece(name, drill.started_by(ROOT, name.rpartition(" ")[2]), {**old.environment, **environment}))


def workers_end() -> None:
    """All of the earlier release, before the first of this one begins: they know nothing of what its web servers queue."""
    for number in (1, 2):
        stack.pieces[f"node {number} worker"].end()


def port_of(number: int) -> int:
    return int(stack.pieces[f"node {number} web"].environment["PORT"])


def proxy_leads_to(*ports: int) -> None:
    """As after a change of its configuration; requests that have begun end where they are."""
    place = stack.folder / "proxy"
    drill.configure_proxy(place, list(ports))
    os.kill(int((place / "nginx.pid").read_text()), signal.SIGHUP)
    time.sleep(LEAVING)


def nodes_become(environment: dict[str, str]) -> None:
    """This release, one node after the other, each as an administrator does it; the next when this one answers."""
    for number in (1, 2):
        with taken_out(number) as web:
            drill.gather(ROOT, environment, Path(web.environment["VAR_DIR"]))
            new(f"node {number} worker", environment)
            new(web.name, environment)


def web_servers_restart(environment: dict[str, str]) -> None:
    for number in (1, 2):
        with taken_out(number) as web:
            new(web.name, environment)


@contextmanager
def taken_out(number: int) -> Iterator[Piece]:
    """The web server of a node, stopped while the proxy leads to the other one; it has been started again at the end."""
    web = stack.pieces[f"node {number} web"]
    proxy_leads_to(port_of(3 - number))
    web.end()
    yield web
    until(lambda: answers(port_of(number)), 120, web.name)
    proxy_leads_to(port_of(1), port_of(2))
    time.sleep(SETTLED)


def answers(port: int) -> bool:
    return Visitor(f"http://127.0.0.1:{port}", Ledger(), "probe").ask("/healthz")[0] == 200


class Colleagues:
    """Staff with authenticator apps who sign in again and again, each with a code at most every half minute."""

    NUMBER, PASSWORD, EVERY = 4, "correct-horse-battery", 31.0

    def __init__(self) -> None:
        from allauth.account.models import EmailAddress
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        from tests import factories as make

        self.secrets = [generate_totp_secret() for _one in range(self.NUMBER)]
        for number, secret in enumerate(self.secrets):
            user = make.make_user(self.address(number), password=self.PASSWORD)
            EmailAddress.objects.update_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )
            TOTP.activate(user, secret)
        self.signed_in: list[float] = []  # when, in seconds
        self.kept_out: list[float] = []

    def address(self, number: int) -> str:
        return f"colleague{number}@team.example"

    def code_of(self, number: int) -> str:
        """What the app of a colleague shows at this moment."""
        from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

        return str(format_hotp_value(hotp_value(self.secrets[number], list(yield_hotp_counters_from_time())[1])))

    def sign_in(self, crowd: Crowd, number: int) -> None:
        last = ""
        crowd.over.wait(self.EVERY * number / self.NUMBER)
        while not crowd.over.is_set():
            began = time.monotonic()
            visitor = Visitor(crowd.origin, crowd.ledger, "colleague")
            visitor.fill("/en/account/login/", login=self.address(number), password=self.PASSWORD)
            # Each code is good once.
            while (code := self.code_of(number)) == last and not crowd.over.wait(0.5):
                pass
            last = code
            visitor.fill(visitor.location or "/en/account/2fa/authenticate/", code=code)
            _status, text = visitor.ask("/me.json")
            (self.signed_in if '"signed_in": true' in text else self.kept_out).append(began - self.began)
            crowd.over.wait(max(0.0, self.EVERY - (time.monotonic() - began)))

    def come(self, crowd: Crowd) -> None:
        self.began = time.monotonic()
        crowd.send(self.NUMBER, lambda number: self.sign_in(crowd, number))

    def proven(self) -> Proven:
        told = f"{len(self.signed_in)} signed in with their codes, {len(self.kept_out)} were kept out {[round(at) for at in self.kept_out] or ''}"
        return Proven("second factors while the release changed", bool(self.signed_in) and not self.kept_out, told)


def main(revision: str = "HEAD~1", *arguments: str) -> int:
    folder = stack.folder
    try:
        environment = drill.common(folder)
        drill.installation(folder, environment)
        crowd = Crowd(environment["SITE_URL"], drill.CODE)
        summit = drill.programme(crowd)
        crowd.desk_cookie = crowd.desk_cookie.removeprefix("__Host-")
        colleagues = Colleagues()
        earlier = release(revision, folder)
        coming = go_back(earlier)
        drill.forget_the_connection()
        drill.proxy(folder, drill.nodes(folder, environment, earlier), environment)
        stack.keep_alive()
        drill.at_work(crowd)
        colleagues.come(crowd)
        time.sleep(SETTLED)
        print(f"      {len(coming)} migrations: {', '.join(coming)}", flush=True)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        time.sleep(SETTLED)
        steps: list[tuple[str, Any]] = [
            ("workers of the earlier release end", workers_end),
            ("nodes become this release", lambda: nodes_become({**environment, "FORMER_COOKIES": "1"})),
            ("web servers start again without FORMER_COOKIES", lambda: web_servers_restart({"FORMER_COOKIES": "0"})),
            ("secrets are encrypted", lambda: subprocess.run([sys.executable, "manage.py", "rotate_secrets"], cwd=ROOT, check=True)),
        ]  # fmt: skip
        for name, step in steps:
            print(f"      {time.monotonic() - colleagues.began:.0f} s: {name} …", flush=True)
            step()
        time.sleep(SETTLED)
        crowd.go_home()
        failed = [each for each in crowd.ledger.seen if not each.good]
        told = f"{len(failed)} of {len(crowd.ledger.seen):,} failed {sorted({(each.method, each.path, each.status) for each in failed})[:8]}"
        if failed:
            print(*(f"      {each.at - colleagues.began:.0f} s: {each}" for each in failed[:20]), sep="\n", flush=True)
        drill.drained(summit)
        return drill.told([
            Proven(f"{len(coming)} migrations; answers while the release changed", not failed, told),
            colleagues.proven(),
            proof.registrations(crowd.ledger, summit),
            proof.check_ins(crowd.ledger, summit),
            proof.mails(folder / "caught", crowd.ledger, summit, 0),
        ])  # fmt: skip
    finally:
        stack.end()
        if "keep" not in arguments:
            shutil.rmtree(folder, ignore_errors=True)
