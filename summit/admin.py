"""The operators' admin for what belongs to a summit as a whole. Organisers have their own pages."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.admin import AuthenticatorAdmin as AllauthAuthenticatorAdmin
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from summit import history, models
from summit.accounts import user_sessions
from summit.lib.translated import Text, TranslatedField
from summit.permissions import has_second_factor, lead_to_second_factor

_has_permission = admin.site.has_permission


def has_permission(request: HttpRequest) -> bool:
    """As Django's, and in a session that has shown a second factor where staff need one."""
    return _has_permission(request) and (not settings.STAFF_TWO_FACTORS or has_second_factor(request))


def sign_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The admin has no door of its own: people sign in where everybody does, and show their second factor there."""
    where = get_next_redirect_url(request) or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(where)
    if not _has_permission(request):
        raise PermissionDenied
    return redirect(where) if has_permission(request) else lead_to_second_factor(request, where)


admin.site.login = sign_in  # type: ignore[method-assign]
admin.site.has_permission = has_permission  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Summit"


# Of these the history says that they changed, never what they hold; those after them are the machine's.
SECRET = {"password", "data", "token", "calendar_token", "digest"}
MACHINE = {"found_as", "session_generation", "last_login", "updated_at", "agenda_revision", "revised_at"}
Values = dict[str, Any]


def held(value: Any) -> Any:
    """As the history keeps it; a language without words is as good as none, and forms know no parts of a second."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return value.words() if isinstance(value, Text) else history.plain(value)


def values_of(obj: Any, names: Collection[str] = ()) -> Values:
    """What a row holds, as the history keeps it; ``names`` are relations to many that are looked at as well."""
    row = {field.name: held(getattr(obj, field.name)) for field in obj._meta.concrete_fields
            if field.name not in MACHINE and not field.primary_key}  # fmt: skip
    many = {field.name: sorted(str(row) for row in getattr(obj, field.name).all()) for field in obj._meta.many_to_many
            if field.name in names}  # fmt: skip
    return {**row, **many}


def difference(before: Values, after: Values) -> history.Changes:
    """Each field that differs, before and after; of one that is secret only that it does."""
    return {
        name: ("•••", "•••") if name in SECRET else (before.get(name), after.get(name))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }


class Recorded(admin.ModelAdmin[Any]):
    """Every row an operator adds, changes or deletes here is a line of history, with each field before and after.

    ``summit_path`` leads from a row to its summit; "" where the row belongs to the installation: its lines have no
    summit and are read by operators alone.
    """

    summit_path = "summit"

    def summit_of(self, obj: Any) -> models.Summit | None:
        for name in self.summit_path.split("__") if self.summit_path else []:
            obj = getattr(obj, name)
        return obj if isinstance(obj, models.Summit) else None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        many = set(form.fields)
        form.values_before = values_of(type(obj)._default_manager.get(pk=obj.pk), many) if change else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        rows_before = {id(row): values_of(type(row.instance)._default_manager.get(pk=row.instance.pk))
                       for formset in formsets for row in formset.forms if row.instance.pk and row.has_changed()}  # fmt: skip
        super().save_related(request, form, formsets, change)
        changes = difference(form.values_before, values_of(form.instance, set(form.fields)))
        for formset in formsets:
            gone = {id(row) for row in formset.deleted_forms}
            for row in formset.forms:
                if row.has_changed():
                    after = {} if id(row) in gone else values_of(row.instance)
                    changes |= self._of_row(row.instance, rows_before.get(id(row), {}), after)
        self.note(request, "edit" if change else "create", form.instance, changes)

    def _of_row(self, row: Any, before: Values, after: Values) -> history.Changes:
        """A row below the one on the page is a change of it, told field by field."""
        differs = difference(before, after)
        if not differs:
            return {}
        sides = tuple({name: str(pair[side]) for name, pair in differs.items() if pair[side] not in (None, "", [])}
                      for side in (0, 1))  # fmt: skip
        return {f"{row._meta.verbose_name}: {row}"[:200]: (sides[0], sides[1])}

    def note(self, request: HttpRequest, what: str, obj: Any, changes: history.Changes) -> None:
        if what == "edit" and not changes:
            return
        by, summit = cast("models.User", request.user), self.summit_of(obj)
        if what == "delete" and isinstance(obj, models.Summit):
            summit = None  # its own lines go with it
        history.record(f"{obj._meta.model_name}.{what}", obj, by=by, summit=summit, changes=changes)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.note(request, "delete", obj, difference(values_of(obj), {}))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.note(request, "delete", row, difference(values_of(row), {}))
        super().delete_queryset(request, queryset)


class PublicAdmin(Recorded):
    """Whatever an operator changes here shows on the public pages at once; texts remember what they were made from."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            before = type(obj)._default_manager.get(pk=obj.pk)
            for field in obj._meta.concrete_fields:
                value = getattr(obj, field.name, None) if isinstance(field, TranslatedField) else None
                if isinstance(value, Text):
                    setattr(obj, field.name, getattr(before, field.name).revised(dict(value)))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if summit := self.summit_of(form.instance):
            summit.raise_revision()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        summit = self.summit_of(obj)
        super().delete_model(request, obj)
        if summit is not None and summit.pk:
            summit.raise_revision()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        summits = {self.summit_of(row) for row in queryset}
        super().delete_queryset(request, queryset)
        for summit in summits:
            if summit is not None and models.Summit.objects.filter(pk=summit.pk).exists():
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


@admin.register(models.MembershipFigure, models.MemberGovernment, models.Chair, models.CommitteeMember)
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
class MembershipAdmin(Recorded):
    list_display = ("user", "role", "summit")
    list_filter = ("summit", "role")
    autocomplete_fields = ("user",)


@admin.register(models.User)
class UserAdmin(Recorded, DjangoUserAdmin):
    summit_path = ""
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

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The page of a password alone saves no form that :class:`Recorded` sees."""
        if request.resolver_match and request.resolver_match.url_name == "auth_user_password_change":
            self.note(request, "edit", obj, {"password": ("•••", "•••")})
        return super().log_change(request, obj, message)

    def note(self, request: HttpRequest, what: str, obj: Any, changes: history.Changes) -> None:
        """Whoever goes leaves the teams they were in, whose histories say so."""
        super().note(request, what, obj, changes)
        if what == "delete":
            for member in obj.memberships.select_related("summit"):
                history.record("membership.delete", member, by=cast("models.User", request.user), summit=member.summit,
                               changes={"role": (member.role, None)})  # fmt: skip


# Those of the libraries, with the same record: they stand in the registry before ours replace them.
admin.site.unregister([Group, EmailAddress, Authenticator])


@admin.register(Group)
class GroupAdmin(Recorded, DjangoGroupAdmin):
    summit_path = ""


@admin.register(EmailAddress)
class EmailAddressAdmin(Recorded, AllauthEmailAddressAdmin):
    summit_path = ""


@admin.register(Authenticator)
class AuthenticatorAdmin(Recorded, AllauthAuthenticatorAdmin):
    """To be taken away from somebody who lost it, never to be read or made."""

    summit_path = ""
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def note(self, request: HttpRequest, what: str, obj: Any, changes: history.Changes) -> None:
        """What the lost telephone is signed in to ends with it."""
        super().note(request, what, obj, changes)
        if what == "delete":
            user_sessions.end_all(obj.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
    list_display = ("at", "by", "action", "subject_name", "summit", "place")
    # What belongs to the installation has no summit: the filter offers it as empty.
    list_filter = ("summit", "action")
    search_fields = ("subject_name", "subject_key")


@admin.register(models.Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "to", "subject", "state", "attempts")
    list_filter = ("state", "kind", "summit")
    search_fields = ("to", "subject")
