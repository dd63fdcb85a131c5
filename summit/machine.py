"""What the machine must bring that pip and npm cannot: system libraries, fonts, a browser and a database for tests.

Only the standard library: it runs before anything is installed. ``python -m summit.machine libraries|chromium`` installs
what is missing where it may, else names the one command to type; ``… nginx`` lays the proxy of the tests beside the
environment; ``… postgresql`` prints an address of a server; ``… s3-server`` prints a Python that runs one of S3
(``-m moto.server -p PORT``).
"""

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# library, or a family of fonts, and the Debian package that brings it
LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
FONTS = {"NanumGothic": "fonts-nanum", "Droid Sans Fallback": "fonts-droid-fallback"}
# The one without windows begins sooner and takes a quarter less of a processor.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OWN_NGINX = Path(__file__).parents[1] / "var/nginx/nginx"


def missing_packages() -> tuple[list[str], list[str]]:
    """(must, should): packages without which badges cannot be drawn, and those for rare scripts."""
    must = [package for name, package in LIBRARIES.items() if ctypes.util.find_library(name) is None]
    listed = _output("fc-list", ":", "family") if shutil.which("fc-list") else ""
    should = [package for family, package in FONTS.items() if family not in listed]
    return must, should


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _root() -> list[str] | None:
    """What to put before a command that needs root; None where it may not be run."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def install(packages: list[str]) -> bool:
    """Install Debian packages; False where this machine or this user cannot."""
    root = _root()
    if not packages:
        return True
    if root is None or not shutil.which("apt-get"):
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' '.join(packages)} …", flush=True)
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        done = subprocess.run([*root, "apt-get", *arguments], env=quiet, capture_output=True, text=True, check=False)
        if done.returncode and arguments[0] == "install":
            print(done.stderr[-2000:])
            return False
    return True


def _command_for(packages: list[str]) -> str:
    if sys.platform == "darwin":
        return "brew install pango fontconfig"
    return f"sudo apt-get install {' '.join(packages)}"


def libraries() -> int:
    must, should = missing_packages()
    if install([*must, *should]) and not missing_packages()[0]:
        return 0
    must, should = missing_packages()
    if must:
        print(
            f"Badges need system libraries that are not here. Type this once, then start again:\n\n    {_command_for([*must, *should])}\n"
        )
        return 1
    print(f"Rare scripts on badges need more fonts: {_command_for(should)}")
    return 0


def browser() -> str:
    return os.environ.get("CHROMIUM") or next((path for name in BROWSERS if (path := shutil.which(name))), "")


def chromium() -> int:
    if browser() or any(install([package]) and browser() for package in BROWSERS[:2]):
        return 0
    # Where Playwright may download its own browser, that one serves as well.
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode == 0:
        return 0
    print(f"Browser tests need Chromium. Type this once, then start again:\n\n    {_command_for(['chromium'])}\n")
    return 1


def nginx() -> str:
    """The proxy: of the machine, or the one that was laid beside the environment; "" where there is none."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return found or (str(OWN_NGINX) if OWN_NGINX.exists() else "")


def proxy() -> int:
    """Lay nginx into ``var/nginx``. It is taken out of its package and not installed, which needs no root and would start
    a server on port 80. Where that cannot be, tests of it are skipped: never an error."""
    if nginx() or not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return 0
    with tempfile.TemporaryDirectory() as folder:
        if _fetch("nginx", Path(folder)) and _starts(Path(folder) / "out/usr/sbin/nginx"):
            OWN_NGINX.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(Path(folder) / "out/usr/sbin/nginx", OWN_NGINX)
            return 0
    print("Tests of the proxy need nginx, and are skipped without: sudo apt-get install nginx")
    return 0


def _fetch(package: str, folder: Path) -> bool:
    """Take a Debian package to pieces in ``folder / "out"``; its lists are brought up to date where it is not found."""
    fetch = ["apt-get", "download", "-qq", package]
    if subprocess.run(fetch, cwd=folder, capture_output=True, check=False).returncode:
        if (root := _root()) is not None:
            subprocess.run([*root, "apt-get", "update", "-qq"], capture_output=True, check=False)
        subprocess.run(fetch, cwd=folder, capture_output=True, check=False)
    return any(
        subprocess.run(["dpkg-deb", "-x", each, folder / "out"], capture_output=True, check=False).returncode == 0
        for each in folder.glob("*.deb")
    )


def _starts(program: Path) -> bool:
    """Whether the libraries it wants are here."""
    return program.exists() and subprocess.run([program, "-v"], capture_output=True, check=False).returncode == 0


def postgresql() -> int:
    """Print the address of a PostgreSQL server that lets us create databases; start a private one if none answers."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        print(given)
        return 0
    for user in ("postgres", os.environ.get("USER", "root"), "root"):
        url = f"postgres://{user}@127.0.0.1:5432/postgres"
        if _answers(url):
            print(url)
            return 0
    return _private_cluster()


def _answers(url: str) -> bool:
    import psycopg  # not there before the environment is made

    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False


def _private_cluster() -> int:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    if initdb is None:
        print("Tests on PostgreSQL need a server: sudo apt-get install postgresql", file=sys.stderr)
        return 1
    folder = Path(tempfile.gettempdir()) / "summit-postgresql"
    # PostgreSQL refuses to run as root.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if not (folder / "PG_VERSION").exists():
        subprocess.run(
            [*as_user, initdb, "-D", str(folder), "-U", "postgres", "-A", "trust"], check=True, capture_output=True
        )
    server = Path(initdb).with_name("pg_ctl")
    options = (
        f"-p 54329 -k {tempfile.gettempdir()} -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off"
    )
    subprocess.run([*as_user, str(server), "-D", str(folder), "-o", options, "-l", str(folder / "log"), "start"],
                   check=False, capture_output=True)  # fmt: skip
    url = "postgres://postgres@127.0.0.1:54329/postgres"
    for _attempt in range(40):
        if _answers(url):
            print(url)
            return 0
        time.sleep(0.25)
    print(f"The private PostgreSQL did not start; see {folder / 'log'}", file=sys.stderr)
    return 1


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One process at a time, whichever comes first; the others wait."""
    import fcntl  # not on Windows, where nothing else here asks for it

    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def s3_environment() -> Path:
    """The Python of an environment that holds moto, a server of S3, whose libraries are others than ours. Made when first
    asked for, and anew when its lock file changes. Raises ``CalledProcessError`` where its packages cannot be had."""
    wanted = ROOT / "requirements-s3-server.txt"
    state = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()
    folder = ROOT / "var" / "s3-server"
    python, made = folder / "bin" / "python", folder / "made"
    with _alone(folder.with_suffix(".lock")):
        if not made.exists() or made.read_text() != state:
            subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", folder], check=True)
            uv: list[str | Path] = [Path(sys.executable).with_name("uv"), "pip", "install", "-q", "--python", python]
            subprocess.run([*uv, "--compile-bytecode", "--require-hashes", "-r", wanted], check=True)
            made.write_text(state)
    return python


def s3_server() -> int:
    try:
        print(s3_environment())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Tests of an object storage need the packages of requirements-s3-server.txt: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    tasks = {
        "libraries": libraries, "chromium": chromium, "nginx": proxy, "postgresql": postgresql, "s3-server": s3_server,
    }  # fmt: skip
    if len(sys.argv) != 2 or sys.argv[1] not in tasks:
        sys.exit(f"python -m summit.machine {'|'.join(tasks)}")
    sys.exit(tasks[sys.argv[1]]())
