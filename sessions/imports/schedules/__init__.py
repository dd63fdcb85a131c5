"""Agendas in other software's formats: read into one neutral shape, then brought into a summit, all or nothing."""

from sessions.imports.schedules.detection import FORMATS, open_schedule
from sessions.imports.schedules.importing import ScheduleReport, import_schedule
from sessions.imports.schedules.schedule import Schedule

__all__ = ["FORMATS", "Schedule", "ScheduleReport", "import_schedule", "open_schedule"]
