"""Rows of the workspace; what only some rights may read is left out for the others."""

from typing import Any

from rest_framework import serializers

from api.serializers.fields import TranslatedText
from registration.accrediting import photos, zones
from sessions.models import Session
from sessions.planning import plan
from summit.models import Right


class ForRights(serializers.Serializer[Any]):
    """Fields named in ``guarded`` are there only for those with the right."""

    guarded: dict[str, Right] = {}

    def get_fields(self) -> dict[str, Any]:
        rights = self.context.get("rights", frozenset())
        return {n: f for n, f in super().get_fields().items() if n not in self.guarded or self.guarded[n] in rights}


class PlannedSerializer(ForRights):
    guarded = {"notes": Right.NOTES}

    code = serializers.CharField()
    title = TranslatedText()
    track = serializers.CharField(source="track.slug", allow_null=True, default=None)
    kind = serializers.CharField()
    mode = serializers.CharField()
    version = serializers.IntegerField()
    plan_version = serializers.IntegerField()
    published = serializers.BooleanField(source="is_published")
    public = serializers.SerializerMethodField()
    planned = serializers.SerializerMethodField()
    notes = serializers.CharField()

    def get_public(self, session: Session) -> dict[str, Any] | None:
        return (
            _place(session.starts_at, session.ends_at, session.room, session.is_cancelled)
            if session.is_published
            else None
        )

    def get_planned(self, session: Session) -> dict[str, Any]:
        found = plan.planned(session)
        return _place(found.starts_at, found.ends_at, found.room, found.cancelled)


def _place(starts_at: Any, ends_at: Any, room: Any, cancelled: bool) -> dict[str, Any]:
    return {
        "starts_at": starts_at.isoformat() if starts_at else None,
        "ends_at": ends_at.isoformat() if ends_at else None,
        "room": room.code if room else None,
        "cancelled": cancelled,
    }


class PersonSerializer(ForRights):
    guarded = {"email": Right.PROGRAMME, "notes": Right.NOTES}

    code = serializers.CharField()
    name = serializers.CharField()
    name_romanised = serializers.CharField()
    country = serializers.CharField()
    email = serializers.CharField()
    notes = serializers.CharField()
    version = serializers.IntegerField()
    appearances = serializers.SerializerMethodField()

    def get_appearances(self, speaker: Any) -> list[dict[str, str]]:
        rows = speaker.appearances.all()
        return [{"session": row.session.code, "role": row.role, "state": row.state} for row in rows]


class RegistrationSerializer(ForRights):
    reference = serializers.CharField()
    state = serializers.CharField()
    attendance = serializers.CharField()
    name = serializers.CharField()
    name_romanised = serializers.CharField()
    title = serializers.CharField()
    family_name = serializers.CharField()
    email = serializers.CharField()
    organisation = serializers.CharField()
    job_title = serializers.CharField()
    country = serializers.CharField()
    category = serializers.CharField(source="category.code")
    delegation = serializers.CharField(source="delegation.code", allow_null=True, default=None)
    tags = serializers.SerializerMethodField()
    vetting = serializers.CharField(source="vetted_as.value")
    zones = serializers.SerializerMethodField()
    photo = serializers.SerializerMethodField()
    language = serializers.CharField()
    waits_since = serializers.DateTimeField()
    offer_ends_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    arrived_at = serializers.DateTimeField()

    def get_zones(self, registration: Any) -> list[str]:
        return [zone.code for zone in zones.of(registration)]

    def get_photo(self, registration: Any) -> str:
        return photos.stands_at(registration)

    def get_tags(self, registration: Any) -> list[str]:
        return [tag.name for tag in registration.tags.all()]


class HistorySerializer(ForRights):
    at = serializers.DateTimeField()
    by = serializers.CharField(source="by.email", default=None)
    action = serializers.CharField()
    kind = serializers.CharField(source="subject_kind")
    key = serializers.CharField(source="subject_key")
    name = serializers.CharField(source="subject_name")
    changes = serializers.JSONField()
