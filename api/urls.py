"""The public API, version 1. Addresses are permanent."""

from django.urls import path, re_path

from api.views import data, workspace
from api.views.browse import Browse
from api.views.schema import Document, Nowhere

app_name = "api"
SUMMIT = "summits/<str:summit>/"
urlpatterns = [
    path("", Browse.as_view(), name="browse"),
    path("openapi.json", Document.as_view(), {"form": "json"}, name="schema"),
    path("openapi.yaml", Document.as_view(), {"form": "yaml"}, name="schema-yaml"),
    path("summits/", data.Summits.as_view(), name="summits"),
    path(SUMMIT, data.OneSummit.as_view(), name="summit"),
    path(f"{SUMMIT}tracks/", data.Tracks.as_view(), name="tracks"),
    path(f"{SUMMIT}tracks/<str:slug>/", data.OneTrack.as_view(), name="track"),
    path(f"{SUMMIT}sessions/", data.Sessions.as_view(), name="sessions"),
    path(f"{SUMMIT}sessions/<str:code>/", data.OneSession.as_view(), name="session"),
    path(f"{SUMMIT}speakers/", data.Speakers.as_view(), name="speakers"),
    path(f"{SUMMIT}speakers/<str:code>/", data.OneSpeaker.as_view(), name="speaker"),
    path(f"{SUMMIT}organisations/", data.Organisations.as_view(), name="organisations"),
    path(f"{SUMMIT}organisations/<str:code>/", data.OneOrganisation.as_view(), name="organisation"),
    path(f"{SUMMIT}rooms/", data.Rooms.as_view(), name="rooms"),
    path(f"{SUMMIT}rooms/<str:code>/", data.OneRoom.as_view(), name="room"),
    path(f"{SUMMIT}pages/", data.StandingPages.as_view(), name="pages"),
    path(f"{SUMMIT}pages/<str:slug>/", data.OnePage.as_view(), name="page"),
    path(f"{SUMMIT}civic/", data.Civic.as_view(), name="civic"),
    path(f"workspace/{SUMMIT}sessions/", workspace.Sessions.as_view(), name="workspace-sessions"),
    path(f"workspace/{SUMMIT}people/", workspace.People.as_view(), name="workspace-people"),
    path(f"workspace/{SUMMIT}registrations/", workspace.Registrations.as_view(), name="workspace-registrations"),
    path(f"workspace/{SUMMIT}history/", workspace.History.as_view(), name="workspace-history"),
    # With its slash, so that an address that lacks one is still led to the right place.
    re_path(r"^.*/$", Nowhere.as_view()),
]
