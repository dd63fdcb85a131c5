"""Files people uploaded for everybody: portraits, slides, pictures of a summit. Nothing else there is handed out."""

import re
from pathlib import Path

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest

# Names are ours: letters, digits and hyphens, made new for each file.
NAME = re.compile(r"\A(portraits|slides|pictures)/[0-9a-z-]{8,80}\.(webp|jpg|pdf|pptx|odp)\Z")
TYPES = {
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
# A name is never used twice, so that a copy is right for ever.
FOR_EVER = "public, max-age=31536000, immutable"


def media(request: HttpRequest, path: str) -> FileResponse:
    """One public upload, never run by a browser: its own type, no sniffing, a policy that allows nothing."""
    found = NAME.match(path)
    if found is None:
        raise Http404
    try:
        response = FileResponse(default_storage.open(path), content_type=TYPES[found[2]])
    except FileNotFoundError as error:
        raise Http404 from error
    response["Cache-Control"] = FOR_EVER
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    kind = "inline" if TYPES[found[2]].startswith("image/") else "attachment"
    response["Content-Disposition"] = f'{kind}; filename="{Path(path).name}"'
    return response
