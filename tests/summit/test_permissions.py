import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from summit.models import Right, Role
from summit.models.team import RIGHTS
from summit.permissions import may, rights_of
from tests.factories import make_session, make_summit, make_user
from tests.second_factors import SHOW, enrol, show

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
def test_without_a_second_factor_staff_are_led_to_set_one_up(summit, organiser, as_user, settings, page):
    settings.STAFF_TWO_FACTORS = True
    client = as_user(organiser)
    response = client.get(f"/en/ogp2021/{page}")
    assert (response.status_code, response["Location"]) == (302, "/en/account/2fa/")
    shown = client.get("/en/account/2fa/").content.decode()
    assert "A second factor is needed" in shown and "Set up an authenticator app" in shown
    # A page that can only be read says so first.
    assert client.post(f"/en/ogp2021/{page}").status_code in {302, 405}


@pytest.mark.parametrize("page", ORGANISER_PAGES)
def test_a_session_that_has_not_shown_the_factor_is_asked_for_it(summit, organiser, as_user, settings, page):
    """Another browser has set it up meanwhile: that makes this one no more trustworthy."""
    settings.STAFF_TWO_FACTORS = True
    client = as_user(organiser)
    enrol(organiser)
    response = client.get(f"/en/ogp2021/{page}")
    assert response["Location"] == f"{SHOW}?next=%2Fen%2Fogp2021%2F{page.replace('/', '%2F')}"
    asked = client.get(response["Location"]).content.decode()
    assert "this browser has not shown your second factor" in asked
    assert 'href="/en/account/reauthenticate/' not in asked  # the password is no way


def test_the_way_on_is_the_page_and_not_what_a_page_is_made_of(summit, organiser, as_user, settings):
    settings.STAFF_TWO_FACTORS = True
    client = as_user(organiser)
    client.get("/en/ogp2021/organiser/tracks/", headers={"Accept": "text/html,*/*"})
    client.get("/en/ogp2021/organiser/theme.css", headers={"Accept": "text/css,*/*;q=0.1"})
    assert client.session["way_on"] == "/en/ogp2021/organiser/tracks/"


def test_with_a_second_factor_shown_the_page_opens(summit, organiser, as_user, settings):
    settings.STAFF_TWO_FACTORS = True
    client, secret = as_user(organiser), enrol(organiser)
    assert show(client, secret, "/en/ogp2021/organiser/tracks/")["Location"] == "/en/ogp2021/organiser/tracks/"
    assert client.get("/en/ogp2021/organiser/tracks/").status_code == 200
    # Another one of the same person has shown nothing.
    assert as_user(organiser).get("/en/ogp2021/organiser/tracks/").status_code == 302


def test_what_is_sent_by_such_a_session_is_not_saved_and_leads_back_to_its_form(summit, organiser, as_user, settings):
    settings.STAFF_TWO_FACTORS = True
    client, secret = as_user(organiser), enrol(organiser)
    form = "/en/ogp2021/organiser/tracks/new/"
    answer = client.post(form, {"name_en": "X"}, headers={"Referer": f"http://testserver{form}?a=b"})
    assert answer["Location"] == f"{SHOW}?next=%2Fen%2Fogp2021%2Forganiser%2Ftracks%2Fnew%2F%3Fa%3Db"
    assert "Then send the form again" in client.get(answer["Location"]).content.decode()
    assert not summit.tracks.exists()
    client.post(form, headers={"Referer": "https://elsewhere.example/"})
    assert client.session["way_on"] == form
    part = client.post(form, headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (200, f"{SHOW}?next={form.replace('/', '%2F')}")
    assert show(client, secret, form)["Location"] == form


def test_a_factor_that_was_taken_away_has_not_been_shown(summit, organiser, as_user, settings):
    settings.STAFF_TWO_FACTORS = True
    client, secret = as_user(organiser), enrol(organiser)
    show(client, secret)
    organiser.authenticator_set.filter(type="totp").delete()
    assert client.get("/en/ogp2021/organiser/tracks/")["Location"] == "/en/account/2fa/"


def test_codes_lead_a_session_without_the_factor_where_everybody_may_read(summit, organiser, as_user, settings):
    make_session(summit, "DIG001")
    client, secret = as_user(organiser), enrol(organiser)
    assert client.get("/go/DIG001/")["Location"].endswith("/organiser/sessions/DIG001/")
    settings.STAFF_TWO_FACTORS = True
    assert "/organiser/" not in client.get("/go/DIG001/").headers.get("Location", "")
    show(client, secret)
    assert client.get("/go/DIG001/")["Location"].endswith("/organiser/sessions/DIG001/")


def test_the_page_to_set_a_factor_up_opens(organiser, as_user):
    client = as_user(organiser)
    assert client.get("/en/account/2fa/").status_code == 200


def test_the_admin_opens_to_a_session_with_the_factor_where_staff_need_one(settings, db, as_user):
    operator = make_user(is_staff=True, is_superuser=True, password="a long enough pass phrase")
    client, asked = as_user(operator), SHOW.replace("/en/", "/ko/")  # the admin speaks the browser's language
    assert client.get("/admin/").status_code == 200
    settings.STAFF_TWO_FACTORS = True
    there = client.get("/admin/summit/user/", follow=True)
    assert there.redirect_chain[-1][0] == "/ko/account/2fa/"
    secret = enrol(operator)
    there = client.get("/admin/summit/user/", follow=True)
    assert there.redirect_chain[-1][0] == f"{asked}?next=%2Fadmin%2Fsummit%2Fuser%2F"
    # Django's own form of the admin is no way around.
    sent = client.post("/admin/login/", {"username": operator.email, "password": "a long enough pass phrase"})
    assert sent.status_code == 302 and asked in sent["Location"]
    assert client.get("/admin/").status_code == 302
    show(client, secret)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login/?next=/admin/summit/user/")["Location"] == "/admin/summit/user/"
    assert client.get("/admin/login/?next=https://elsewhere.example/")["Location"] == "/admin/"


def test_the_admin_has_no_form_to_sign_in(db, as_user):
    assert Client().get("/admin/")["Location"].startswith("/admin/login/")
    assert "/account/login/?next=/admin/" in Client().post("/admin/login/?next=/admin/", {"username": "a"})["Location"]
    assert as_user(make_user()).get("/admin/login/").status_code == 403


def test_a_summit_may_ask_single_roles_for_a_second_factor(summit, organiser, desk_staff, as_user):
    summit.two_factor_roles = [Role.ORGANISER]
    summit.save()
    client = as_user(organiser)
    assert client.get("/en/ogp2021/organiser/tracks/")["Location"] == "/en/account/2fa/"
    assert as_user(desk_staff).get("/en/ogp2021/desk/").status_code == 200
    show(client, enrol(organiser))
    assert client.get("/en/ogp2021/organiser/tracks/").status_code == 200


def test_whoever_sets_a_second_factor_up_is_led_on_to_where_they_were_going(summit, organiser, as_user, settings):
    settings.STAFF_TWO_FACTORS = True
    client = as_user(organiser)
    where = "/en/ogp2021/organiser/team/?q=a&b"
    assert client.get(where)["Location"] == "/en/account/2fa/"
    assert "Go on" not in client.get("/en/account/2fa/").content.decode()
    show(client, enrol(organiser))
    shown = client.get("/en/account/2fa/").content.decode()
    assert 'href="/en/ogp2021/organiser/team/?q=a&amp;b"' in shown
    assert client.get(where).status_code == 200
    assert "Go on where" not in client.get("/en/account/2fa/").content.decode()


def test_nobody_is_led_on_who_was_not_stopped(summit, organiser, as_user, settings):
    client = as_user(organiser)
    show(client, enrol(organiser))
    assert "Go on where" not in client.get("/en/account/2fa/").content.decode()
