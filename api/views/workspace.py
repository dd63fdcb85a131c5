"""The workspace's data for those who work there: the same rights as its pages, by the same sign-in. Read only.

Not in the public OpenAPI document: what it shows depends on who asks.
"""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.negotiation import OneFormat
from api.pagination import Pages
from api.serializers.workspace import HistorySerializer, PersonSerializer, PlannedSerializer, RegistrationSerializer
from registration.accrediting import zones
from registration.models import CheckIn, Registration
from sessions.models import Session
from speakers.models import Speaker
from summit.models import HistoryEntry, Right, Summit
from summit.permissions import has_second_factor, needs_second_factor, rights_in, roles_of


class WorkspaceView(APIView):
    """A list below one summit for members with one of ``rights``; for everybody else it is not there."""

    authentication_classes = (SessionAuthentication,)
    content_negotiation_class = OneFormat
    schema = None
    rights: ClassVar[frozenset[Right]]
    serializer: ClassVar[Any]

    def get(self, request: Request, summit: str) -> Response:
        found = self.allowed(request, summit)
        pages = Pages()
        rows = pages.paginate_queryset(self.rows(found), request)
        context = {"summit": found, "rights": self.granted}
        answer = pages.get_paginated_response(self.serializer(rows, many=True, context=context).data)
        # What one person may see is nobody else's to keep.
        answer["Cache-Control"] = "private, no-store"
        return answer

    def allowed(self, request: Request, code: str) -> Summit:
        if not request.user or not request.user.is_authenticated:
            raise NotAuthenticated
        summit = get_object_or_404(Summit, code=code)
        roles = roles_of(request.user, summit)
        self.granted = rights_in(roles)
        if self.granted.isdisjoint(self.rights):
            raise Http404
        if needs_second_factor(roles, summit) and not has_second_factor(request):
            raise PermissionDenied
        return summit

    def rows(self, summit: Summit) -> QuerySet[Any]:
        raise NotImplementedError


class Sessions(WorkspaceView):
    rights = frozenset({Right.WORKSPACE})
    serializer = PlannedSerializer

    def rows(self, summit: Summit) -> QuerySet[Any]:
        rows = Session.objects.filter(summit=summit).select_related("track", "room", "placement__room")
        return rows.order_by("code")


class People(WorkspaceView):
    rights = frozenset({Right.WORKSPACE})
    serializer = PersonSerializer

    def rows(self, summit: Summit) -> QuerySet[Any]:
        return Speaker.objects.filter(summit=summit).prefetch_related("appearances__session").order_by("code")


class Registrations(WorkspaceView):
    rights = frozenset({Right.REGISTRATIONS})
    serializer = RegistrationSerializer

    def rows(self, summit: Summit) -> QuerySet[Any]:
        return CheckIn.objects.arrivals_of(
            Registration.objects.filter(summit=summit)
            .in_the_open()
            .select_related("category", "delegation", "photo")
            .prefetch_related("tags", *zones.PREFETCHED)
        ).order_by("reference")


class History(WorkspaceView):
    rights = frozenset({Right.AUDIT})
    serializer = HistorySerializer

    def rows(self, summit: Summit) -> QuerySet[Any]:
        return HistoryEntry.objects.filter(summit=summit).select_related("by").order_by("-at", "-pk")
