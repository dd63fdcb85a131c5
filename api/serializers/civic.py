"""The open-government register as the public reads it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.serializers.fields import MaybeText, TranslatedText


class MembershipFigureSerializer(serializers.Serializer[Any]):
    year = serializers.IntegerField(help_text=_("Calendar year."))
    national = serializers.IntegerField(help_text=_("Number of national governments."))
    local = serializers.IntegerField(help_text=_("Number of local governments."))
    note = TranslatedText(help_text=_("Where the figure comes from."))


class MemberCountrySerializer(serializers.Serializer[Any]):
    country = serializers.CharField(help_text=_("Country (ISO 3166-1 alpha-2)."))
    name = TranslatedText(help_text=_("Name of the country."))
    founding = serializers.BooleanField(help_text=_("Whether it founded the partnership."))


class MemberGovernmentSerializer(serializers.Serializer[Any]):
    level = serializers.CharField(help_text=_("national or local."))
    country = serializers.CharField(help_text=_("Country (ISO 3166-1 alpha-2)."))
    local_code = MaybeText(help_text=_("Code of a local government, unique in its country; null of a national one."))
    name = TranslatedText(help_text=_("Name of the country or of the local government."))
    founding = serializers.BooleanField(help_text=_("Whether it founded the partnership."))
    joined = serializers.IntegerField(
        allow_null=True, help_text=_("Year in which it joined; null where it is not known.")
    )
    left = serializers.IntegerField(
        allow_null=True, help_text=_("Year in which it left; null where it has not, or it is not known.")
    )
    standing = MaybeText(help_text=_("active, inactive or withdrawn; null where it is not known."))


class ChairSerializer(serializers.Serializer[Any]):
    order = serializers.IntegerField(help_text=_("Number of the term, from 1."))
    country = serializers.CharField(help_text=_("Country (ISO 3166-1 alpha-2)."))
    name = TranslatedText(help_text=_("Name of the country."))
    note = TranslatedText(help_text=_("What happened in the term; may be empty."))


class CommitteeMemberSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text=_("The person's name as written by themselves."))
    name_romanised = MaybeText(help_text=_("The name in Latin letters; null where it is not certain."))
    job_title = TranslatedText(help_text=_("Job title."))
    affiliation = TranslatedText(help_text=_("Organisation."))
    past_terms = serializers.ListField(child=serializers.IntegerField(), help_text=_("Earlier terms of the person."))
    note = TranslatedText(help_text=_("A remark, such as where sources write the name differently; may be empty."))


class CommitteeTermSerializer(serializers.Serializer[Any]):
    term = serializers.IntegerField(help_text=_("Number of the term, from 1."))
    members = CommitteeMemberSerializer(many=True, help_text=_("Members from civil society, in order."))


class PlanStepSerializer(serializers.Serializer[Any]):
    order = serializers.IntegerField(help_text=_("Place among the steps."))
    period = TranslatedText(help_text=_("When, in words."))
    title = TranslatedText(help_text=_("What was done."))
    detail = TranslatedText(help_text=_("More about it; may be empty."))


class CommitmentSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text=_("Number within the plan."))
    vision = TranslatedText(help_text=_("The vision it belongs to."))
    title = TranslatedText(help_text=_("What is promised."))
    ministries = serializers.ListField(child=TranslatedText(), help_text=_("Ministries that answer for it."))
    note = TranslatedText(help_text=_("A remark; may be empty."))


class ActionPlanSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text=_("Number of the plan, from 1."))
    name = TranslatedText(help_text=_("Name of the plan."))
    document = MaybeText(help_text=_("Where the plan itself can be read; null where it is not known."))
    steps = PlanStepSerializer(many=True, help_text=_("How the plan came about, in order."))
    commitments = CommitmentSerializer(many=True, help_text=_("What it promises, in order."))


class CivicRegisterSerializer(serializers.Serializer[Any]):
    membership_figures = MembershipFigureSerializer(many=True, help_text=_("Size of the partnership by year."))
    member_countries = MemberCountrySerializer(many=True, help_text=_("Countries that belong to it, as far as listed."))
    members = MemberGovernmentSerializer(
        many=True, help_text=_("National and local governments that belong to it or did, as far as listed.")
    )
    chairs = ChairSerializer(many=True, help_text=_("Governments that chaired it, in order."))
    committee = CommitteeTermSerializer(many=True, help_text=_("Civil members of the national committee by term."))
    action_plans = ActionPlanSerializer(many=True, help_text=_("National action plans."))
