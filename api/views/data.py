"""The data: a list and a single view for everything the public may read."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api import reading
from api.filters import narrowed
from api.links import address
from api.pagination import Pages
from api.serializers.civic import CivicRegisterSerializer
from api.serializers.sessions import SessionSerializer, TrackSerializer
from api.serializers.speakers import OrganisationSerializer, SpeakerSerializer
from api.serializers.summits import PageSerializer, RoomSerializer, SummitSerializer
from api.views.base import DetailView, ListView, PublicView, SummitView, revalidated
from summit.models import Summit


class Summits(PublicView):
    operation = "summits_list"
    summary = _("All public summits")
    about = _("The latest first.")
    serializer_class = SummitSerializer
    many = True
    pagination_class = Pages

    def get(self, request: Request) -> HttpResponse:
        pages = Pages()
        found = pages.paginate_queryset(Summit.objects.public().order_by("-starts_on", "code"), request)
        answer = pages.get_paginated_response(SummitSerializer(found, many=True).data)
        languages = dict.fromkeys(language for summit in found for language in summit.languages)
        response = revalidated(self.asked, JSONRenderer().render(answer.data), "application/json", ", ".join(languages))
        if "Link" in answer:
            response["Link"] = answer["Link"]
        return response


class OneSummit(SummitView):
    operation = "summits_read"
    summary = _("One summit")
    about = _("Its facts and the addresses of everything below it.")
    serializer_class = SummitSerializer

    def answer(self, request: Request, summit: Summit, **key: str) -> HttpResponse:
        return self.in_languages_of(summit, Response(self.serialised(summit, summit)))


class Tracks(ListView):
    operation = "tracks_list"
    summary = _("Tracks of a summit")
    about = _("The thematic lines, in order.")
    serializer_class = TrackSerializer
    collection = "tracks"


class OneTrack(DetailView):
    operation = "tracks_read"
    summary = _("One track")
    serializer_class = TrackSerializer
    collection = "tracks"


class Sessions(ListView):
    operation = "sessions_list"
    summary = _("Published sessions of a summit")
    about = _(
        "In the order of the agenda; those without a time last. Parameters narrow the list; all of them must fit."
    )
    serializer_class = SessionSerializer
    filtered = True
    collection = "sessions"

    def chosen(self, request: Request, summit: Summit) -> QuerySet[Any]:
        return narrowed(summit, reading.sessions(summit), request.query_params)


class OneSession(DetailView):
    operation = "sessions_read"
    summary = _("One published session")
    about = _("A cancelled session stays and says so.")
    serializer_class = SessionSerializer
    collection = "sessions"


class Speakers(ListView):
    operation = "speakers_list"
    summary = _("People on stage")
    about = _("Everybody billed in a published session, by name.")
    serializer_class = SpeakerSerializer
    collection = "speakers"


class OneSpeaker(DetailView):
    operation = "speakers_read"
    summary = _("One person on stage")
    serializer_class = SpeakerSerializer
    collection = "speakers"
    moves = True

    def answer(self, request: Request, summit: Summit, **key: str) -> HttpResponse:
        found = get_object_or_404(reading.speakers(summit).of_code(key["code"]))
        if found.code != key["code"]:
            return HttpResponsePermanentRedirect(address(summit, "api:speaker", found.code))
        return self.in_languages_of(summit, Response(self.serialised(found, summit)))


class Organisations(ListView):
    operation = "organisations_list"
    summary = _("Organisations that host sessions")
    about = _("Those that run a published session, by code.")
    serializer_class = OrganisationSerializer
    collection = "organisations"


class OneOrganisation(DetailView):
    operation = "organisations_read"
    summary = _("One hosting organisation")
    serializer_class = OrganisationSerializer
    collection = "organisations"


class Rooms(ListView):
    operation = "rooms_list"
    summary = _("Rooms of a summit")
    about = _("In order, each with its building.")
    serializer_class = RoomSerializer
    collection = "rooms"


class OneRoom(DetailView):
    operation = "rooms_read"
    summary = _("One room")
    serializer_class = RoomSerializer
    collection = "rooms"


class StandingPages(ListView):
    operation = "pages_list"
    summary = _("Standing pages of a summit")
    about = _("Texts about the summit and about open government, by section.")
    serializer_class = PageSerializer
    collection = "pages"


class OnePage(DetailView):
    operation = "pages_read"
    summary = _("One standing page")
    serializer_class = PageSerializer
    collection = "pages"


class Civic(SummitView):
    operation = "civic_read"
    summary = _("The open-government register")
    about = _("Membership figures, members, chairs, the national committee by term, action plans.")
    serializer_class = CivicRegisterSerializer

    def answer(self, request: Request, summit: Summit, **key: str) -> HttpResponse:
        return self.in_languages_of(summit, Response(self.serialised(reading.civic(summit), summit)))
