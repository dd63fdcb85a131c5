from sessions.models.appearance import Appearance, SessionHost
from sessions.models.bookmark import Bookmark, PersonalAgenda
from sessions.models.details import with_details
from sessions.models.import_job import ImportJob
from sessions.models.material import Material
from sessions.models.session import Kind, Session, SessionAccess
from sessions.models.stream import Stream
from sessions.models.track import Track
from sessions.models.version import (
    AcceptedConflict,
    AgendaVersion,
    ChangeKind,
    Deadline,
    Placement,
    PlannedPublication,
    Task,
)

__all__ = [
    "AcceptedConflict",
    "AgendaVersion",
    "Appearance",
    "Bookmark",
    "ChangeKind",
    "Deadline",
    "ImportJob",
    "Kind",
    "Material",
    "PersonalAgenda",
    "Placement",
    "PlannedPublication",
    "Session",
    "SessionAccess",
    "SessionHost",
    "Stream",
    "Task",
    "Track",
    "with_details",
]
