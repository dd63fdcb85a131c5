"""People and organisations on stage as the public reads them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.serializers.fields import Choice, Link, MaybeAddress, MaybeChoice, MaybeText, Moment, TranslatedText
from sessions.models import Appearance
from speakers.models import Organisation


class SpeakerAppearanceSerializer(serializers.Serializer[Any]):
    session = serializers.CharField(source="session.code", help_text=_("Code of the session."))
    title = TranslatedText(source="session.title", help_text=_("Title of the session."))
    role = Choice(Appearance.Role, component="AppearanceRole", help_text=_("What the person does in this session."))
    affiliation = TranslatedText(help_text=_("Organisation as billed in this session."))
    job_title = TranslatedText(help_text=_("Job title as billed in this session."))


class SpeakerSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("Letters and digits, unique within the summit."))
    guid = serializers.UUIDField(help_text=_("Identifies the speaker everywhere; never changes."))
    name = serializers.CharField(help_text=_("The person's name as written by themselves."))
    name_romanised = MaybeText(help_text=_("The name in Latin letters; null where it is not certain."))
    country = MaybeText(help_text=_("Country (ISO 3166-1 alpha-2); null where not stated."))
    biography = TranslatedText(help_text=_("About the person, plain text."))
    portrait = MaybeAddress(source="portrait_large", help_text=_("Square picture (WebP); null where there is none."))
    appearances = SpeakerAppearanceSerializer(many=True, help_text=_("Published sessions the person is billed in."))
    updated_at = Moment(help_text=_("Last change."))
    url = Link("speakers:speaker", "code", help_text=_("The page for people."))
    api_url = Link("api:speaker", "code", help_text=_("This data."))


class HostedSessionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("Code of the session."))
    title = TranslatedText(help_text=_("Title of the session."))


class OrganisationSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("The organisation's word in addresses; unique within the summit."))
    guid = serializers.UUIDField(help_text=_("Identifies the organisation everywhere; never changes."))
    name = TranslatedText(help_text=_("Name of the organisation."))
    kind = MaybeChoice(
        Organisation.Kind, component="OrganisationKind", help_text=_("What kind of body it is; null where not stated.")
    )
    country = MaybeText(help_text=_("Country (ISO 3166-1 alpha-2); null where not stated."))
    website = MaybeAddress(help_text=_("Its own website; null where not stated."))
    description = TranslatedText(help_text=_("About the organisation, plain text."))
    sessions = HostedSessionSerializer(many=True, help_text=_("Published sessions it hosts, in order of the agenda."))
    url = Link("speakers:host", "code", help_text=_("The page for people."))
    api_url = Link("api:organisation", "code", help_text=_("This data."))
