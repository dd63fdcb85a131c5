"""Mail into a folder, one ``.eml`` file a message, which any mail program opens. Out of the box no server is needed."""

import time
from email.policy import SMTP
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from summit.lib import own_files


class EmlBackend(BaseEmailBackend):
    def __init__(self, *, folder: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Any) -> int:
        own_files.make_folder(self.folder)
        if self.folder.is_relative_to(settings.VAR):  # any other may be somebody else's, too
            own_files.close_to_others(self.folder)
        messages: list[EmailMessage] = list(email_messages)
        for message in messages:
            name = f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid4().hex[:8]}.eml"
            partial = self.folder / f".{name}"
            own_files.write(partial, message.message(policy=SMTP).as_bytes())
            partial.rename(self.folder / name)
        return len(messages)
