from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from registration.models import Category, CheckIn, Choice, Desk, Question, Quota, Registration
from summit.admin import PublicAdmin, ReadOnly, ReadOnlyAdmin, Recorded


@admin.register(Category)
class CategoryAdmin(PublicAdmin):
    list_display = ("name", "code", "colour", "admission", "order")
    list_filter = ("summit",)


class ChoiceInline(ReadOnly, admin.TabularInline[Any, Any]):
    model = Choice


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    """Questions change through their verbs alone, which keep what people answered."""

    list_display = ("words", "kind", "asked_of", "required", "is_asked", "order")
    list_filter = ("summit",)
    inlines = (ChoiceInline,)


@admin.register(Desk)
class DeskAdmin(Recorded):
    list_display = ("name", "code", "is_open")


@admin.register(Quota)
class QuotaAdmin(ReadOnlyAdmin):
    """Quotas change through their verbs alone, which count anew and wake the waitlist."""

    list_display = ("summit", "__str__", "attendance", "capacity", "taken")
    list_filter = ("summit",)


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    """Registrations change only through the verbs; operators look here, organisers work on their own pages."""

    list_display = ("reference", "name", "organisation", "category", "attendance", "state")
    list_filter = ("summit", "state", "attendance", "category")
    search_fields = ("reference", "name", "email")
    exclude = ("token", "calendar_token", "form_nonce", "user")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CheckIn)
class CheckInAdmin(ReadOnlyAdmin):
    list_display = ("at", "registration", "desk", "by", "undone_at")
