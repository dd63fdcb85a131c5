"""Links that were mailed to hosts and speakers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from speakers.editing import claims
from speakers.models import OrganisationMember, ProfileClaim
from summit.views.invitations import answer


def host(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    rows = OrganisationMember.objects.select_related("organisation__summit", "user", "invited_by")
    found = get_object_or_404(rows, organisation__summit__code=summit, token=token)
    words = _("Look after the sessions of %(organisation)s") % {"organisation": found.organisation}
    return answer(request, found, found.organisation.summit, words=words, to="sessions:hosting")


def profile(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    rows = ProfileClaim.objects.select_related("speaker__summit", "user", "invited_by")
    found = get_object_or_404(rows, speaker__summit__code=summit, token=token)
    words = _("Take over your speaker profile: %(name)s") % {"name": found.speaker}
    return answer(request, found, found.speaker.summit, words=words, to="sessions:my-sessions", accept=claims.claim)
