from speakers.models.organisation import Organisation, OrganisationMember
from speakers.models.speaker import Availability, FormerCode, Gender, ProfileClaim, Region, Sector, Speaker

__all__ = [
    "Availability",
    "FormerCode",
    "Gender",
    "Organisation",
    "OrganisationMember",
    "ProfileClaim",
    "Region",
    "Sector",
    "Speaker",
]
