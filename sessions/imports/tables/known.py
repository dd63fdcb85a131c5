"""The people of a summit as sheets call them: by code, and by their name in either script, however it is written."""

from django.utils.translation import gettext as _

from sessions.imports.schedules.schedule import folded
from speakers.models import Speaker
from summit.imports.table_format import Refused
from summit.models import Summit


class KnownPeople:
    """Read once for a whole sheet, and kept up with the rows of it."""

    def __init__(self, summit: Summit) -> None:
        self.summit = summit
        self.by_code: dict[str, Speaker] = {}
        self.by_name: dict[str, dict[int, Speaker]] = {}
        self.is_read = False

    def find(self, words: str) -> Speaker | None:
        """Raises ``Refused`` where several have that name."""
        self._read()
        if found := self.by_code.get(words):
            return found
        called = list(self.by_name.get(folded(words), {}).values())
        if len(called) > 1:
            raise Refused(_("Several are called “%(name)s”. Add a column with their codes.") % {"name": words})
        return called[0] if called else None

    def has(self, words: str) -> bool:
        self._read()
        return words in self.by_code or bool(self.by_name.get(folded(words)))

    def add(self, speaker: Speaker) -> None:
        """Somebody whom a row of the sheet has made or changed."""
        if self.is_read:
            self._add(speaker)

    def forget(self) -> None:
        """What a row made is gone with it."""
        self.is_read = False

    def _read(self) -> None:
        if self.is_read:
            return
        self.by_code, self.by_name, self.is_read = self.summit.speakers.by_code(), {}, True
        for speaker in dict.fromkeys(self.by_code.values()):
            self._add(speaker)

    def _add(self, speaker: Speaker) -> None:
        self.by_code[speaker.code] = speaker
        for name in (speaker.name, speaker.name_romanised):
            if name:
                self.by_name.setdefault(folded(name), {})[speaker.pk] = speaker
