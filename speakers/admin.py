from typing import Any

from django.contrib import admin
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

from speakers.editing.inline_edits import DECLARED
from speakers.models import Organisation, Speaker
from speakers.models.speaker import SEALED
from summit.admin import PublicAdmin


@admin.register(Organisation)
class OrganisationAdmin(PublicAdmin):
    list_display = ("name", "code", "kind", "country")
    list_filter = ("summit", "kind")
    search_fields = ("code", "name")


@admin.register(Speaker)
class SpeakerAdmin(PublicAdmin):
    """What people declared about themselves is shown to nobody with their name, and said by nobody else.

    Portraits are put up in the workspace, which takes out of the file what is hidden in it.
    """

    exclude = (*sorted(DECLARED), "portrait")
    list_display = ("name", "name_romanised", "code", "country")
    list_filter = ("summit",)
    search_fields = ("name", "name_romanised", "email")
    autocomplete_fields = ("user",)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Of whoever is protected neither what is sealed nor the account, which says who it is."""
        return (*self.exclude, *SEALED, "user") if obj is not None and obj.at_risk else self.exclude

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No address of the list may ask who declared what either."""
        return lookup.split(LOOKUP_SEP, 1)[0] not in DECLARED and super().lookup_allowed(lookup, value, request)
