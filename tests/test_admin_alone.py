"""What only the operators' admin can do for a summit.

Each model that the admin may change has a page of the workspace which does the same; what has none is listed in
``MISSING``, with what is missing. An owner needs the admin for nothing: the list is there to become empty.
"""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import NoReverseMatch, reverse

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
    "registration.Places": "registration:settings-registration",
    "summit.Membership": "summit:team",
    "summit.Page": "summit:organiser-page",
    "summit.Room": "summit:organiser-room",
    "summit.Summit": "summit:settings-general",
    "summit.Venue": "summit:venue",
}
MISSING = {
    # The open-government register of a summit.
    "summit.MembershipFigure": "figures of membership",
    "summit.MemberCountry": "member countries",
    "summit.Chair": "chairs",
    "summit.CommitteeMember": "terms of the committee",
    "summit.ActionPlan": "action plans with their steps and commitments",
}


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


def test_what_the_admin_changes_has_a_page_or_is_known_to_be_missing(changeable):
    assert changeable - OF_OPERATORS == {*PAGES, *MISSING}
    assert not PAGES.keys() & MISSING.keys()


def test_nothing_is_listed_that_the_admin_cannot_change(changeable):
    assert {*PAGES, *MISSING, *OF_OPERATORS} - changeable == set()


@pytest.mark.parametrize("name", sorted(PAGES.values()))
def test_every_page_that_is_named_exists(name):
    for args in (["ogp2021"], ["ogp2021", "code01"]):
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
