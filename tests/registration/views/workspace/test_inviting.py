"""The workspace's pages of invitations and codes."""

import csv
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.utils import timezone

from registration.door import checkin
from registration.models import AccessCode, Invitation, Quota
from registration.registering import inviting, lifecycle
from summit.models import HistoryEntry
from tests.factories import (
    make_access_code,
    make_category,
    make_desk,
    make_invitation,
    make_places,
    make_registration,
    make_summit,
    make_user,
    person,
)
from tests.registration.badges.reading import decoded, pictures, texts
from tests.registration.reading import field_errors, form_values, words

LANGUAGES = ["ko", "en"]


@pytest.fixture
def vip(summit):
    return make_category(summit, "vip", name={"ko": "귀빈", "en": "Guest of honour"}, admission="invitation")


@pytest.fixture
def team(as_user, organiser):
    return as_user(organiser)


def page(path: str = "", language: str = "en") -> str:
    return f"/{language}/ogp2021/organiser/{path}"


def day(days: int) -> str:
    return f"{timezone.now() + timedelta(days=days):%Y-%m-%d}"


def guest(vip, **values) -> dict[str, str]:
    return {
        "email": "lee@people.example",
        "name": "이도",
        "language": "en",
        "category": vip.pk,
        "until": day(9),
        **values,
    }


def test_one_person_is_invited_at_once(team, summit, vip, work):
    shown = form_values(team.get(page("invitations/new/")))
    answer = team.post(page("invitations/new/"), {**shown, **guest(vip, organisation="=1+1", country="KR")})
    made = Invitation.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(f"invitations/{made.guid}/"))
    assert (made.state, made.organisation, made.by.name) == ("sent", "=1+1", "Organiser")
    assert f"{made.expires_at.astimezone(summit.tz):%Y-%m-%d %H:%M}" == f"{day(9)} 23:59"
    work()
    assert [letter.to for letter in mail.outbox] == [["lee@people.example"]]
    assert made.token in team.get(answer["Location"]).content.decode()


def test_or_kept_to_be_sent_later(team, vip, work):
    answer = team.post(page("invitations/new/"), guest(vip, keep="1"))
    made = Invitation.objects.get()
    assert made.state == "draft"
    assert made.token not in team.get(answer["Location"]).content.decode()
    team.post(page(f"invitations/{made.guid}/"), {"action": "send"})
    team.post(page(f"invitations/{made.guid}/"), {"action": "send"})
    work()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "wrong",
    [{"email": "lee@"}, {"email": ""}, {"category": ""}, {"until": "2001-01-01"}, {"until": "never"}, {"reserves": "on"},
     {"attendance": "by post"}, {"name": "가" * 200}, {"language": "fr"}],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_lost(team, vip, language, wrong):
    answer = team.post(page("invitations/new/", language), guest(vip, job_title="장관\u202e", **wrong))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    if "email" not in wrong:
        assert form_values(answer)["email"] == "lee@people.example"
    assert not Invitation.objects.exists()


def test_whoever_is_registered_is_not_invited(team, summit, vip):
    make_registration(summit, email="lee@people.example", category=make_category(summit))
    answer = team.post(page("invitations/new/"), guest(vip))
    assert (answer.status_code, field_errors(answer)) == (422, ["Registered already."])


def test_one_invitation_is_reminded_extended_and_revoked_on_its_page(team, summit, vip, work):
    row = make_invitation(summit, category=vip)
    own = page(f"invitations/{row.guid}/")
    said = words(team.post(own, {"action": "remind"}, follow=True))
    assert "The last mail is less than 24 hours old." in said
    team.post(own, {"action": "remind", "anyway": "on"})
    work()
    assert len(mail.outbox) == 2
    team.post(own, {"action": "extend", "until": day(3)})
    row.refresh_from_db()
    assert f"{row.expires_at.astimezone(summit.tz):%Y-%m-%d}" == day(3)
    assert team.post(own, {"action": "extend"}).status_code == 422
    assert team.post(own, {"action": "extend", "until": "2001-01-01"}).status_code == 422
    assert team.post(own, {"action": "nothing"}).status_code == 422
    team.post(own, {"action": "revoke"})
    row.refresh_from_db()
    assert row.state == "revoked"
    assert row.token not in team.get(own).content.decode()
    told = HistoryEntry.objects.filter(subject_kind="registration.invitation").order_by("pk")
    assert list(told.values_list("action", flat=True))[-3:] == [
        "invitation.remind",
        "invitation.extend",
        "invitation.revoke",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_shows_how_far_each_is(team, summit, vip, language):
    rows = {
        name: make_invitation(summit, category=vip, email=f"{name}@people.example", name=name)
        for name in ("sent", "opened", "done")
    }
    make_invitation(summit, category=vip, sent=False, email="draft@people.example", name="draft")
    inviting.opened(rows["opened"])
    lifecycle.register(summit, person(summit, category=vip, invitation=rows["done"]))
    shown = words(team.get(page("invitations/", language)))
    assert vip.name.in_language(language) in shown
    assert "draft@people.example" in shown
    for state, found in (
        ("going", {"sent", "opened"}),
        ("draft", {"draft"}),
        ("finished", {"done"}),
        ("opened", {"opened"}),
    ):
        listed = words(team.get(page("invitations/", language), {"state": state}))
        assert {name for name in (*rows, "draft") if f"{name}@people.example" in listed} == found
    assert "sent@people.example" in words(team.get(page("invitations/", language), {"q": "SENT@peo"}))


def test_many_are_sent_and_revoked_after_a_question_with_their_number(team, summit, vip, work):
    make_places(summit, 2)
    rows = [make_invitation(summit, category=vip, sent=False, attendance="in_person", reserves=True) for _ in range(3)]
    act = page("lists/invitations/act/")
    asked = team.post(act, {"action": "send", "scope": "listed"})
    assert "Send 3 invitations" in words(asked)
    assert not Invitation.objects.exclude(sent_at=None).exists()
    done = team.post(act, {"action": "send", "scope": "listed", "confirmed": "1", "number": "3"}, follow=True)
    assert "2 mails are on their way." in words(done)
    assert "There is no place left to keep." in words(done)
    work()
    assert len(mail.outbox) == 2
    again = team.post(act, {"action": "remind", "scope": "listed"})
    assert again.status_code == 409
    assert "less than 24 hours old" in words(again)
    key = Invitation.objects.exclude(sent_at=None).first().guid
    team.post(act, {"action": "revoke", "scope": "chosen", "chosen": key, "confirmed": "1", "number": "1"})
    assert Quota.objects.get().taken == 1
    ends = {"action": "extend", "scope": "chosen", "chosen": rows[0].guid, "confirmed": "1", "number": "1"}
    assert team.post(act, {**ends, "value": ""}).status_code == 422
    assert team.post(act, {**ends, "value": "2001-01-01"}).status_code == 422
    assert team.post(act, {**ends, "value": day(2)}).status_code == 302


def test_a_sheet_is_imported_from_the_list(team, vip):
    assert page("imports/tables/") + "?table=invitations" in team.get(page("invitations/")).content.decode()
    assert form_values(team.get(page("imports/tables/"), {"table": "invitations"}))["table"] == "invitations"


def test_a_file_of_the_list_holds_no_key_and_no_formula(team, summit, vip):
    row = make_invitation(summit, category=vip, name="=HYPERLINK(1)")
    content = team.get(page("lists/invitations.csv")).getvalue().decode("utf-8-sig")
    assert row.token not in content
    [_head, cells] = csv.reader(content.splitlines())
    assert cells[0] == "'=HYPERLINK(1)"
    assert HistoryEntry.objects.filter(action="invitation.export").count() == 1


def test_the_list_and_a_page_take_no_more_queries_with_more_rows(
    team, summit, vip, django_assert_num_queries, django_assert_max_num_queries
):
    make_invitation(summit, category=vip)
    team.get(page("invitations/"))
    with django_assert_max_num_queries(40) as few:
        team.get(page("invitations/"))
    for number in range(3):
        row = make_invitation(summit, category=vip)
        lifecycle.register(summit, person(summit, category=vip, invitation=row, email=f"r{number}@people.example"))
    with django_assert_num_queries(len(few)):
        team.get(page("invitations/"))


# people of an earlier summit


@pytest.fixture
def before(organiser):
    """A summit with four people: a delegate who came, one who did not, one online, and somebody who cancelled."""
    summit = make_summit("ogp2019")
    summit.memberships.create(user=organiser, role="registrations")
    delegate, press = make_category(summit), make_category(summit, "press", name={"ko": "언론", "en": "Press"})
    came = make_registration(
        summit, category=delegate, email="came@people.example", access_needs="a ramp", language="en"
    )
    checkin.check_in(came, desk=make_desk(summit), by=organiser, nonce="came")
    make_registration(summit, category=delegate, email="missed@people.example")
    make_registration(summit, category=press, email="online@people.example", attendance="online")
    lifecycle.cancel(make_registration(summit, category=press, email="gone@people.example"))
    return summit


def segment(vip, **values) -> dict[str, str]:
    return {"category": vip.pk, "until": day(9), **values}


@pytest.mark.parametrize(
    ("chosen", "found"),
    [({}, {"came", "missed", "online"}), ({"arrived": "yes"}, {"came"}), ({"arrived": "no", "came": "in_person"}, {"missed"}),
     ({"came": "online"}, {"online"}), ({"of": "press"}, {"online"}), ({"of": "delegate"}, {"came", "missed"})],
)  # fmt: skip
def test_a_segment_is_counted_first_and_then_prepared(team, summit, vip, before, chosen, found, work):
    work()
    mail.outbox.clear()
    address = page("invitations/earlier/") + "?summit=ogp2019"
    sent = segment(vip, **{name: value for name, value in chosen.items() if name != "of"})
    if "of" in chosen:
        sent["of_categories"] = before.categories.get(code=chosen["of"]).pk
    asked = team.post(address, sent)
    assert asked.status_code == 200
    assert form_values(asked)["number"] == str(len(found))
    assert not Invitation.objects.exists()
    done = team.post(address, {**sent, "number": len(found), "prepare": "1"})
    assert (done.status_code, done["Location"]) == (302, page("invitations/") + "?state=draft")
    assert set(Invitation.objects.values_list("email", flat=True)) == {f"{name}@people.example" for name in found}
    work()
    assert mail.outbox == []


def test_what_they_said_goes_along_and_what_they_needed_does_not(team, summit, vip, before):
    address = page("invitations/earlier/") + "?summit=ogp2019"
    team.post(address, segment(vip, arrived="yes", number="1", prepare="1"))
    made = Invitation.objects.get()
    assert (made.name, made.organisation, made.country, made.language) == ("홍길동", "한빛시민연대", "KR", "en")
    assert "ramp" not in str(made.prefill)


def test_a_number_that_is_another_by_now_is_told_before_anything_is_prepared(team, summit, vip, before):
    address = page("invitations/earlier/") + "?summit=ogp2019"
    make_registration(summit, category=make_category(summit), email="came@people.example")
    answer = team.post(address, segment(vip, number="3", prepare="1"))
    assert answer.status_code == 409
    assert form_values(answer)["number"] == "2"
    assert "1 – Registered already." in words(answer)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_summits_whose_registrations_one_may_see_are_offered(team, organiser, vip, before, language):
    make_summit("ogp2017", name={"ko": "다른 서밋", "en": "Foreign summit"})
    seen = make_summit("ogp2018", name={"ko": "남의 서밋", "en": "Seen summit"})
    seen.memberships.create(user=organiser, role="viewer")
    shown = team.get(page("invitations/earlier/", language)).content.decode()
    assert 'value="ogp2019"' in shown
    for code in ("ogp2017", "ogp2018", "ogp2021"):
        assert f'value="{code}"' not in shown
        assert team.get(page("invitations/earlier/", language), {"summit": code}).status_code == 404
        assert team.post(page("invitations/earlier/", language) + f"?summit={code}", segment(vip)).status_code == 404


def test_a_summit_that_asks_for_a_second_factor_is_not_read_without_one(team, vip, before):
    before.two_factor_roles = ["registrations"]
    before.save()
    assert team.get(page("invitations/earlier/"), {"summit": "ogp2019"}).status_code == 404


# codes


def of(categories, **values) -> dict[str, object]:
    return {"categories": [each.pk for each in categories], "number": "1", "uses": "1", **values}


def test_many_codes_are_made_at_once(team, summit, vip):
    answer = team.post(page("codes/new/"), of([vip], number="30", note="Embassies", closes_at="2030-01-01T10:00"))
    assert (answer.status_code, answer["Location"]) == (302, page("codes/"))
    assert AccessCode.objects.count() == 30
    assert AccessCode.objects.first().closes_at.isoformat() == "2030-01-01T01:00:00+00:00"
    assert "30 codes" in words(team.get(page("codes/")))


def test_a_code_of_ones_own_is_made_and_changed(team, summit, vip):
    answer = team.post(page("codes/new/"), of([vip], code="press 2021", uses=""))
    made = AccessCode.objects.get()
    assert answer["Location"] == page(f"codes/{made.guid}/")
    assert (made.code, made.uses) == ("PRESS2021", None)
    shown = team.get(answer["Location"])
    assert f"http://testserver/en/ogp2021/register/?code={made.code}" in words(shown)
    other = make_category(summit)
    team.post(answer["Location"], of([other], uses="7", note="Radio"))
    made.refresh_from_db()
    assert (made.uses, made.note, list(made.categories.all())) == (7, "Radio", [other])
    team.post(answer["Location"], {"active": "0"})
    made.refresh_from_db()
    assert not made.is_active
    assert "Stopped" in words(team.get(answer["Location"]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "wrong",
    [{"categories": []}, {"number": "0"}, {"number": "5000"}, {"uses": "-1"}, {"number": "2", "code": "PRESS2021"},
     {"code": "abc"}, {"code": "TAKEN2021"}, {"reserves": "on"}, {"opens_at": "2030-01-02T10:00", "closes_at": "2030-01-01T10:00"},
     {"closes_at": "0001-01-01T10:00"}, {"attendance": "by post"}],
)  # fmt: skip
def test_codes_that_cannot_be_are_refused(team, summit, vip, language, wrong):
    make_access_code(summit, "TAKEN2021", categories=[vip])
    answer = team.post(page("codes/new/", language), {**of([vip], note="Radio"), **wrong})
    assert answer.status_code == 422
    assert form_values(answer)["note"] == "Radio"
    assert AccessCode.objects.count() == 1


def test_codes_that_would_keep_more_places_than_there_are_are_not_made(team, summit, vip):
    make_places(summit, 3)
    sent = of([vip], number="4", reserves="on", attendance="in_person")
    assert team.post(page("codes/new/"), sent).status_code == 409
    assert team.post(page("codes/new/"), {**sent, "number": "3"}).status_code == 302
    assert Quota.objects.get().taken == 3


def test_who_used_which_is_told(team, summit, vip):
    code = make_access_code(summit, categories=[vip], uses=2)
    made = lifecycle.register(summit, person(summit, category=vip, code=code, name="성춘향"))
    assert "성춘향" in words(team.get(page(f"codes/{code.guid}/")))
    assert code.spoken in words(team.get(page(f"registrations/{made.guid}/")))
    assert "1 / 2" in words(team.get(page("codes/")))


def test_codes_are_stopped_and_let_be_used_again_together(team, summit, vip):
    codes = [make_access_code(summit, categories=[vip]) for _ in range(2)]
    act, chosen = page("lists/codes/act/"), [code.guid for code in codes]
    sent = {"scope": "chosen", "chosen": chosen, "confirmed": "1", "number": "2"}
    team.post(act, {**sent, "action": "stop"})
    assert not AccessCode.objects.filter(is_active=True).exists()
    team.post(act, {**sent, "action": "resume"})
    assert AccessCode.objects.filter(is_active=True).count() == 2


def test_the_sheet_has_a_card_for_each_that_can_be_used(team, summit, vip):
    codes = [make_access_code(summit, code, categories=[vip], note="Embassy <b>") for code in ("K7QM3FXD", "SEOUL2021")]
    make_access_code(summit, "STOPPED1", categories=[vip])
    AccessCode.objects.filter(code="STOPPED1").update(is_active=False)
    asked = {"action": "print", "scope": "listed", "confirmed": "1", "number": "3"}
    answer = team.post(page("lists/codes/act/"), asked)
    sheet = team.get(answer["Location"])
    assert sheet["Content-Type"] == "application/pdf"
    content = BytesIO(sheet.content).getvalue()
    [text] = texts(content)
    assert "K7QM-3FXD" in text and "SEOUL2021" in text and "STOPPED1" not in text
    assert "Guest of honour" in text and "Embassy <b>" in text
    found = {words for picture in pictures(content) for words in decoded(picture)}
    assert found == {f"http://testserver/en/ogp2021/register/?code={code.code}" for code in codes}


@pytest.mark.parametrize("codes", ["", "x", "1 2 3", "99999999999999999999999", "②"])
def test_a_sheet_of_nothing_is_not_there(team, summit, vip, codes):
    elsewhere = make_access_code(make_summit("ogp2023"))
    for asked in (codes, str(elsewhere.pk)):
        assert team.get(page("codes/sheet.pdf"), {"codes": asked}).status_code == 404


def test_the_list_of_codes_takes_no_more_queries_with_more_rows(
    team, summit, vip, django_assert_num_queries, django_assert_max_num_queries
):
    make_access_code(summit, categories=[vip])
    team.get(page("codes/"))
    with django_assert_max_num_queries(40) as few:
        team.get(page("codes/"))
    for _ in range(3):
        make_access_code(summit, categories=[vip])
    with django_assert_num_queries(len(few)):
        team.get(page("codes/"))


@pytest.mark.parametrize("what", ["invitation", "code"])
def test_what_is_of_another_summit_is_not_there(team, vip, what):
    elsewhere = make_summit("ogp2023")
    row = make_invitation(elsewhere) if what == "invitation" else make_access_code(elsewhere)
    address = page(f"{what}s/{row.guid}/")
    assert team.get(address).status_code == 404
    assert team.post(address, {"action": "revoke", "active": "0"}).status_code == 404


def test_whoever_reviews_alone_invites_nobody(as_user, summit, vip):
    reviewer = as_user(make_user("reviewer@team.example", summit=summit, role="reviewer"))
    for path in ("invitations/", "invitations/new/", "invitations/earlier/", "codes/", "codes/new/", "codes/sheet.pdf"):
        assert reviewer.get(page(path)).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("admission", ["invitation", "code"])
def test_the_settings_of_a_category_say_what_the_admission_means(team, summit, vip, language, admission):
    shown = form_values(team.get(page("settings/categories/vip/", language)))
    answer = team.post(page("settings/categories/vip/", language), {**shown, "admission": admission})
    assert answer.status_code == 302
    vip.refresh_from_db()
    assert vip.admission == admission
