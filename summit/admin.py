"""The operators' admin for what belongs to a summit as a whole. Organisers have their own pages."""

from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from summit import history, models
from summit.lib.translated import Text, TranslatedField

# Rate limits guard the admin's door as they guard ours; a second factor opens it.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
_has_permission = admin.site.has_permission


def has_permission(request: HttpRequest) -> bool:
    """As Django's, and with a second factor where staff need one."""
    return _has_permission(request) and (not settings.STAFF_TWO_FACTORS or is_mfa_enabled(request.user))


admin.site.has_permission = has_permission  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Summit"


class PublicAdmin(admin.ModelAdmin[Any]):
    """Whatever an operator changes here shows on the public pages at once; texts remember what they were made from."""

    summit_path = "summit"

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm[Any], change: bool) -> None:
        if change:
            before = type(obj)._default_manager.get(pk=obj.pk)
            for field in obj._meta.concrete_fields:
                value = getattr(obj, field.name, None) if isinstance(field, TranslatedField) else None
                if isinstance(value, Text):
                    setattr(obj, field.name, getattr(before, field.name).revised(dict(value)))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        changes: Any = dict.fromkeys(form.changed_data, ("…", "…"))
        action = f"{form.instance._meta.model_name}.{'edit' if change else 'create'}"
        history.record(
            action,
            form.instance,
            by=cast("models.User", request.user),
            summit=self.summit_of(form.instance),
            changes=changes,
        )
        self.raise_revision(form.instance)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        summit = self.summit_of(obj)
        super().delete_model(request, obj)
        if summit is not None and summit.pk:
            summit.raise_revision()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        summits = {self.summit_of(row) for row in queryset}
        super().delete_queryset(request, queryset)
        for summit in summits:
            if summit is not None and summit.pk:
                summit.raise_revision()

    def summit_of(self, obj: Any) -> models.Summit | None:
        for name in self.summit_path.split("__") if self.summit_path else []:
            obj = getattr(obj, name)
        return obj if isinstance(obj, models.Summit) else None

    def raise_revision(self, obj: Any) -> None:
        if summit := self.summit_of(obj):
            summit.raise_revision()


@admin.register(models.Summit)
class SummitAdmin(PublicAdmin):
    summit_path = ""
    list_display = ("code", "name", "starts_on", "ends_on", "is_public", "is_current")

    def summit_of(self, obj: Any) -> models.Summit | None:
        return obj if isinstance(obj, models.Summit) else None


@admin.register(models.Venue)
class VenueAdmin(PublicAdmin):
    list_display = ("name", "code", "summit")


@admin.register(models.Room)
class RoomAdmin(PublicAdmin):
    list_display = ("name", "code", "venue", "capacity", "order")
    list_filter = ("summit",)


@admin.register(models.Page)
class PageAdmin(PublicAdmin):
    list_display = ("title", "slug", "section", "order")
    list_filter = ("summit", "section")


@admin.register(models.MembershipFigure, models.MemberCountry, models.Chair, models.CommitteeMember)
class CivicAdmin(PublicAdmin):
    list_filter = ("summit",)


class StepInline(admin.StackedInline[Any, Any]):
    model = models.PlanStep
    extra = 0


class CommitmentInline(admin.StackedInline[Any, Any]):
    model = models.Commitment
    extra = 0


@admin.register(models.ActionPlan)
class ActionPlanAdmin(PublicAdmin):
    inlines = (StepInline, CommitmentInline)


@admin.register(models.Membership)
class MembershipAdmin(admin.ModelAdmin[Any]):
    list_display = ("user", "role", "summit")
    list_filter = ("summit", "role")
    autocomplete_fields = ("user",)


@admin.register(models.User)
class UserAdmin(DjangoUserAdmin):
    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("name", "language")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),)


class ReadOnly:
    """To look at, never to change."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin[Any]):
    """History and outbox are records; other rows change through verbs alone."""


@admin.register(models.HistoryEntry)
class HistoryAdmin(ReadOnlyAdmin):
    list_display = ("at", "by", "action", "subject_name", "place")
    list_filter = ("summit", "action")
    search_fields = ("subject_name", "subject_key")


@admin.register(models.Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "to", "subject", "state", "attempts")
    list_filter = ("state", "kind", "summit")
    search_fields = ("to", "subject")
