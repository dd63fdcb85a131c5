"""A real broadcast for tests: ffmpeg makes a live HLS stream with two languages and subtitles, small servers give it out."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import imageio_ffmpeg

__test__ = False
SECONDS = 300
# One picture, and the sound of the floor and of an interpreter.
VARIANTS = (
    "v:0,s:0,agroup:aud,sgroup:subs,name:video "
    "a:0,agroup:aud,language:en,default:yes,name:floor a:1,agroup:aud,language:ko,name:korean"
)


class _Open(SimpleHTTPRequestHandler):
    """What plays on another site's page says so (CORS), and a list of pieces is asked for again and again."""

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_said: Any) -> None:
        pass


class Mirror:
    """One address of the stream, which can be switched off."""

    def __init__(self, folder: Path) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Open, directory=str(folder)))
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.address = f"http://{self.host}/main.m3u8"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def switch_off(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def _cues() -> str:
    def at(second: int) -> str:
        return f"00:{second // 60:02}:{second % 60:02}.000"

    cues = [f"{at(n)} --> {at(n + 2)}\n자막 caption {n}\n" for n in range(0, SECONDS, 2)]
    return "\n".join(["WEBVTT\n", *cues])


@contextmanager
def on_air(folder: Path) -> Iterator[tuple[Mirror, Mirror]]:
    """The stream while the block runs, at two addresses."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cues.vtt").write_text(_cues(), encoding="utf-8")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-re",
        "-f", "lavfi", "-i", "testsrc=size=160x90:rate=5", "-f", "lavfi", "-i", "sine=440", "-f", "lavfi", "-i", "sine=880",
        "-i", "cues.vtt", "-t", str(SECONDS), "-map", "0:v", "-map", "1:a", "-map", "2:a", "-map", "3:s",
        "-c:v", "libx264", "-preset", "ultrafast", "-g", "5", "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-threads", "1",
        "-c:a", "aac", "-b:a", "32k", "-c:s", "webvtt", "-f", "hls", "-hls_time", "1", "-hls_list_size", "12",
        "-hls_flags", "delete_segments+independent_segments+program_date_time", "-master_pl_name", "main.m3u8",
        "-var_stream_map", VARIANTS, "-hls_segment_filename", "%v_%d.ts", "%v.m3u8",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=folder)
    mirrors = Mirror(folder), Mirror(folder)
    try:
        _wait(folder, process)
        yield mirrors
    finally:
        process.kill()
        process.wait(10)
        for mirror in mirrors:
            mirror.switch_off()


def _wait(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Until there are pieces to play in each language."""
    until = time.monotonic() + 60
    while not all(list(folder.glob(f"{name}_2.*")) for name in ("video", "floor", "korean")):
        assert process.poll() is None, f"ffmpeg ended with {process.returncode}"
        assert time.monotonic() < until, "ffmpeg made nothing in a minute"
        time.sleep(0.1)
