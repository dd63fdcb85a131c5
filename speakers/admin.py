from django.contrib import admin

from speakers.models import Organisation, Speaker
from summit.admin import PublicAdmin


@admin.register(Organisation)
class OrganisationAdmin(PublicAdmin):
    list_display = ("name", "code", "kind", "country")
    list_filter = ("summit", "kind")
    search_fields = ("code", "name")


@admin.register(Speaker)
class SpeakerAdmin(PublicAdmin):
    list_display = ("name", "name_romanised", "code", "country")
    list_filter = ("summit",)
    search_fields = ("name", "name_romanised", "email")
    autocomplete_fields = ("user",)
