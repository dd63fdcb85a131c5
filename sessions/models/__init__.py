from sessions.models.appearance import Appearance, SessionHost
from sessions.models.bookmark import Bookmark, PersonalAgenda
from sessions.models.import_job import ImportJob
from sessions.models.material import Material
from sessions.models.session import Kind, Session, SessionAccess
from sessions.models.track import Track
from sessions.models.version import AgendaVersion, ChangeKind, Placement

__all__ = [
    "AgendaVersion",
    "Appearance",
    "Bookmark",
    "ChangeKind",
    "ImportJob",
    "Kind",
    "Material",
    "PersonalAgenda",
    "Placement",
    "Session",
    "SessionAccess",
    "SessionHost",
    "Track",
]
