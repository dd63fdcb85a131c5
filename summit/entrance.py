"""Addresses of the installation itself, outside any language or summit."""

from django.conf import settings
from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.utils.module_loading import import_string

from summit.views import entrance, media, styleguide

XML = "application/xml; charset=utf-8"
urlpatterns = [
    path("", entrance.start, name="start"),
    path("me.json", entrance.me, name="me"),
    # By dotted string as well: what a code leads to is known above.
    path("go/<slug:code>/", import_string("registration.views.workspace.finder.go"), name="go"),
    path("healthz", entrance.healthy, name="healthz"),
    path("own-hosts/", entrance.own_hosts, name="own-hosts"),
    path("media/<path:path>", media.media, name="media"),
    path("favicon.ico", entrance.favicon, name="favicon"),
    path("robots.txt", entrance.robots, name="robots"),
    # The maps of all apps are looked up by dotted string: this app may not import those above it.
    path(
        "sitemap.xml",
        sitemap,
        {"sitemaps": import_string("registration.sitemaps.MAPS"), "content_type": XML},
        name="sitemap",
    ),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
