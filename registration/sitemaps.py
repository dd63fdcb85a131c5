"""The site map with each page in each language (hreflang). The topmost app gathers what all apps publish."""

from typing import Any

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from sessions.models import Session, Track
from speakers.models import Organisation, Speaker
from summit.models import Page, Summit


class Languages(Sitemap[Any]):
    i18n = True
    alternates = True
    x_default = True
    protocol = None
    limit = 5000


class Fixed(Languages):
    """Pages every public summit has."""

    names = ("summit:home", "sessions:agenda", "sessions:by-track", "speakers:speakers", "speakers:hosts", "summit:pages",
             "registration:register")  # fmt: skip

    def items(self) -> list[tuple[str, str]]:
        return [(name, code) for code in Summit.objects.public().values_list("code", flat=True) for name in self.names]

    def location(self, item: tuple[str, str]) -> str:
        return reverse(item[0], args=[item[1]])


class Rows(Languages):
    """Things with an address of their own."""

    def location(self, item: Any) -> str:
        return str(item.get_absolute_url())


class Sessions(Rows):
    def items(self) -> Any:
        return Session.objects.published().filter(summit__is_public=True).select_related("summit").order_by("pk")

    def lastmod(self, item: Session) -> Any:
        return item.updated_at


class Tracks(Rows):
    def items(self) -> Any:
        return Track.objects.filter(summit__is_public=True).select_related("summit").order_by("pk")


class Speakers(Rows):
    def items(self) -> Any:
        return Speaker.objects.on_stage().filter(summit__is_public=True).select_related("summit").order_by("pk")


class Hosts(Rows):
    def items(self) -> Any:
        rows = Organisation.objects.filter(sessions__published_at__isnull=False, summit__is_public=True)
        return rows.distinct().select_related("summit").order_by("pk")


class Pages(Rows):
    def items(self) -> Any:
        return Page.objects.filter(summit__is_public=True).select_related("summit").order_by("pk")

    def lastmod(self, item: Page) -> Any:
        return item.updated_at


MAPS = {"fixed": Fixed, "sessions": Sessions, "tracks": Tracks, "speakers": Speakers, "hosts": Hosts, "pages": Pages}
