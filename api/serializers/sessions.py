"""Tracks and sessions as the public reads them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.serializers.fields import Address, Choice, Link, MaybeText, Moment, SummitDay, TranslatedText
from sessions.models import Appearance, Kind, Material
from summit.models import Mode


class TrackSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField(help_text=_("The track's word in addresses; unique within the summit."))
    name = TranslatedText(help_text=_("Short name."))
    theme = TranslatedText(help_text=_("What the track is about, in a phrase."))
    summary = TranslatedText(help_text=_("What the track is about, plain text."))
    colour = serializers.CharField(help_text=_("Colour as #rrggbb."))
    session_count = serializers.IntegerField(help_text=_("How many published sessions it has."))
    url = Link("sessions:track", "slug", help_text=_("The page for people."))
    api_url = Link("api:track", "slug", help_text=_("This data."))


class SessionRoomSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("Code of the room."))
    name = TranslatedText(help_text=_("Name of the room."))


class SessionHostSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="organisation.code", help_text=_("Code of the organisation."))
    name = TranslatedText(source="organisation.name", help_text=_("Name of the organisation."))


class AppearanceSerializer(serializers.Serializer[Any]):
    speaker = serializers.CharField(source="speaker.code", help_text=_("Code of the speaker."))
    name = serializers.CharField(source="speaker.name", help_text=_("The person's name as written by themselves."))
    name_romanised = MaybeText(
        source="speaker.name_romanised", help_text=_("The name in Latin letters; null where it is not certain.")
    )
    role = Choice(Appearance.Role, component="AppearanceRole", help_text=_("What the person does in this session."))
    affiliation = TranslatedText(help_text=_("Organisation as billed in this session."))
    job_title = TranslatedText(help_text=_("Job title as billed in this session."))


class MaterialSerializer(serializers.Serializer[Any]):
    kind = Choice(Material.Kind, component="MaterialKind", help_text=_("What the link leads to."))
    title = TranslatedText(help_text=_("What the link is called; may be empty."))
    url = Address(help_text=_("Absolute address."))
    language = MaybeText(help_text=_("Language of the material (BCP 47); null where not stated."))
    confirmed = serializers.BooleanField(
        help_text=_("Whether somebody has checked that the link leads where it should.")
    )
    quality = MaybeText(help_text=_("Of a recording: 2160p, 1080p, 720p, 480p, 360p or audio; null where not stated."))
    licence = MaybeText(help_text=_("Licence (SPDX), or “reserved”; null where not stated."))


class SessionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("Six capital letters or digits, unique within the summit."))
    guid = serializers.UUIDField(help_text=_("Identifies the session everywhere; never changes."))
    number = serializers.IntegerField(allow_null=True, help_text=_("Number in the printed programme."))
    title = TranslatedText(help_text=_("Title."))
    abstract = TranslatedText(help_text=_("What the session is about, in Markdown."))
    track = serializers.CharField(source="track.slug", allow_null=True, help_text=_("Slug of the track."))
    kind = Choice(Kind, component="SessionKind", help_text=_("What kind of session it is."))
    mode = Choice(Mode, component="Mode", help_text=_("How the session takes place."))
    language = serializers.CharField(help_text=_("Language spoken (BCP 47)."))
    interpretation = serializers.ListField(
        child=serializers.CharField(), help_text=_("Languages the session is interpreted into (BCP 47).")
    )
    day = SummitDay(
        source="starts_at", allow_null=True, help_text=_("Day of the summit; after midnight still the day before.")
    )
    starts_at = Moment(allow_null=True, help_text=_("Beginning; null while not scheduled."))
    ends_at = Moment(allow_null=True, help_text=_("End; null while not scheduled."))
    room = SessionRoomSerializer(allow_null=True, help_text=_("The room; null while none is given or online only."))
    cancelled = serializers.BooleanField(source="is_cancelled", help_text=_("Whether it was called off."))
    hosts = SessionHostSerializer(source="hostings", many=True, help_text=_("Organisations that run it, in order."))
    appearances = AppearanceSerializer(many=True, help_text=_("People on stage, in the order of the bill."))
    materials = MaterialSerializer(many=True, help_text=_("Slides, links and recordings."))
    sequence = serializers.IntegerField(
        help_text=_("Rises when time, room or state change (RFC 5545, SEQUENCE of the calendar entry).")
    )
    updated_at = Moment(help_text=_("Last change."))
    url = Link("sessions:session", "code", help_text=_("The page for people."))
    api_url = Link("api:session", "code", help_text=_("This data."))
