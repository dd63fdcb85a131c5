"""A mail server that takes everything and writes a line for each mail: its Message-ID and whom it is for.

``python -m tests.drill.catcher PORT FILE``
"""

import asyncio
import os
import sys
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import UnthreadedController

__test__ = False


class Writer:
    def __init__(self, file: Path) -> None:
        self.file = file

    async def handle_DATA(self, _server, _session, envelope) -> str:
        mail = message_from_bytes(envelope.content)
        # Written before it is said to have come: nothing that was confirmed is missing here.
        with self.file.open("a") as out:
            out.write(f"{mail['Message-ID']} {','.join(envelope.rcpt_tos)}\n")
            out.flush()
            os.fsync(out.fileno())
        return "250 OK"


def main() -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    controller = UnthreadedController(Writer(Path(sys.argv[2])), hostname="127.0.0.1", port=int(sys.argv[1]), loop=loop)
    controller.begin()
    loop.run_forever()


if __name__ == "__main__":
    main()
