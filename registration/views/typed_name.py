"""What a page says of a name while it is typed."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.forms.names import cannot_print
from summit.lib import romanising
from summit.lib.text import clean_line
from summit.models import Summit
from summit.ratelimit import client_address, take

LONGEST_NAME = 120


@require_POST
@never_cache
def name(request: HttpRequest, summit: str) -> HttpResponse:
    """As JSON: ``proposal``, a spelling in Latin letters, and ``told``, the sentence about it or about letters that cannot
    be printed; both "" where there is nothing to say. Nothing is kept."""
    get_object_or_404(Summit.objects.public(), code=summit)
    take("name", client_address(request), limit=600, seconds=600)
    typed = clean_line(request.POST.get("name", "")[:LONGEST_NAME])
    proposal = romanising.proposed(typed)
    told = (
        _("Proposed, as passports have it: %(spelling)s") % {"spelling": proposal} if proposal else cannot_print(typed)
    )
    return JsonResponse({"proposal": proposal, "told": told, "use": _("Use this spelling") if proposal else ""})
