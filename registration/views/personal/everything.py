"""What is kept about somebody, for themselves: as a page, as JSON, and with all files."""

from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from registration.models import Registration
from registration.papers import everything as papers
from registration.views.personal.private_link import by_token
from summit import history
from summit.ratelimit import take


@by_token
def everything(request: HttpRequest, registration: Registration) -> HttpResponse:
    take("everything", str(registration.pk), limit=30, seconds=600)
    context = {"summit": registration.summit, "registration": registration, "sections": papers.everything(registration)}
    return render(request, "registration/attendee/everything.html", context)


@by_token
def everything_json(request: HttpRequest, registration: Registration) -> HttpResponse:
    """To take along; the history says that it was."""
    take("everything", str(registration.pk), limit=30, seconds=600)
    told = papers.for_machines(papers.everything(registration))
    history.record("registration.take_along", registration, by=None, summit=registration.summit)
    name = f"{registration.summit.code}-{registration.reference}.json"
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@by_token
def everything_zip(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The same with the files, streamed; the history says that it was taken along."""
    from registration.papers import taken_along  # loads WeasyPrint

    take("everything", str(registration.pk), limit=30, seconds=600)
    content = taken_along.archive(registration)
    history.record("registration.take_along", registration, by=None, summit=registration.summit)
    name = f"{registration.summit.code}-{registration.reference}.zip"
    return cast(
        "HttpResponse", FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
    )
