"""The root of all addresses at a summit's own host: those of ``summit.urls`` without the summit's code.

What belongs to accounts is named here so that links can be made; ``OwnHosts`` leads it to the installation.
"""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.urls.converters import register_converter

from summit.converters import SummitOfHost

register_converter(SummitOfHost, "own")

handler400 = "summit.views.errors.bad_request"
handler403 = "summit.views.errors.forbidden"
handler404 = "summit.views.errors.not_found"
handler429 = "summit.views.errors.too_many"
handler500 = "summit.views.errors.server_error"

urlpatterns = [
    path("", include("summit.entrance")),
    path("api/v1/", include("api.urls")),
    path("<own:summit>", include("summit.app_urls")),
    path("<own:summit>", include("sessions.feeds")),
    path("<own:summit>", include("registration.feeds")),
    *i18n_patterns(
        path("account/", include("allauth.urls")),
        path("my/", include("registration.account_urls")),
        path("<own:summit>", include("summit.pages_urls")),
        path("<own:summit>", include("sessions.urls")),
        path("<own:summit>", include("speakers.urls")),
        path("<own:summit>", include("registration.urls")),
    ),
]
