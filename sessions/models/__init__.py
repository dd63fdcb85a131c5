from sessions.models.announcement import Announcement, Delay
from sessions.models.appearance import Appearance, SessionHost
from sessions.models.audience_question import AudienceQuestion, QuestionVote
from sessions.models.bookmark import Bookmark, PersonalAgenda
from sessions.models.caption import CaptionLine, CaptionWriter
from sessions.models.cockpit import CockpitNote, StageSignal
from sessions.models.details import with_details
from sessions.models.import_job import ImportJob
from sessions.models.material import Material
from sessions.models.outcome import Outcome
from sessions.models.poll import Poll, PollBallot, PollChoice
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
    "Announcement",
    "Appearance",
    "AudienceQuestion",
    "Bookmark",
    "CaptionLine",
    "CaptionWriter",
    "ChangeKind",
    "CockpitNote",
    "Deadline",
    "Delay",
    "ImportJob",
    "Kind",
    "Material",
    "Outcome",
    "PersonalAgenda",
    "Placement",
    "PlannedPublication",
    "Poll",
    "PollBallot",
    "PollChoice",
    "QuestionVote",
    "Session",
    "SessionAccess",
    "SessionHost",
    "StageSignal",
    "Stream",
    "Task",
    "Track",
    "with_details",
]
