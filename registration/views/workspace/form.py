"""Organisers: the registration form as a whole, seen as somebody, and taken over from another summit."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from registration.forms.preview import SeenAsForm, SeenForm
from registration.places import capacity
from registration.registering import form_copying
from summit.models import Membership, Right, Summit
from summit.permissions import SignedInRequest, right_required


@never_cache
@right_required(Right.REGISTRATIONS)
def preview(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """The form as people of a category read it, to be looked at alone."""
    seen_as = SeenAsForm.of(request.GET, summit)
    as_whom, language = seen_as.cleaned_data, seen_as.shown_in
    with translation.override(language):
        quotas, way = capacity.quotas(summit), as_whom.get("attendance") or ""
        form = SeenForm(summit=summit, quotas=quotas, as_whom=as_whom.get("category"), way=way)
        context = {"summit": summit, "form": form}
        drawn = render(request, "registration/attendee/_register_fields.html", context).content.decode()
    context |= {"seen_as": seen_as, "language": language, "drawn": drawn}
    return render(request, "registration/organiser/form_preview.html", context)


@never_cache
@right_required(Right.REGISTRATIONS)
def copying(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """First which summit, then what would be asked; nothing is taken over unseen."""
    theirs = Membership.objects.granting(Right.REGISTRATIONS).filter(user=request.user).values("summit")
    sources = Summit.objects.filter(pk__in=theirs, questions__is_asked=True).exclude(pk=summit.pk).distinct()
    context: dict[str, object] = {"summit": summit, "sources": sources.order_by("-starts_on", "code")}
    if code := request.POST.get("from") or request.GET.get("from"):
        source = get_object_or_404(sources, code=code)
        if request.method == "POST":
            number = len(form_copying.take_over(source, summit, by=request.user))
            messages.success(
                request,
                ngettext("%(n)d question was taken over.", "%(n)d questions were taken over.", number) % {"n": number},
            )
            return redirect("registration:questions", summit.code)
        context |= {"source": source, "plan": form_copying.plan(source, summit)}
    return render(request, "registration/organiser/form_copying.html", context)
