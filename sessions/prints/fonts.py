"""Our fonts and our own QR codes are all that WeasyPrint may open for prints."""

from urllib.parse import unquote

from weasyprint.urls import URLFetcherResponse

from sessions.prints import qr
from summit.typefaces import OwnFontsOnly

FAMILY = "Print"
QR_SCHEME = "qr:"


class OwnResourcesOnly(OwnFontsOnly):
    """Opens our font files and draws QR codes of addresses below ``origin``; every other address is refused."""

    def __init__(self, origin: str) -> None:
        super().__init__(FAMILY, protocols=frozenset({"qr"}))
        self.origin = origin

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith(f"{QR_SCHEME}{self.origin}/"):
            content = qr.png(unquote(url.removeprefix(QR_SCHEME)))
            return URLFetcherResponse(url, content, {"Content-Type": "image/png"})
        return super().fetch(url, headers)
