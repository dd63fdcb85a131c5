"""A Redis of a test's own that can be stopped and held still, and a way to it that is slow."""

import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.bench.world import free_port

__test__ = False


class Server:
    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 60
        with Redis(port=self.port, socket_timeout=5) as client:
            while time.monotonic() < until:
                with suppress(RedisError):
                    client.ping()
                    return
                time.sleep(0.05)
        raise TimeoutError("Redis does not start")

    def stop(self) -> None:
        if self.process:
            self.go_on()
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def hang(self) -> None:
        """It takes connections and never answers."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def running() -> Iterator[Server]:
    if shutil.which("redis-server") is None:
        pytest.skip("needs redis-server")
    server = Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()


class SlowWay:
    """Takes connections for ``port`` and hands on what comes back only after ``seconds``, answer by answer."""

    def __init__(self, port: int, seconds: float) -> None:
        self.to, self.seconds = port, seconds
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self.listener.getsockname()[1]}/0"
        self.ends: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
                self.ends += [near, far]
                threading.Thread(target=self._hand_on, args=(near, far, 0.0), daemon=True).start()
                threading.Thread(target=self._hand_on, args=(far, near, self.seconds), daemon=True).start()

    @staticmethod
    def _hand_on(source: socket.socket, target: socket.socket, seconds: float) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                time.sleep(seconds)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        # Whoever waits for a connection wakes up, and takes no more.
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for end in self.ends:
            end.close()


@contextmanager
def slow_way(port: int, seconds: float) -> Iterator[SlowWay]:
    way = SlowWay(port, seconds)
    try:
        yield way
    finally:
        way.close()
