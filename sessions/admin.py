from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from sessions.models import Appearance, Material, Session, SessionHost, Track
from summit.admin import PublicAdmin


class HostInline(admin.TabularInline[Any, Any]):
    model = SessionHost
    extra = 0
    autocomplete_fields = ("organisation",)


class AppearanceInline(admin.TabularInline[Any, Any]):
    model = Appearance
    extra = 0
    autocomplete_fields = ("speaker",)


class MaterialInline(admin.TabularInline[Any, Any]):
    model = Material
    extra = 0


@admin.register(Session)
class SessionAdmin(PublicAdmin):
    list_display = ("code", "title", "track", "starts_at", "room", "is_published")
    list_filter = ("summit", "track", "kind", "mode")
    search_fields = ("code", "title")
    inlines = (HostInline, AppearanceInline, MaterialInline)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = Session.objects.get(pk=obj.pk) if change else None
        if before is not None and obj.moves_calendars(before):
            obj.sequence = before.sequence + 1
        obj.updated_at = timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(Track)
class TrackAdmin(PublicAdmin):
    list_display = ("name", "slug", "colour", "order")
    list_filter = ("summit",)
