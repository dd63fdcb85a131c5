"""Agendas in other software's formats: read into one neutral shape, then brought into a summit, all or nothing."""

from sessions.schedules.bringing_in import ScheduleReport, bring_in
from sessions.schedules.opening import FORMATS, open_schedule
from sessions.schedules.reading import Schedule

__all__ = ["FORMATS", "Schedule", "ScheduleReport", "bring_in", "open_schedule"]
