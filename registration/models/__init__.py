from registration.models.attendance import Attendance
from registration.models.booking import Booking
from registration.models.category import Admission, Category, Transfer
from registration.models.check_in import BadgeJob, BadgePrint, CheckIn, Desk
from registration.models.former_key import FormerKey
from registration.models.question import Answer, Audience, Choice, Pick, Question, Section
from registration.models.quota import Quota
from registration.models.registration import Consent, Listed, Registration, Script, State
from registration.models.review import Note, ReasonTemplate, ReviewScope, SecondOpinion
from registration.models.sealing import Look, Sealed, SealKeeper
from registration.models.upload import Upload

__all__ = [
    "Admission",
    "Answer",
    "Attendance",
    "Audience",
    "BadgeJob",
    "BadgePrint",
    "Booking",
    "Category",
    "CheckIn",
    "Choice",
    "Consent",
    "Desk",
    "FormerKey",
    "Listed",
    "Look",
    "Note",
    "Pick",
    "Question",
    "Quota",
    "ReasonTemplate",
    "Registration",
    "ReviewScope",
    "Script",
    "SealKeeper",
    "Sealed",
    "SecondOpinion",
    "Section",
    "State",
    "Transfer",
    "Upload",
]
