"""Mail into a folder, one ``.eml`` file a message, which any mail program opens. Out of the box no server is needed."""

import time
from email.policy import SMTP
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage


class EmlBackend(BaseEmailBackend):
    def __init__(self, *, folder: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Any) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        messages: list[EmailMessage] = list(email_messages)
        for message in messages:
            name = f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid4().hex[:8]}.eml"
            partial = self.folder / f".{name}"
            partial.write_bytes(message.message(policy=SMTP).as_bytes())
            partial.rename(self.folder / name)
        return len(messages)
