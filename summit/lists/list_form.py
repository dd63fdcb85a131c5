"""The form of a list: search, filters, order and columns."""

from typing import TYPE_CHECKING

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from summit.lists.listing import Listing


class ListForm(forms.Form):
    """Search, filters and columns of one list, as its page offers them."""

    def __init__(self, listing: "Listing", data: QueryDict) -> None:
        super().__init__(data, prefix=None, auto_id="list_%s")
        self.fields["q"] = forms.CharField(label=_("Search"), required=False, max_length=200,
                                           widget=forms.TextInput(attrs={"type": "search"}))  # fmt: skip
        for each in listing.filters:
            self.fields[each.name] = each.made(listing.summit)
        self.fields["sort"] = forms.ChoiceField(label=_("Sorted by"), required=False, choices=listing.sortings())
        self.fields["show"] = forms.MultipleChoiceField(
            label=_("Columns"),
            required=False,
            help_text=_("Your choice is kept for the next time. Choose none to see the usual columns again."),
            choices=[(column.name, column.label) for column in listing.columns if not column.head],
            widget=forms.CheckboxSelectMultiple,
        )
