"""An update without a pause: the release of an earlier revision and this one side by side on one database, while people read,
register and are let in. No answer may fail.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.drill import drill, proof
from tests.drill.drill import stack
from tests.drill.people import Crowd, Visitor
from tests.drill.proof import Proven
from tests.drill.stack import ROOT, Piece, until

__test__ = False
APPS = {"summit": "summit", "agenda": "sessions", "speakers": "speakers", "registration": "registration"}
SETTLED = 15.0  # seconds both releases work side by side at each step
LEAVING = 10.0  # seconds a server that is asked to end has for the requests it has begun


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


def replace(number: int, environment: dict[str, str]) -> None:
    """One node after the other is stopped as an administrator does it, and comes back as this release."""
    for name in ("worker", "web"):
        old = stack.pieces[f"node {number} {name}"]
        old.end()
        new = Piece(old.name, drill.started_by(ROOT, name), {**environment, **old.environment})
        stack.add(new)
    time.sleep(SETTLED)


def main(revision: str = "HEAD~1") -> int:
    folder = stack.folder
    try:
        environment = drill.common(folder)
        drill.installation(folder, environment)
        crowd = Crowd(environment["SITE_URL"], drill.CODE)
        summit = drill.programme(crowd)
        earlier = release(revision, folder)
        coming = go_back(earlier)
        drill.forget_the_connection()
        drill.proxy(folder, drill.nodes(folder, environment, earlier), environment)
        stack.keep_alive()
        visitor = Visitor(crowd.origin, crowd.ledger, "first")
        until(lambda: visitor.ask(f"/ko/{drill.CODE}/")[0] == 200, 120, "The site")
        time.sleep(5)  # both nodes
        crowd.ledger.seen.clear()
        crowd.send(3, crowd.read)
        crowd.send(2, crowd.register)
        crowd.send(1, crowd.stand_at_the_desk)
        time.sleep(SETTLED)
        print(f"      {len(coming)} migrations: {', '.join(coming)}", flush=True)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        time.sleep(SETTLED)
        for number in (1, 2):
            print(f"      node {number} becomes this release …", flush=True)
            replace(number, environment)
        crowd.go_home()
        failed = [each for each in crowd.ledger.seen if not each.good]
        told = f"{len(failed)} of {len(crowd.ledger.seen):,} failed {sorted({(each.path, each.status) for each in failed})[:5]}"
        drill.drained(summit)
        return drill.told([
            Proven("answers while the release changed", not failed, told),
            proof.registrations(crowd.ledger, summit),
            proof.check_ins(crowd.ledger, summit),
            proof.mails(folder / "caught", crowd.ledger, summit, 0),
        ])  # fmt: skip
    finally:
        stack.end()
        shutil.rmtree(folder, ignore_errors=True)
