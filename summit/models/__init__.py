from summit.models.alarms import Alarm, RefusalTally
from summit.models.civic import (
    ActionPlan,
    Chair,
    Commitment,
    CommitteeMember,
    MemberGovernment,
    MembershipFigure,
    PlanStep,
)
from summit.models.history import HistoryEntry
from summit.models.installation import InstallationKey, PushKey
from summit.models.leases import Claimed, ClaimedQuerySet, Duty, WorkerBeat
from summit.models.lists import ExportJob, SavedView
from summit.models.live import LiveRevision
from summit.models.outbox import MailHold, Message, MessageFile
from summit.models.page import Page, Section
from summit.models.place import Room, RoomHours, Venue
from summit.models.sealed_address import SealedAddress
from summit.models.summit import Mode, Summit
from summit.models.team import Invited, Membership, Right, Role
from summit.models.user import User
from summit.models.user_session import UserSession

__all__ = [
    "ActionPlan",
    "Alarm",
    "Chair",
    "Claimed",
    "ClaimedQuerySet",
    "Commitment",
    "CommitteeMember",
    "Duty",
    "ExportJob",
    "HistoryEntry",
    "InstallationKey",
    "Invited",
    "LiveRevision",
    "MailHold",
    "MemberGovernment",
    "Membership",
    "MembershipFigure",
    "Message",
    "MessageFile",
    "Mode",
    "Page",
    "PlanStep",
    "PushKey",
    "RefusalTally",
    "Right",
    "Role",
    "Room",
    "RoomHours",
    "SavedView",
    "SealedAddress",
    "Section",
    "Summit",
    "User",
    "UserSession",
    "Venue",
    "WorkerBeat",
]
