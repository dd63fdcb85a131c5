"""A server of S3 (moto) in a process and an environment of its own, that can be stopped and held still.

It keeps strangers out, but believes any signature.
"""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3

from summit.machine import s3_environment
from tests.bench.world import free_port

__test__ = False
KEYS = {"S3_ACCESS_KEY": "test-access", "S3_SECRET_KEY": "test-secret"}


def command(port: int) -> list[str]:
    """What starts one, with nothing in it."""
    return [str(s3_environment()), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]


def client(address: str) -> Any:
    return boto3.client("s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id=KEYS["S3_ACCESS_KEY"],
                        aws_secret_access_key=KEYS["S3_SECRET_KEY"])  # fmt: skip


class Server:
    def __init__(self) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        # What Python was told for the tests is not for it.
        usual = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self.process = subprocess.Popen(
            command(port), env=usual, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        until = time.monotonic() + 120
        while not self.answers():
            assert time.monotonic() < until and self.process.poll() is None, "the server of S3 does not start"
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(self.address, timeout=5).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        self.go_on()
        self.process.terminate()
        self.process.wait(30)

    def hang(self) -> None:
        """It takes connections and never answers."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)

    def client(self) -> Any:
        """For looking at what lies there, and for making buckets."""
        return client(self.address)

    def buckets(self, name: str) -> dict[str, str]:
        """Two new buckets; the environment of an installation whose files lie in them."""
        made = {f"S3_{kind.upper()}_BUCKET": f"{kind}-{name}"[:60].rstrip("-") for kind in ("public", "private")}
        client = self.client()
        for bucket in made.values():
            client.create_bucket(Bucket=bucket)
        client.close()
        return {"S3_ENDPOINT": self.address, **made, **KEYS}


def names(client: Any, bucket: str, below: str = "") -> list[str]:
    """Of all files of a bucket."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=below)
    return sorted(found["Key"] for page in pages for found in page.get("Contents", ()))


@contextmanager
def running() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.stop()
