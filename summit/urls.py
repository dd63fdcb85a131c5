"""The root of all addresses (at a summit's own host: ``summit/own_host_urls.py``). Included by dotted strings, never by import (see ARCHITECTURE.md)."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.urls.converters import register_converter

from summit.converters import SummitCode

register_converter(SummitCode, "summit")

handler400 = "summit.views.errors.bad_request"
handler403 = "summit.views.errors.forbidden"
handler404 = "summit.views.errors.not_found"
# Not Django's own: allauth looks for it when its limits are passed.
handler429 = "summit.views.errors.too_many"
handler500 = "summit.views.errors.server_error"

urlpatterns = [
    path("", include("summit.entrance")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
    path("<summit:summit>/", include("summit.app_urls")),
    path("<summit:summit>/", include("sessions.feeds")),
    path("<summit:summit>/", include("registration.feeds")),
    *i18n_patterns(
        path("", include("summit.start_urls")),
        path("account/", include("allauth.urls")),
        path("my/", include("registration.account_urls")),
        path("<summit:summit>/", include("summit.pages_urls")),
        path("<summit:summit>/", include("sessions.urls")),
        path("<summit:summit>/", include("speakers.urls")),
        path("<summit:summit>/", include("registration.urls")),
    ),
]
