from registration.models.accreditation import Photo, VettingStep, ZoneException
from registration.models.apart import NotTheSame
from registration.models.attendance import Attendance
from registration.models.booking import Booking
from registration.models.campaign import Campaign, CampaignRecipient
from registration.models.category import Admission, Category, Transfer
from registration.models.check_in import BadgeJob, BadgePrint, CheckIn, Desk
from registration.models.consent import Consent
from registration.models.delegation import Delegation, DelegationHead, DelegationPlaces
from registration.models.draft import Draft
from registration.models.feedback import Feedback, FeedbackAsked
from registration.models.former_key import FormerKey
from registration.models.invitation import AccessCode, Invitation, InvitationState
from registration.models.itinerary import Itinerary
from registration.models.opening import FormOpening
from registration.models.presence import OpenVisit, Presence
from registration.models.push import PushMessage, PushSubscription
from registration.models.question import Answer, Audience, Choice, Pick, Question, Section
from registration.models.quota import Quota
from registration.models.registration import Registration, State
from registration.models.review import Note, ReasonTemplate, ReviewScope, SecondOpinion
from registration.models.sealing import Look, Sealed, SealedSpeaker, SealKeeper
from registration.models.shown import Listed, Script
from registration.models.tag import Tag, Tone
from registration.models.upload import Upload
from registration.models.vetting import PhotoWanted, Vetting
from registration.models.zone import Zone

__all__ = [
    "AccessCode",
    "Admission",
    "Answer",
    "Attendance",
    "Audience",
    "BadgeJob",
    "BadgePrint",
    "Booking",
    "Campaign",
    "CampaignRecipient",
    "Category",
    "CheckIn",
    "Choice",
    "Consent",
    "Delegation",
    "DelegationHead",
    "DelegationPlaces",
    "Desk",
    "Draft",
    "Feedback",
    "FeedbackAsked",
    "FormOpening",
    "FormerKey",
    "Invitation",
    "InvitationState",
    "Itinerary",
    "Listed",
    "Look",
    "NotTheSame",
    "Note",
    "OpenVisit",
    "Photo",
    "PhotoWanted",
    "Pick",
    "Presence",
    "PushMessage",
    "PushSubscription",
    "Question",
    "Quota",
    "ReasonTemplate",
    "Registration",
    "ReviewScope",
    "Script",
    "SealKeeper",
    "Sealed",
    "SealedSpeaker",
    "SecondOpinion",
    "Section",
    "State",
    "Tag",
    "Tone",
    "Transfer",
    "Upload",
    "Vetting",
    "VettingStep",
    "Zone",
    "ZoneException",
]
