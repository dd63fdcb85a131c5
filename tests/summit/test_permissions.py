import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from summit.models import Role
from summit.permissions import is_desk_staff, is_organiser
from tests.factories import make_summit, make_user

ORGANISER_PAGES = [
    "organiser/",
    "organiser/tracks/",
    "organiser/tracks/new/",
    "organiser/links/",
    "organiser/publication/",
]


@pytest.mark.parametrize(
    ("role", "organises", "serves"),
    [("owner", True, True), ("organiser", True, True), ("desk", False, True), ("", False, False)],
)
def test_each_role_may_what_it_is_for(summit, role, organises, serves):
    user = make_user(summit=summit, role=role)
    assert is_organiser(user, summit) is organises
    assert is_desk_staff(user, summit) is serves


def test_strangers_and_other_summits_teams_may_nothing(summit):
    other = make_summit("ogp2023")
    user = make_user(summit=other, role=Role.OWNER)
    assert not is_organiser(user, summit)
    assert not is_desk_staff(AnonymousUser(), summit)


def test_a_role_costs_one_query(summit, organiser, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert is_organiser(organiser, summit)


@pytest.mark.parametrize("page", ORGANISER_PAGES)
def test_a_guest_is_sent_to_sign_in_and_back(summit, page):
    response = Client().get(f"/en/ogp2021/{page}")
    assert response.status_code == 302
    assert response["Location"] == f"/en/account/login/?next=/en/ogp2021/{page}"


@pytest.mark.parametrize("page", ORGANISER_PAGES)
def test_what_is_not_yours_looks_like_what_is_not_there(summit, desk_staff, as_user, page):
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
    assert client.post(f"/en/ogp2021/{page}").status_code == 302


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
