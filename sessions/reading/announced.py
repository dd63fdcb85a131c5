"""What is announced, as pages show it."""

from typing import Any

from sessions.models import Announcement
from summit.models import Summit


def banners(summit: Summit, shown: list[Announcement], attendance: str = "") -> dict[str, Any]:
    """What ``_banner.html`` draws."""
    urgent = [each for each in shown if each.severity == Announcement.Severity.URGENT]
    return {
        "summit": summit,
        "urgent": urgent,
        "standing": [each for each in shown if each not in urgent],
        "attendance": attendance,
        "suffix": f"-{attendance}" if attendance else "",
    }
