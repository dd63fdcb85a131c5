"""The first start in the browser, and the operators' summits."""

import io
import re

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from PIL import Image

from summit.accounts import demonstration, installation
from summit.models import HistoryEntry, Membership, Role, Summit, User
from tests.factories import make_summit, make_user
from tests.second_factors import enrol, show

OPERATOR = {
    "name": "김운영",
    "email": "op@team.example",
    "password": "correct horse battery",
    "again": "correct horse battery",
}
SUMMIT = {
    "name_ko": "2026 지방정부 포럼", "name_en": "Local Government Forum 2026", "short_name_ko": "", "short_name_en": "", "code": "forum2026",
    "starts_on": "2026-12-15", "ends_on": "2026-12-16", "time_zone": "Asia/Seoul", "languages": "ko,en", "mode": "hybrid",
    "contact_email": "", "venue_name_ko": "코엑스", "venue_name_en": "COEX", "venue_city_ko": "서울", "venue_city_en": "Seoul",
    "venue_country": "KR", "brand_colour": "", "accent_colour": "",
}  # fmt: skip
OWNER = {"owner": "invited", "email": "owner@people.example", "name": "이주인", "language": "ko"}
SET_UP, NEW = "/{}/set-up/", "/{}/my/summits/new/"


@pytest.fixture
def operator(db):
    return make_user("op@team.example", is_superuser=True, is_staff=True)


@pytest.fixture
def known(db):
    """A browser in which the key was typed."""
    client = Client()
    answer = client.post(SET_UP.format("en"), {"key": installation.make_key()})
    assert (answer.status_code, answer["Location"]) == (302, "/en/set-up/")
    return client


@pytest.fixture
def begun(known):
    """A browser whose operator was just made."""
    answer = known.post(SET_UP.format("en"), OPERATOR)
    assert (answer.status_code, answer["Location"]) == (302, "/en/my/summits/new/")
    return known


@pytest.mark.parametrize(("language", "says"), [("en", "First start"), ("ko", "처음 시작")])
def test_an_empty_installation_asks_for_its_key(db, language, says):
    answer = Client().get(SET_UP.format(language))
    assert answer.status_code == 200 and says in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("key", ["", "AAAA-AAAA-AAAA-AAAA-AAAA", "x" * 5000, "🔑", "\u202e"])
def test_without_the_key_nobody_goes_on(db, key):
    installation.make_key()
    client = Client()
    assert client.post(SET_UP.format("en"), {"key": key}).status_code == 422
    assert client.post(SET_UP.format("en"), OPERATOR).status_code == 200
    assert not User.objects.exists()


def test_guessing_keys_is_slowed_down(db, settings):
    settings.RATE_LIMITS = True
    statuses = [Client().post(SET_UP.format("en"), {"key": f"guess {n}"}).status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]
    key = installation.make_key()
    assert Client().post(SET_UP.format("en"), {"key": key}).status_code == 429


def test_the_operator_is_signed_in_and_the_page_is_gone(begun):
    user = User.objects.get()
    assert begun.get("/me.json").json()["name"] == "김운영"
    assert (user.is_superuser, user.language) == (True, "en")
    assert begun.get(SET_UP.format("en")).status_code == 404
    assert Client().get(SET_UP.format("ko")).status_code == 404
    assert Client().post(SET_UP.format("ko"), {"key": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", ""), ("email", "no address"), ("name", ""), ("name", "x" * 300), ("password", "short"), ("password", "123456789012"),
     ("again", "something else"), ("email", "correct@horse.battery.example" * 20)],
)  # fmt: skip
def test_what_is_wrong_with_the_operator_is_said_and_what_was_typed_stays(known, field, value):
    answer = known.post(SET_UP.format("en"), {**OPERATOR, field: value})
    assert answer.status_code == 422
    if field not in ("email", "name"):
        assert "op@team.example" in answer.content.decode()
    assert not User.objects.exists()


def test_a_password_like_the_name_is_refused(known):
    password = "op@team.example"
    assert known.post(SET_UP.format("en"), {**OPERATOR, "password": password, "again": password}).status_code == 422


def test_the_slower_of_two_browsers_is_told(known):
    second = Client()
    second.post(SET_UP.format("en"), {"key": installation.make_key()})
    known.post(SET_UP.format("en"), OPERATOR)
    answer = second.post(SET_UP.format("en"), {**OPERATOR, "email": "other@team.example"})
    assert answer.status_code == 409 and "meanwhile" in answer.content.decode()
    assert User.objects.count() == 1


def test_the_first_summit_and_its_owner_by_mail(begun, work, settings):
    settings.STAFF_TWO_FACTORS = True
    page = begun.get(NEW.format("en")).content.decode()
    assert 'value="Asia/Seoul"' in page and "Make the demonstration" in page and 'aria-current="step"' in page
    answer = begun.post(NEW.format("en"), SUMMIT)
    assert answer["Location"] == "/en/my/summits/forum2026/owner/"
    made = Summit.objects.get()
    assert (made.is_public, made.languages, made.venues.get().country) == (False, ["ko", "en"], "KR")
    assert "Local Government Forum 2026" in begun.get(answer["Location"]).content.decode()
    answer = begun.post(answer["Location"], OWNER)
    assert answer["Location"] == "/en/my/summits/"
    work()
    assert [letter.to for letter in mail.outbox] == [["owner@people.example"]]
    assert "/ko/forum2026/team-invitations/" in mail.outbox[0].body
    # From here on the operator needs a second factor.
    assert begun.get(NEW.format("en"))["Location"] == "/en/account/2fa/"


def test_the_operator_may_be_the_owner(begun):
    begun.post(NEW.format("en"), SUMMIT)
    answer = begun.post("/en/my/summits/forum2026/owner/", {**OWNER, "owner": "myself", "email": ""})
    assert answer["Location"] == "/en/forum2026/organiser/"
    assert begun.get(answer["Location"]).status_code == 200
    assert Membership.objects.get().role == Role.OWNER
    assert begun.get("/en/my/summits/forum2026/owner/").status_code == 302


def test_an_owner_needs_an_address(begun):
    begun.post(NEW.format("en"), SUMMIT)
    assert begun.post("/en/my/summits/forum2026/owner/", {**OWNER, "email": ""}).status_code == 422
    assert not Membership.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_ko", ""), ("code", "ab"), ("code", "Forum 2026"), ("code", "admin"), ("code", "x" * 40), ("code", "포럼포럼"), ("starts_on", ""),
        ("starts_on", "1026-12-15"), ("starts_on", "2026-02-30"), ("ends_on", "2026-12-14"), ("ends_on", "2027-12-14"),
        ("time_zone", "Seoul/Asia"), ("time_zone", "../etc/passwd"), ("languages", "fr"), ("languages", ""), ("mode", "x"),
        ("contact_email", "nobody"), ("venue_country", "ZZ"), ("venue_name_ko", "x" * 400),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_summit_is_said(operator, as_user, field, value):
    sent = {**SUMMIT, field: value}
    if field == "name_ko":
        sent |= {"name_en": ""}
    answer = as_user(operator).post(NEW.format("en"), sent)
    assert answer.status_code == 422
    assert 'id="errors"' in answer.content.decode()
    assert not Summit.objects.exists()


def test_a_zone_is_found_however_it_is_typed_and_texts_of_other_languages_are_left_out(operator, as_user):
    as_user(operator).post(NEW.format("en"), {**SUMMIT, "time_zone": " america/new york ", "languages": "en"})
    made = Summit.objects.get()
    assert (made.time_zone, made.languages, dict(made.name)) == (
        "America/New_York",
        ["en"],
        {"en": "Local Government Forum 2026"},
    )


def test_without_an_address_one_is_made_from_name_and_year(operator, as_user):
    answer = as_user(operator).post(NEW.format("en"), {**SUMMIT, "code": ""})
    assert answer.status_code == 302
    assert Summit.objects.get().code == "lgf2026"


@pytest.mark.parametrize(
    ("typed", "zone"), [("seoul", "Asia/Seoul"), ("New York", "America/New_York"), ("Europe/Tallinn", "Europe/Tallinn")]
)
def test_a_city_is_enough_for_a_time_zone(operator, as_user, typed, zone):
    as_user(operator).post(NEW.format("en"), {**SUMMIT, "time_zone": typed})
    assert Summit.objects.get().time_zone == zone


def test_a_taken_address_is_told_and_a_second_press_leads_on(operator, as_user):
    client = as_user(operator)
    make_summit("taken2026")
    answer = client.post(NEW.format("en"), {**SUMMIT, "code": "taken2026"})
    assert answer.status_code == 422 and "with this address already" in answer.content.decode()
    first, second = (client.post(NEW.format("en"), SUMMIT) for _time in range(2))
    assert first["Location"] == second["Location"] == "/en/my/summits/forum2026/owner/"
    assert HistoryEntry.objects.filter(action="summit.create").count() == 1


def test_the_demonstration_is_made_once_by_the_worker_and_belongs_to_who_asked(operator, as_user, work):
    client = as_user(operator)
    first, second = (client.post("/en/my/summits/demonstration/") for _press in range(2))
    assert first["Location"] == second["Location"]
    waiting = client.get(first["Location"])
    assert waiting.status_code == 200 and 'http-equiv="refresh"' in waiting.content.decode()
    work()
    done = client.get(first["Location"])
    assert done["Location"] == "/en/ogp2021/organiser/"
    assert client.get(done["Location"]).status_code == 200
    owner = Membership.objects.get(summit__code="ogp2021", role=Role.OWNER)
    assert owner.user == operator
    assert client.post("/en/my/summits/demonstration/")["Location"] == "/en/my/summits/"
    assert "Make the demonstration" not in client.get(NEW.format("en")).content.decode()
    assert Client().get("/")["Location"] == "/ko/ogp2021/"


def test_a_demonstration_that_failed_says_so_and_is_tried_again(operator, as_user, work, monkeypatch):
    client = as_user(operator)
    where = client.post("/en/my/summits/demonstration/")["Location"]

    def broken(*args, **kwargs):
        raise RuntimeError("no disk")

    monkeypatch.setattr(demonstration, "call_command", broken)
    work()
    page = client.get(where).content.decode()
    assert "could not be made" in page and "refresh" not in page
    assert client.post("/en/my/summits/demonstration/")["Location"] != where


PAGES = [("summits", []), ("held-mail", []), ("held-mail-send", []), ("held-mail-discard", []), ("new-summit", []), ("demonstration", []), ("summit-owner", ["ogp2021"]),
         ("summit-current", ["ogp2021"]), ("summit-deletion", ["ogp2021"]),
         ("demonstration-building", ["9f5c3c0e-3f3f-4d62-8f0e-6f3c2b7f7a55"])]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_pages_of_operators_are_there_for_nobody_else(summit, as_user, name, args):
    with translation.override("en"):
        address = reverse(name, args=args)
    ask = "post" if name in {"demonstration", "summit-current"} else "get"
    guest = getattr(Client(), ask)(address)
    assert guest.status_code == 302 and guest["Location"].startswith("/en/account/login/")
    owner = make_user("owner@team.example", summit=summit, role=Role.OWNER, is_staff=True)
    assert getattr(as_user(owner), ask)(address).status_code == 404
    assert getattr(as_user(make_user("nobody@people.example")), ask)(address).status_code == 404
    page = as_user(make_user("not-an-operator@people.example")).get("/en/my/").content.decode()
    assert "/my/summits/" not in page


def test_operators_need_a_second_factor(operator, as_user, settings):
    settings.STAFF_TWO_FACTORS = True
    client = as_user(operator)
    assert client.get(NEW.format("en"))["Location"] == "/en/account/2fa/"
    assert client.post(NEW.format("en"), SUMMIT)["Location"] == "/en/account/2fa/"
    assert not Summit.objects.exists()


def test_an_operator_finds_new_summits_on_the_own_page(operator, as_user):
    page = as_user(operator).get("/ko/my/").content.decode()
    assert "/ko/my/summits/new/" in page and "/ko/my/summits/" in page


@pytest.mark.parametrize("language", ["ko", "en"])
def test_summits_are_listed_with_their_owners_in_as_many_questions_for_three(operator, as_user, language):
    client = as_user(operator)
    counts = []
    for wanted in (1, 3):
        while Summit.objects.count() < wanted:
            made = make_summit(f"ogp{2021 + Summit.objects.count()}", is_public=False)
            make_user(f"owner@{made.code}.example", summit=made, role=Role.OWNER, name=f"Owner {made.code}")
        with CaptureQueriesContext(connection) as asked:
            page = client.get(f"/{language}/my/summits/").content.decode()
        counts.append(len(asked))
        assert page.count("Owner ogp") == wanted
    assert counts[0] == counts[1]


def test_an_operator_says_which_summit_the_root_leads_to(operator, as_user):
    client, old, new = as_user(operator), make_summit("ogp2021"), make_summit("ogp2023")
    for code in ("ogp2021", "ogp2023"):
        assert client.post(f"/en/my/summits/{code}/current/", {"current": "1"})["Location"] == "/en/my/summits/"
        assert Summit.objects.get(is_current=True).code == code
        assert Client().get("/")["Location"] == f"/ko/{code}/"
    assert "come here" in client.get("/en/my/summits/").content.decode()
    told = HistoryEntry.objects.filter(action="summit.current").order_by("pk").values_list("summit__code", "changes")
    assert list(told) == [("ogp2021", {"is_current": [False, True]}), ("ogp2021", {"is_current": [True, False]}),
                          ("ogp2023", {"is_current": [False, True]})]  # fmt: skip
    client.post("/en/my/summits/ogp2021/current/")
    assert Summit.objects.get(is_current=True) == new
    client.post("/en/my/summits/ogp2023/current/")
    assert not Summit.objects.filter(is_current=True).exists() and old.pk


def test_an_operator_deletes_a_summit_by_writing_its_address(summit, operator, as_user):
    client = as_user(operator)
    page = client.get("/en/my/summits/ogp2021/deletion/").content.decode()
    assert "open to the public" in page
    [seen] = re.findall(r'name="seen" value="([^"]*)"', page)
    assert client.post("/en/my/summits/ogp2021/deletion/", {"typed": "other", "seen": seen}).status_code == 422
    answer = client.post("/en/my/summits/ogp2021/deletion/", {"typed": "ogp2021", "seen": seen})
    assert answer["Location"] == "/en/my/summits/" and not Summit.objects.exists()


def picture(width=400, height=120):
    out = io.BytesIO()
    Image.new("RGBA", (width, height), "#0b6b62").save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue())


def test_a_summit_begins_in_its_own_colours_with_its_logo(operator, as_user):
    sent = {**SUMMIT, "brand_colour": "#0B6B62", "accent_colour": "#aa3300", "logo_file": picture()}
    assert as_user(operator).post(NEW.format("en"), sent).status_code == 302
    made = Summit.objects.get()
    assert (made.brand_colour, made.accent_colour) == ("#0b6b62", "#aa3300")
    assert made.logo.name.endswith(".webp") and default_storage.exists(made.logo.name)
    changes = HistoryEntry.objects.get(action="summit.create").changes
    assert changes["brand_colour"] == [None, "#0b6b62"] and changes["logo"] == [None, made.logo.name]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"brand_colour": "red"}, "Write a colour as #rrggbb"), ({"logo_file": SimpleUploadedFile("x.png", b"no picture")}, "no picture we can read"),
     ({"logo_file": picture(10, 10)}, "too small")], ids=str,
)  # fmt: skip
def test_a_look_that_is_none_makes_no_summit_and_asks_for_the_file_again(operator, as_user, wrong, says):
    answer = as_user(operator).post(NEW.format("en"), {**SUMMIT, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422 and says in page
    assert ("Choose the logo once more" in page) == ("logo_file" in wrong)
    assert not Summit.objects.exists()


def test_colours_are_seen_before_a_summit_is_made_of_them(operator, as_user):
    client = as_user(operator)
    sent = {**SUMMIT, "code": "", "brand_colour": "#ffee00", "action": "preview"}
    answer = client.post(NEW.format("en"), sent)
    page = answer.content.decode()
    assert answer.status_code == 200 and "Too little to read in places" in page and not Summit.objects.exists()
    # Enter in a field makes the summit: the first button of the form is not the one that looks.
    assert page.index("Make the summit") < page.index("See the colours first")


def test_the_second_factor_comes_after_the_owner_and_leads_on_to_the_new_workspace(begun, settings):
    settings.STAFF_TWO_FACTORS = True
    for page in (NEW.format("en"), "/en/my/summits/"):
        assert begun.get(page).status_code == 200
    begun.post(NEW.format("en"), SUMMIT)
    done = begun.post("/en/my/summits/forum2026/owner/", {**OWNER, "owner": "myself", "email": ""})
    assert begun.get(done["Location"])["Location"] == "/en/account/2fa/"
    show(begun, enrol(User.objects.get()))
    assert f'href="{done["Location"]}"' in begun.get("/en/account/2fa/").content.decode()
    assert begun.get(done["Location"]).status_code == 200
