"""The site map with each page in each language (hreflang). The topmost app gathers what all apps publish.

A host's map names its own pages alone (https://www.sitemaps.org/protocol.html#location): at a summit's own host that
summit's, at the installation those of the summits that have none.
"""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils.functional import cached_property

from sessions.models import Session, Track
from speakers.models import Organisation, Speaker
from summit.lib import hosts
from summit.models import Page, Summit
from summit.models.summit import SummitQuerySet


def summits() -> SummitQuerySet:
    """Whose pages stand in this host's map."""
    public = Summit.objects.public()
    return public.filter(code=hosts.served()) if hosts.served() else public.without_own_host()


class Languages(Sitemap[Any]):
    i18n = True
    alternates = True
    x_default = True
    limit = 5000

    @cached_property
    def origin(self) -> SplitResult:
        """The address by which the host is known, whatever the ``Host`` header adds to it."""
        summit = Summit.objects.filter(code=hosts.served()).first() if hosts.served() else None
        return urlsplit(summit.origin if summit else settings.SITE_URL)

    def get_protocol(self, protocol: str | None = None) -> str:
        return self.origin.scheme

    def get_domain(self, site: Any = None) -> str:
        return self.origin.netloc


class Fixed(Languages):
    """Pages every public summit has."""

    names = ("summit:home", "sessions:agenda", "sessions:by-track", "speakers:speakers", "speakers:hosts", "summit:pages",
             "registration:register", "sessions:venue")  # fmt: skip

    def items(self) -> list[tuple[str, str]]:
        rows = summits().values_list("code", "numbers_are_public")
        also = ("registration:public-numbers",)
        return [(name, code) for code, told in rows for name in (*self.names, *(also if told else ()))]

    def location(self, item: tuple[str, str]) -> str:
        return reverse(item[0], args=[item[1]])


class Rows(Languages):
    """Things with an address of their own."""

    def location(self, item: Any) -> str:
        return str(item.get_absolute_url())


class Sessions(Rows):
    def items(self) -> Any:
        return Session.objects.published().filter(summit__in=summits()).select_related("summit").order_by("pk")

    def lastmod(self, item: Session) -> Any:
        return item.updated_at


class Tracks(Rows):
    def items(self) -> Any:
        return Track.objects.filter(summit__in=summits()).select_related("summit").order_by("pk")


class Speakers(Rows):
    def items(self) -> Any:
        return Speaker.objects.on_stage().filter(summit__in=summits()).select_related("summit").order_by("pk")


class Hosts(Rows):
    def items(self) -> Any:
        rows = Organisation.objects.filter(sessions__published_at__isnull=False, summit__in=summits())
        return rows.distinct().select_related("summit").order_by("pk")


class Pages(Rows):
    def items(self) -> Any:
        return Page.objects.filter(summit__in=summits()).select_related("summit").order_by("pk")

    def lastmod(self, item: Page) -> Any:
        return item.updated_at


MAPS = {"fixed": Fixed, "sessions": Sessions, "tracks": Tracks, "speakers": Speakers, "hosts": Hosts, "pages": Pages}
