import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from summit.models import Right, Role
from summit.models.team import RIGHTS
from summit.permissions import may, rights_of
from tests.factories import make_summit, make_user

ORGANISER_PAGES = [
    "organiser/",
    "organiser/tracks/",
    "organiser/tracks/new/",
    "organiser/links/",
    "organiser/publication/",
    "organiser/history/",
    "organiser/copy/",
]


@pytest.mark.parametrize("role", Role.values)
def test_each_role_may_what_it_is_for_once_it_is_taken_up(summit, role):
    user = make_user(summit=summit, role=role)
    assert rights_of(user, summit) == RIGHTS[role]
    summit.memberships.update(accepted_at=None)
    assert rights_of(user, summit) == frozenset()


def test_roles_add_up_and_are_gone_at_once(summit, desk_staff):
    summit.memberships.create(user=desk_staff, role=Role.TRANSLATOR)
    assert rights_of(desk_staff, summit) == RIGHTS[Role.DESK] | RIGHTS[Role.TRANSLATOR]
    summit.memberships.filter(role=Role.DESK).delete()
    assert not may(desk_staff, summit, Right.DESK)
    assert may(desk_staff, summit, Right.DESK, Right.TEXTS)


def test_nobody_but_owners_and_organisers_may_everything():
    assert {role for role, rights in RIGHTS.items() if rights == frozenset(Right)} == {Role.OWNER, Role.ORGANISER}
    assert set(RIGHTS) == set(Role.values)


def test_strangers_and_other_summits_teams_may_nothing(summit):
    other = make_summit("ogp2023")
    user = make_user(summit=other, role=Role.OWNER)
    assert rights_of(user, summit) == rights_of(AnonymousUser(), summit) == frozenset()


def test_rights_cost_one_query(summit, organiser, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert may(organiser, summit, Right.PUBLISH)


@pytest.mark.parametrize("page", ORGANISER_PAGES)
def test_a_guest_is_sent_to_sign_in_and_back(summit, page):
    response = Client().get(f"/en/ogp2021/{page}")
    assert response.status_code == 302
    assert response["Location"] == f"/en/account/login/?next=/en/ogp2021/{page}"


@pytest.mark.parametrize("page", ORGANISER_PAGES)
def test_what_is_not_yours_looks_like_what_is_not_there(summit, desk_staff, as_user, page):
    """Of a closed summit not even its name; a public one is around every page below it, whatever is there."""
    summit.is_public = False
    summit.save()
    hidden = as_user(desk_staff).get(f"/en/ogp2021/{page}")
    absent = as_user(desk_staff).get(f"/en/ogp2099/{page}")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content.replace(b"ogp2099", b"ogp2021")
    assert as_user(make_user()).get(f"/en/ogp2021/{page}").status_code == 404


@pytest.mark.parametrize("page", ORGANISER_PAGES)
def test_without_a_second_factor_staff_see_nothing(summit, organiser, as_user, settings, page):
    settings.STAFF_TWO_FACTORS = True
    client = as_user(organiser)
    response = client.get(f"/en/ogp2021/{page}")
    assert response.status_code == 403
    content = response.content.decode()
    assert "A second factor is needed" in content
    assert 'href="/en/account/2fa/"' in content
    # A page that can only be read says so first.
    assert client.post(f"/en/ogp2021/{page}").status_code in {302, 405}


def test_the_way_on_is_the_page_and_not_what_a_page_is_made_of(summit, organiser, as_user, settings):
    settings.STAFF_TWO_FACTORS = True
    client = as_user(organiser)
    client.get("/en/ogp2021/organiser/tracks/", headers={"Accept": "text/html,*/*"})
    client.get("/en/ogp2021/organiser/theme.css", headers={"Accept": "text/css,*/*;q=0.1"})
    assert client.session["way_on"] == "/en/ogp2021/organiser/tracks/"


def test_with_a_second_factor_the_page_opens(summit, organiser, as_user, settings):
    settings.STAFF_TWO_FACTORS = True
    TOTP.activate(organiser, generate_totp_secret())
    assert as_user(organiser).get("/en/ogp2021/organiser/tracks/").status_code == 200


def test_the_page_to_set_a_factor_up_opens(organiser, as_user):
    client = as_user(organiser)
    assert client.get("/en/account/2fa/").status_code == 200


def test_the_admin_opens_with_a_second_factor_where_staff_need_one(settings, db):
    operator = make_user(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    settings.STAFF_TWO_FACTORS = True
    assert client.get("/admin/").status_code == 302
    TOTP.activate(operator, generate_totp_secret())
    assert client.get("/admin/").status_code == 200


def test_a_summit_may_ask_single_roles_for_a_second_factor(summit, organiser, desk_staff, as_user):
    summit.two_factor_roles = [Role.ORGANISER]
    summit.save()
    assert as_user(organiser).get("/en/ogp2021/organiser/tracks/").status_code == 403
    assert as_user(desk_staff).get("/en/ogp2021/desk/").status_code == 200
    TOTP.activate(organiser, generate_totp_secret())
    assert as_user(organiser).get("/en/ogp2021/organiser/tracks/").status_code == 200


def test_whoever_sets_a_second_factor_up_is_led_on_to_where_they_were_going(summit, organiser, as_user, settings):
    settings.STAFF_TWO_FACTORS = True
    client = as_user(organiser)
    where = "/en/ogp2021/organiser/team/?q=a&b"
    assert client.get(where).status_code == 403
    assert "Go on" not in client.get("/en/account/2fa/").content.decode()
    TOTP.activate(organiser, generate_totp_secret())
    shown = client.get("/en/account/2fa/").content.decode()
    assert 'href="/en/ogp2021/organiser/team/?q=a&amp;b"' in shown
    assert client.get(where).status_code == 200
    assert "Go on where" not in client.get("/en/account/2fa/").content.decode()


def test_nobody_is_led_on_who_was_not_stopped(summit, organiser, as_user, settings):
    TOTP.activate(organiser, generate_totp_secret())
    assert "Go on where" not in as_user(organiser).get("/en/account/2fa/").content.decode()
