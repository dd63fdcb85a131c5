"""From when until when places can be taken, in words."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models import Quota
from summit.lib import times
from summit.lib.translated import active_language

NOT_YET, NO_LONGER = _("Places can be taken from %(moment)s."), _("Places could be taken until %(moment)s.")


def told_times(quota: Quota) -> str:
    """Of a quota that is shut now from when, or until when, its places can be taken, in the active language."""
    at, language = (quota.closes_at if quota.is_over() else quota.opens_at) or timezone.now(), active_language()
    tz = quota.summit.tz
    moment = times.moment_label(at, tz, language, year=timezone.now().astimezone(tz).year)
    return str(NO_LONGER if quota.is_over() else NOT_YET) % {
        "moment": f"{moment} ({times.zone_behind(at, tz, language)})"
    }
