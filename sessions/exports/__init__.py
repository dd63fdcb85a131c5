"""The published agenda in the formats other software reads. Each export is a pure function of one :class:`Agenda`."""

from sessions.exports.frab_json import schedule_json
from sessions.exports.frab_xml import schedule_xml
from sessions.exports.source import Agenda, read
from sessions.exports.xcal import schedule_xcal

__all__ = ["Agenda", "read", "schedule_json", "schedule_xcal", "schedule_xml"]
