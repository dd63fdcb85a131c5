"""What somebody chooses about the looks of the workspace."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from summit.accounts.preferences import set_preferences
from summit.permissions import SignedInRequest


@require_POST
@login_required
def preferences(request: SignedInRequest) -> HttpResponse:
    """Keeps the choice and leads back; a script that has shown it already asks for nothing more (204)."""
    set_preferences(request.user, {name: str(value) for name, value in request.POST.items()})
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    back = request.POST.get("back", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if safe else "account:home")
