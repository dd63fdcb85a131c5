"""Summits, their rooms and standing pages, as the public reads them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.serializers.fields import Choice, Link, MaybeAddress, MaybeText, Moment, TranslatedText
from summit.models import Mode, Section


class ErrorDetailSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("For machines; never translated."))
    message = serializers.CharField(
        help_text=_("A sentence for the reader, in the language of ?lang= or Accept-Language.")
    )


class ErrorSerializer(serializers.Serializer[Any]):
    error = ErrorDetailSerializer(help_text=_("What was wrong."))


class SummitLinksSerializer(serializers.Serializer[Any]):
    tracks = Link("api:tracks", help_text=_("The tracks."))
    sessions = Link("api:sessions", help_text=_("The published sessions."))
    speakers = Link("api:speakers", help_text=_("The people on stage."))
    organisations = Link("api:organisations", help_text=_("The organisations that host sessions."))
    rooms = Link("api:rooms", help_text=_("The rooms."))
    pages = Link("api:pages", help_text=_("The standing pages."))
    civic = Link("api:civic", help_text=_("The open-government register."))
    calendar = Link("feeds:schedule", help_text=_("All sessions as a calendar (iCalendar, RFC 5545)."))


class SummitSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("The summit's word in every address; never changes."))
    guid = serializers.UUIDField(help_text=_("Identifies the summit everywhere; never changes."))
    name = TranslatedText(help_text=_("Full name."))
    short_name = TranslatedText(help_text=_("Name for headings."))
    slogan = TranslatedText(help_text=_("Slogan."))
    summary = TranslatedText(help_text=_("What the summit is about, plain text."))
    organisers = TranslatedText(help_text=_("Who holds the summit."))
    audience = TranslatedText(help_text=_("Whom it is for."))
    starts_on = serializers.DateField(help_text=_("First day, YYYY-MM-DD in the summit's zone."))
    ends_on = serializers.DateField(help_text=_("Last day, YYYY-MM-DD in the summit's zone."))
    time_zone = serializers.CharField(help_text=_("IANA name of the zone all times are given in."))
    languages = serializers.ListField(
        child=serializers.CharField(), help_text=_("Languages of the texts (BCP 47), the first one leading.")
    )
    mode = Choice(Mode, component="Mode", help_text=_("How the summit takes place."))
    texts_note = TranslatedText(help_text=_("Who wrote and translated the texts of sessions."))
    timetable_note = TranslatedText(help_text=_("What readers should know about the times given."))
    agenda_published_at = Moment(allow_null=True, help_text=_("When the agenda was published; null before that."))
    agenda_revision = serializers.IntegerField(help_text=_("Rises with every public change of this summit."))
    registration_opens_at = Moment(allow_null=True, help_text=_("When registration opens; null where not decided."))
    registration_closes_at = Moment(allow_null=True, help_text=_("When registration closes; null: after the last day."))
    updated_at = Moment(source="revised_at", help_text=_("Last public change."))
    url = Link("summit:home", help_text=_("The page for people."))
    api_url = Link("api:summit", help_text=_("This data."))
    links = SummitLinksSerializer(source="*", help_text=_("Addresses of the data below this summit."))


class VenueSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("The venue's word; unique within the summit."))
    name = TranslatedText(help_text=_("Name of the building."))
    address = TranslatedText(help_text=_("Street address."))
    city = TranslatedText(help_text=_("City."))
    country = MaybeText(help_text=_("Country (ISO 3166-1 alpha-2); null where not stated."))
    map_url = MaybeAddress(help_text=_("A map; null where there is none."))
    access = TranslatedText(help_text=_("How to reach and use the building without barriers."))


class RoomSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("The room's word; unique within the summit."))
    name = TranslatedText(help_text=_("Name of the room."))
    capacity = serializers.IntegerField(
        allow_null=True, help_text=_("Seats for people on site; null where not stated.")
    )
    description = TranslatedText(help_text=_("What the room is like, plain text."))
    venue = VenueSerializer(help_text=_("The building the room is in."))
    api_url = Link("api:room", "code", help_text=_("This data."))


class PageSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField(help_text=_("The page's word in its address; unique within the summit."))
    section = Choice(Section, component="PageSection", help_text=_("Which part of the site it belongs to."))
    title = TranslatedText(help_text=_("Heading."))
    summary = TranslatedText(help_text=_("One or two sentences, plain text."))
    body = TranslatedText(help_text=_("The text in Markdown (CommonMark with tables, no HTML)."))
    updated_at = Moment(help_text=_("Last change."))
    url = Link("summit:page", "slug", help_text=_("The page for people."))
    api_url = Link("api:page", "slug", help_text=_("This data."))
