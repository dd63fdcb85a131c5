"""What a watch page shows: which of a session's streams, in which language, as picture, sound or text alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from registration.personal.joining import Door
from sessions.models import Stream
from summit.lib.weblinks import Player


class Form(StrEnum):
    """How a session is followed."""

    PICTURE = "picture"
    SOUND = "sound"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Watching:
    """``channels``: what plays here, the chosen one among them; ``elsewhere``: what leads to other sites and telephones;
    ``signed``: a picture of sign language beside."""

    form: Form
    chosen: Stream | None
    channels: Sequence[Stream]
    elsewhere: Sequence[Stream]
    signed: Stream | None = None

    @property
    def player(self) -> Player | None:
        return self.chosen.player if self.chosen else None

    @property
    def falls_back_on(self) -> str:
        """Where the player looks by itself when the first address is silent; "" where there is nowhere."""
        chosen = self.chosen
        return "" if chosen is None or chosen.on_backup else chosen.backup_address

    @property
    def origins(self) -> list[str]:
        """Origins that pieces of streams come from, beside this site: what the page's policy lets its script ask."""
        playing = [stream.player for stream in (self.chosen, self.signed) if stream]
        found = {player.host for player in playing if player and player.kind in {"hls", "audio"}}
        backup = self.chosen and self.chosen.backup_player
        return sorted(filter(None, found | ({backup.host} if backup and backup.kind == "hls" else set())))


def watching(door: Door, *, form: str, channel: int | None, language: str) -> Watching:
    """Of the streams behind an open door, the one asked for; else that in the reader's language, else what is spoken in the
    room. Sound alone is a stream of its own kind where there is one."""
    plays = [stream for stream in door.streams if stream.player]
    signed = next((stream for stream in plays if stream.kind == Stream.Kind.SIGN_LANGUAGE), None)
    heard = [stream for stream in plays if stream.kind == Stream.Kind.AUDIO]
    seen = [stream for stream in plays if stream.kind == Stream.Kind.BROADCAST]
    wanted = Form(form) if form in set(Form) else Form.PICTURE
    channels = (heard or seen) if wanted == Form.SOUND else (seen or heard)
    chosen = next((stream for stream in channels if stream.pk == channel), None) or _in(channels, language)
    elsewhere = [stream for stream in door.streams if not stream.player]
    return Watching(wanted, chosen, channels, elsewhere, signed if wanted == Form.PICTURE else None)


def _in(channels: Sequence[Stream], language: str) -> Stream | None:
    first = channels[0] if channels else None
    theirs = next((stream for stream in channels if stream.language == language), None)
    return theirs or next((stream for stream in channels if not stream.language), first)
