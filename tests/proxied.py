"""The product behind a proxy, and beside it what a request looked like when it came through."""

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from summit.wsgi import application as site

__test__ = False
NOTES = Path(os.environ.get("NOTES", os.devnull))


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """``/echo`` tells the head and the size of the body; ``/slow`` notes its process and takes three seconds."""
    path = environ["PATH_INFO"]
    if path == "/static/only-here.css" and os.environ.get("NODE") == "second":
        start_response("200 OK", [("Content-Type", "text/css")])
        return [b"of one node"]
    if path not in {"/echo", "/slow", "/pieces"}:
        return site(environ, start_response)
    with NOTES.open("a") as notes:
        notes.write(f"{environ['REQUEST_METHOD']} {path} {os.getpid()}\n")
    if path == "/pieces":
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Accel-Buffering", "no")])
        return pieces()
    if path == "/slow":
        time.sleep(3)
    names = (
        "REMOTE_ADDR",
        "HTTP_HOST",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_REQUEST_ID",
        "HTTP_FORWARDED",
    )
    told = {name: environ[name] for name in names if name in environ}
    told |= {"pid": os.getpid(), "length": len(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]


def pieces():
    for number in range(3):
        yield f"{number}\n".encode()
        threading.Event().wait(1)
