from registration.models.booking import Booking
from registration.models.category import Category
from registration.models.check_in import BadgeJob, BadgePrint, CheckIn, Desk
from registration.models.registration import Attendance, Consent, Places, Registration, Script, State

__all__ = [
    "Attendance",
    "BadgeJob",
    "BadgePrint",
    "Booking",
    "Category",
    "CheckIn",
    "Consent",
    "Desk",
    "Places",
    "Registration",
    "Script",
    "State",
]
