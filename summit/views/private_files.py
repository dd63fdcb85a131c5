"""Private files on their way to whom a view has let in."""

from typing import cast

from django.conf import settings
from django.core.files.storage import Storage
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

# An address that was signed is good for one download.
SIGNED_FOR = 60  # seconds


def give_out(
    storage: Storage, name: str, *, content_type: str, filename: str, as_attachment: bool = False
) -> HttpResponseBase:
    """The file, kept by nobody on its way; with ``PRIVATE_FILES=signed`` the way to it in the object storage.

    Raises ``Http404`` where it is not there.
    """
    disposition = cast("str", content_disposition_header(as_attachment, filename))
    if settings.PRIVATE_FILES == "signed" and hasattr(storage, "signed_url"):
        if not storage.exists(name):
            raise Http404
        address = storage.signed_url(name, content_type=content_type, disposition=disposition, seconds=SIGNED_FOR)
        response: HttpResponseBase = HttpResponseRedirect(address)
        # The address of the page is nobody's business there.
        response["Referrer-Policy"] = "no-referrer"
    else:
        try:
            response = FileResponse(storage.open(name), content_type=content_type)
        except FileNotFoundError as error:
            raise Http404 from error
        response["Content-Disposition"] = disposition
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
