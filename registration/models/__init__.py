from registration.models.booking import Booking
from registration.models.category import Category
from registration.models.check_in import BadgeJob, BadgePrint, CheckIn, Desk
from registration.models.former_key import FormerKey
from registration.models.question import Answer, Choice, Pick, Question
from registration.models.registration import Attendance, Consent, Places, Registration, Script, State

__all__ = [
    "Answer",
    "Attendance",
    "BadgeJob",
    "BadgePrint",
    "Booking",
    "Category",
    "CheckIn",
    "Choice",
    "Consent",
    "Desk",
    "FormerKey",
    "Pick",
    "Places",
    "Question",
    "Registration",
    "Script",
    "State",
]
