"""What only the operators' admin can do for a summit: nothing.

Each model that the admin may change has a page of the workspace which does the same, and so has each field of a summit. An
owner needs the admin for nothing, and an operator for no summit.
"""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import NoReverseMatch, reverse

from registration.forms.settings import ArrangementForm
from sessions.forms.dates import DatesForm
from summit.forms.look import AddressForm, DomainForm, LookForm
from summit.forms.settings import EditingRulesForm, GeneralForm, LanguagesForm
from summit.models import Summit
from tests.factories import make_user

# Of the installation, not of a summit: an operator's business.
OF_OPERATORS = {"summit.User", "auth.Group", "account.EmailAddress", "mfa.Authenticator"}
# Which page of the workspace changes the rows of a model.
PAGES = {
    "agenda.Session": "sessions:organiser-session",
    "agenda.Track": "sessions:organiser-track",
    "speakers.Organisation": "speakers:organiser-organisation",
    "speakers.Speaker": "speakers:organiser-person",
    "registration.Category": "registration:category",
    "registration.Desk": "registration:desk-kept",
    "summit.Membership": "summit:team",
    "summit.Page": "summit:organiser-page",
    "summit.Room": "summit:organiser-room",
    "summit.Summit": "summit:settings-general",
    "summit.Venue": "summit:venue",
    "summit.MembershipFigure": "summit:figure",
    "summit.MemberGovernment": "summit:member-government",
    "summit.Chair": "summit:chair",
    "summit.CommitteeMember": "summit:committee-member",
    "summit.ActionPlan": "summit:plan",
}
# Rows the admin shows on the page of another one.
BELOW = {
    "agenda.Session": {
        "agenda.Appearance": "sessions:organiser-session-people",
        "agenda.Material": "sessions:organiser-session-materials",
        "agenda.SessionHost": "sessions:organiser-session",
    },
    "summit.ActionPlan": {"summit.PlanStep": "summit:step", "summit.Commitment": "summit:commitment"},
}
# Forms of the settings, by their pages; each names the fields it sets in ``versioned`` or ``VERSIONED``.
FORMS = {
    "summit:settings-general": GeneralForm,
    "summit:settings-languages": LanguagesForm,
    "summit:settings-look": LookForm,
    "summit:settings-address": AddressForm,
    "summit:settings-domain": DomainForm,
    "sessions:dates": DatesForm,
    "registration:settings-registration": ArrangementForm,
    "sessions:settings": EditingRulesForm,
}
# Fields of a summit that a page sets by a button of its own.
BY_BUTTON = {"is_public": "sessions:opening", "agenda_published_at": "registration:publication"}
# Which summit ``/`` leads to is of the installation: operators say it in their list of summits.
BY_OPERATORS = {"is_current": "summit-current"}


@pytest.fixture
def changeable(rf, db) -> set[str]:
    """Labels of the models an operator may add, change or delete in the admin."""
    request = rf.get("/admin/")
    request.user = make_user(is_staff=True, is_superuser=True)
    return {
        model._meta.label
        for model, one in admin.site._registry.items()
        if one.has_add_permission(request) or one.has_change_permission(request) or one.has_delete_permission(request)
    }


def test_what_the_admin_changes_has_a_page(changeable):
    assert changeable - OF_OPERATORS - set(PAGES) == set()


def test_nothing_is_listed_that_the_admin_cannot_change(changeable):
    assert {*PAGES, *OF_OPERATORS} - changeable == set()


def test_what_the_admin_shows_on_the_page_of_another_row_has_a_page(changeable):
    shown = {model._meta.label: {inline.model._meta.label for inline in one.inlines}
             for model, one in admin.site._registry.items() if model._meta.label in changeable - OF_OPERATORS and one.inlines}  # fmt: skip
    assert shown == {label: set(rows) for label, rows in BELOW.items()}


def test_every_field_of_a_summit_the_admin_changes_is_in_a_form_of_the_settings(rf, summit):
    request = rf.get("/admin/")
    request.user = make_user(is_staff=True, is_superuser=True)
    of_admin = set(admin.site._registry[Summit].get_form(request).base_fields)
    of_owners = {name for form in FORMS.values() for name in form(summit=summit).versioned} | set(BY_BUTTON)
    assert of_admin - of_owners == set(BY_OPERATORS)
    assert set(BY_BUTTON) | set(BY_OPERATORS) <= of_admin


def test_an_owner_deletes_a_summit_and_an_operator_another_ones():
    assert reverse("summit:deletion", args=["ogp2021"]) and reverse("summit-deletion", args=["ogp2021"])
    assert [reverse(name, args=["ogp2021"]) for name in BY_OPERATORS.values()]


NAMES = {*PAGES.values(), *FORMS, *BY_BUTTON.values(), *(name for rows in BELOW.values() for name in rows.values())}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_page_that_is_named_exists(name):
    for args in (["ogp2021"], ["ogp2021", "code01"], ["ogp2021", 1], ["ogp2021", 1, 1]):
        try:
            assert reverse(name, args=args)
        except NoReverseMatch:
            continue
        return
    pytest.fail(f"no address is called {name}")


def test_models_of_operators_belong_to_no_summit():
    registered = {model._meta.label: model for model in admin.site._registry}
    for label in OF_OPERATORS:
        assert not [field for field in registered[label]._meta.get_fields() if field.is_relation and field.many_to_one
                    and field.related_model is Summit]  # fmt: skip
    assert registered["auth.Group"] is Group
