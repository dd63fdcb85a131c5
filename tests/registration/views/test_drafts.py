"""The form saved, and gone on with by a mailed link: as it was left, on any device."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from registration.forms.asking import name_of
from registration.models import AccessCode, Category, Choice, Draft, FormOpening, Registration, Upload
from registration.models.draft import KEPT_FOR
from registration.papers import everything
from registration.registering import drafts, erasing, inviting, openings, uploads
from summit.lib.logs import masked
from summit.models import HistoryEntry, Message, Summit
from summit.storage import private_files
from tests.factories import (
    make_access_code,
    make_category,
    make_invitation,
    make_places,
    make_question,
    make_registration,
)
from tests.registration.reading import field_errors, form_values, taken, words

FORM, SAVED = "/en/ogp2021/register/", "/en/ogp2021/register/saved/"
LINK = re.compile(r"http://testserver(/\S+/drafts/\S+/)")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@pytest.fixture
def category(summit):
    make_places(summit, 5)
    return make_category(summit)


def typed(browser: Client, **values) -> dict[str, str]:
    """The form as this browser was shown it, with what was typed."""
    return {**form_values(browser.get(FORM)), **values}


def last_link() -> str:
    """That of the draft's mail which left last."""
    return [found.group(1) for letter in mail.outbox if (found := LINK.search(letter.body))][-1]


@pytest.fixture
def save(client, category, work):
    """``save(**values)``: save the form; returns the link of its mail."""

    def done(browser: Client = client, **values) -> str:
        answer = browser.post(FORM, {**typed(browser, email="ada@people.example"), "save_draft": "1", **values})
        assert (answer.status_code, answer["Location"]) == (302, SAVED)
        work()
        return last_link()

    return done


def test_an_address_is_enough_and_a_mail_brings_the_link(client, summit, save):
    link = save()
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["ada@people.example"], "Your draft of the registration: OGP Summit")
    assert "no registration yet" in letter.body
    page = words(client.get(SAVED))
    assert "ada@people.example" in page and link not in page
    assert not Registration.objects.exists() and taken(summit) == {"in_person": 0}
    assert not HistoryEntry.objects.filter(action__startswith="registration").exists()
    assert Message.objects.get().text == ""
    assert masked(link) != link and Draft.objects.get().token not in masked(link)


@pytest.mark.parametrize("email", ["", "ada@", "a\nb@people.example"])
def test_without_an_address_nothing_is_kept_and_that_alone_is_said(client, category, email):
    answer = client.post(FORM, {**typed(client, name="Ada", email=email), "save_draft": "1"})
    assert (answer.status_code, len(field_errors(answer))) == (422, 1)
    assert form_values(answer)["name"] == "Ada"
    assert not Draft.objects.exists() and not Message.objects.exists()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_another_device_goes_on_where_the_first_one_stopped(summit, category, save, language, work):
    line = make_question(summit, words={"en": "Hobby", "ko": "취미"})
    ranked = make_question(summit, kind="ranked", choices=["a", "b", "c"])
    dates = make_question(summit, kind="dates")
    several = make_question(summit, kind="several", choices=["x", "y"])
    keys = [str(choice.pk) for choice in Choice.objects.filter(question=ranked)]
    ticked = [str(choice.pk) for choice in several.choices.all()]
    values = {
        "name": "홍길동", "country": "EE", "attendance": "in_person", "category": str(category.pk), "job_title": "<b>",
        name_of(line): "체스", f"{name_of(ranked)}_0": keys[2], f"{name_of(ranked)}_1": keys[0],
        f"{name_of(dates)}_0": "2021-12-14", "privacy": "on",
    }  # fmt: skip
    link = save(**values, **{name_of(several): ticked}).replace("/en/", f"/{language}/")
    other = Client()
    page = other.get(link)
    assert page.status_code == 200 and field_errors(page) == []
    shown = form_values(page)
    assert {name: shown.get(name) for name in values if name != "privacy"} == {
        name: value for name, value in values.items() if name != "privacy"
    }
    assert "privacy" not in shown
    assert page.context["form"][name_of(several)].value() == ticked
    assert (page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == ("strict-origin", True)
    sent = other.post(link, {**shown, f"{name_of(dates)}_1": "2021-12-16", "privacy": "on", name_of(several): ticked,
                             "name_romanised": "Hong Gildong"})  # fmt: skip
    assert (sent.status_code, sent["Location"]) == (302, f"/{language}/ogp2021/register/sent/")
    made = Registration.objects.get()
    assert (made.name, made.country, made.answers.count(), made.state) == ("홍길동", "EE", 4, "confirmed")
    assert not Draft.objects.exists()
    assert other.get(link).status_code == 404


def test_the_draft_ends_also_where_the_first_page_is_sent_after_all(client, category, save, work):
    first = typed(client, email="ada@people.example", name="Ada Kim", country="EE", attendance="online", privacy="on",
                  category=str(category.pk))  # fmt: skip
    client.post(FORM, {**first, "save_draft": "1"})
    assert Draft.objects.count() == 1
    assert client.post(FORM, first).status_code == 302
    work()
    assert (Draft.objects.count(), Registration.objects.count()) == (0, 1)


def test_nobody_learns_whether_the_address_is_registered(summit, category, save, work):
    make_registration(summit, email="known@people.example", language="en", category=category)
    seen = []
    for email in ("known@people.example", "fresh@people.example"):
        browser = Client()
        link = save(browser, email=email)
        page = words(browser.get(SAVED))
        whole = form_values(browser.get(link)) | {
            "name": "Ada Kim", "country": "EE", "attendance": "in_person", "category": str(category.pk), "privacy": "on",
        }  # fmt: skip
        answer = browser.post(link, whole)
        after = words(browser.get(answer["Location"]))
        letter = next(each for each in mail.outbox[::-1] if LINK.search(each.body))
        said = f"{page} {letter.body} {answer.status_code} {after} {browser.get(link).status_code}"
        said = re.sub(r"/drafts/\S+/|\b[0-9A-Z]{4}-[0-9A-Z]{4}\b|\d\d:\d\d(:\d\d)?", "…", said)
        seen.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", said).replace(email, "A"))
    assert seen[0] == seen[1]


def test_what_the_law_protects_is_kept_only_with_its_consent(client, summit, save):
    health = make_question(summit, sensitive=True, words={"en": "Health", "ko": "건강"})
    link = save(access_needs="ramp", **{name_of(health): "asthma"})
    told = words(client.get(link))
    assert "Not kept, because you have not agreed to it" in told and "Health" in told
    assert "ramp" not in str(Draft.objects.get().said) and "asthma" not in str(Draft.objects.get().said)
    agreed = form_values(client.get(link)) | {"access_needs": "ramp", "sensitive": "on", "save_draft": "1"}
    assert client.post(link, agreed)["Location"] == link
    shown = form_values(client.get(link))
    assert (shown["access_needs"], shown["sensitive"]) == ("ramp", "on")


def test_the_last_save_wins_and_the_older_page_hears_it(client, category, save):
    link = save(name="First")
    phone, desktop = Client(), Client()
    on_phone, on_desktop = (form_values(browser.get(link)) for browser in (phone, desktop))
    assert phone.post(link, {**on_phone, "name": "Phone", "save_draft": "1"})["Location"] == link
    assert "saved on another device" not in words(phone.get(link))
    assert desktop.post(link, {**on_desktop, "name": "Desktop", "save_draft": "1"})["Location"] == link
    page = desktop.get(link)
    assert "This draft had been saved on another device" in words(page)
    assert form_values(page)["name"] == "Desktop"
    # The first page, from which it was saved, has no link: it hears it as well.
    again = client.post(FORM, {**typed(client), "nonce": Draft.objects.get().nonce, "email": "ada@people.example",
                               "name": "Third", "save_draft": "1"})  # fmt: skip
    assert "had been saved on another device" in words(client.get(again["Location"]))
    assert (Draft.objects.count(), Draft.objects.get().said["name"]) == (1, ["Third"])


def test_whoever_sends_an_older_page_is_asked_once(category, save):
    link = save(name="Ada Kim", country="EE", attendance="online", category=str(category.pk))
    phone, desktop = Client(), Client()
    on_phone, on_desktop = (form_values(browser.get(link)) for browser in (phone, desktop))
    phone.post(link, {**on_phone, "job_title": "Minister", "save_draft": "1"})
    whole = {**on_desktop, "privacy": "on", "job_title": "Clerk"}
    answer = desktop.post(link, whole)
    assert answer.status_code == 409
    assert "saved on another device" in words(answer) and link in words(answer)
    assert (form_values(answer)["job_title"], field_errors(answer)) == ("Clerk", [])
    assert not Registration.objects.exists()
    assert desktop.post(link, {**form_values(answer), "privacy": "on"}).status_code == 302
    assert Registration.objects.get().job_title == "Clerk"


def test_an_older_page_of_a_draft_that_was_sent_loses_nothing_and_registers_nobody_twice(category, save, work):
    link = save(name="Ada Kim", country="EE", attendance="online", category=str(category.pk))
    older = Client()
    shown = form_values(older.get(link)) | {"privacy": "on"}
    assert Client().post(link, shown).status_code == 302
    work()
    answer = older.post(link, {**shown, "job_title": "Clerk"})
    assert answer.status_code == 410
    assert form_values(answer)["job_title"] == "Clerk" and f'action="{FORM}"' in answer.content.decode()
    assert older.post(FORM, {**form_values(answer), "privacy": "on"}).status_code == 302
    assert Registration.objects.count() == 1


def test_to_another_address_goes_another_link(client, save, work):
    link = save()
    answer = client.post(link, {**form_values(client.get(link)), "email": "new@people.example", "save_draft": "1"})
    assert answer["Location"] == SAVED
    work()
    assert mail.outbox[-1].to == ["new@people.example"]
    now = last_link()
    assert (client.get(link).status_code, client.get(now).status_code) == (404, 200)
    assert form_values(client.get(now))["email"] == "new@people.example"


def test_thrown_away_nothing_of_it_stays(client, summit, save):
    question = make_question(summit, kind="file")
    link = save(**{name_of(question): SimpleUploadedFile("letter.pdf", PDF)})
    name = Upload.objects.get().file.name
    assert client.get(f"{link}deletion/").status_code == 200 and Draft.objects.exists()
    answer = client.post(f"{link}deletion/")
    assert answer["Location"] == FORM
    assert not Draft.objects.exists() and not Upload.objects.exists() and not private_files().exists(name)
    assert client.get(link).status_code == 404
    assert client.post(f"{link}deletion/").status_code == 302
    assert client.get(f"{link}deletion/").status_code == 404
    assert not Message.objects.filter(to="ada@people.example").exists()


def test_files_stay_with_the_draft_longer_than_a_day(client, summit, category, save):
    question = make_question(summit, kind="file", required=True)
    link = save(**{name_of(question): SimpleUploadedFile("letter.pdf", PDF)})
    uploads.forget(older_than=timezone.now() + timedelta(days=2))
    page = client.get(link)
    assert "letter.pdf" in words(page)
    whole = form_values(page) | {"name": "Ada Kim", "country": "EE", "attendance": "online", "privacy": "on",
                                 "category": str(category.pk)}  # fmt: skip
    assert client.post(link, whole).status_code == 302
    assert Registration.objects.get().answers.get().words == "letter.pdf" and not Upload.objects.exists()


def test_a_file_that_is_none_is_told_and_the_rest_is_not_judged(client, summit, category):
    question = make_question(summit, kind="file", required=True)
    data = typed(client, email="ada@people.example", **{name_of(question): SimpleUploadedFile("a.pdf", b"no")})
    answer = client.post(FORM, {**data, "save_draft": "1"})
    assert (answer.status_code, len(field_errors(answer))) == (422, 1)
    assert not Draft.objects.exists()


def test_what_no_longer_fits_is_said_and_left_out(client, summit, category, save):
    gone = make_question(summit, words={"en": "Hobby", "ko": "취미"})
    one = make_question(summit, kind="one", choices=["hotel", "tent"], words={"en": "Night", "ko": "밤"})
    press = make_category(summit, "press", name={"en": "Press", "ko": "언론"})
    tent = one.choices.get(words__en="tent") if one.choices.filter(words__en="tent").exists() else one.choices.last()
    link = save(**{name_of(gone): "chess", name_of(one): str(tent.pk)}, category=str(press.pk), name="Ada")
    assert "no longer fits" not in words(client.get(link))
    gone.delete()
    tent.delete()
    Category.objects.filter(pk=press.pk).update(admission="team")
    page = client.get(link)
    told = words(page).split("no longer fits and was left out")[1].split("</ul>")[0]
    assert "Hobby" in told and "Night" in told and "You come as" in told
    shown = form_values(page)
    assert (shown["name"], field_errors(page)) == ("Ada", []) and "category" not in shown


def test_a_draft_keeps_the_code_it_came_by(client, summit, category, work):
    press = make_category(summit, "press", name={"en": "Press", "ko": "언론"}, admission="code")
    code = make_access_code(summit, categories=[press], uses=1)
    opened = form_values(client.get(f"{FORM}?code={code.code}"))
    client.post(FORM, {**opened, "email": "ada@people.example", "save_draft": "1"})
    work()
    link = last_link()
    shown = form_values(Client().get(link))
    assert (shown["category"], shown["known"]) == (str(press.pk), code.code)
    whole = shown | {"name": "Ada Kim", "country": "EE", "attendance": "online", "privacy": "on"}
    assert Client().post(link, whole).status_code == 302
    assert Registration.objects.get().access_code == code
    code.refresh_from_db()
    assert code.used == 1


def test_a_code_that_opens_nothing_any_more_is_told(client, summit, category, work):
    press = make_category(summit, "press", name={"en": "Press", "ko": "언론"}, admission="code")
    code = make_access_code(summit, categories=[press], uses=1)
    opened = form_values(client.get(f"{FORM}?code={code.code}"))
    client.post(FORM, {**opened, "email": "ada@people.example", "save_draft": "1"})
    AccessCode.objects.update(is_active=False)
    page = client.get(Draft.objects.get().get_absolute_url())
    assert len(field_errors(page)) == 1 and "You come as" in words(page).split("no longer fits")[1].split("</ul>")[0]


@pytest.mark.parametrize("end", [None, "revoked"])
def test_a_draft_keeps_the_invitation_it_came_by(client, summit, category, work, end):
    vip = make_category(summit, "vip", admission="invitation")
    invitation = make_invitation(summit, category=vip, email="lee@people.example")
    Summit.objects.update(is_public=False)
    page = f"/en/ogp2021/register/invitations/{invitation.token}/"
    answer = client.post(page, {**form_values(client.get(page)), "job_title": "Minister", "save_draft": "1"})
    assert answer["Location"] == SAVED
    assert client.get(SAVED).status_code == 200
    work()
    link = last_link()
    if end:
        inviting.revoke(summit, [invitation], by=None)
        assert Client().get(link).status_code == 410
        return
    shown = form_values(Client().get(link))
    assert (shown["job_title"], shown["category"]) == ("Minister", str(vip.pk))
    whole = shown | {"name": "Lee Do", "country": "EE", "attendance": "online", "privacy": "on"}
    assert Client().post(link, whole).status_code == 302
    assert Registration.objects.get().invitation == invitation


def test_by_the_link_the_address_is_confirmed(client, category, save):
    Category.objects.update(proof_hours=24)
    link = save(name="Ada Kim", country="EE", attendance="online", category=str(category.pk))
    shown = form_values(client.get(link)) | {"privacy": "on"}
    assert client.post(link, {**shown, "email": "else@people.example", "nonce": "another"}).status_code == 302
    assert Registration.objects.get().state == "unproven"
    Registration.objects.all().delete()
    link = save(name="Ada Kim", country="EE", attendance="online", category=str(category.pk))
    client.post(link, form_values(client.get(link)) | {"privacy": "on"})
    assert Registration.objects.get().state == "confirmed"


def test_once_registration_is_closed_it_cannot_be_sent_and_can_be_thrown_away(client, summit, save):
    link = save()
    shown = form_values(client.get(link))
    Summit.objects.update(registration_closes_at=timezone.now() - timedelta(hours=1))
    assert "Registration has closed" in words(client.get(link))
    assert client.post(link, {**shown, "save_draft": "1"}).status_code == 409
    assert client.post(FORM, {**shown, "save_draft": "1"}).status_code == 409
    assert client.post(f"{link}deletion/").status_code == 302


def test_after_its_days_it_is_erased(client, summit, save):
    link = save()
    with time_machine.travel(timezone.now() + KEPT_FOR + timedelta(minutes=1), tick=False):
        assert client.get(link).status_code == 404
        assert (drafts.forget_expired(), drafts.forget_expired()) == (1, 0)
    assert not Draft.objects.exists()


def test_whoever_is_erased_or_asks_for_everything_finds_their_drafts(summit, category, save):
    save(email="Ada@people.example", job_title="Clerk")
    save(email="other@people.example")
    made = make_registration(summit, email="ada@people.example", category=category)
    told = everything.for_machines(everything.everything(made))["drafts"]
    assert [(row["email"], row["job_title"]) for row in told] == [("Ada@people.example", "Clerk")]
    assert "token" not in told[0]
    erasing.erase(made)
    assert [row.email for row in Draft.objects.all()] == ["other@people.example"]


def test_a_mailbox_cannot_be_flooded(client, settings, category):
    settings.RATE_LIMITS = True
    codes = [client.post(FORM, {"email": "ada@people.example", "nonce": str(n), "save_draft": "1"}).status_code for n in range(5)]  # fmt: skip
    assert codes == [302] * 4 + [429]
    assert client.post(FORM, {"email": "eve@people.example", "nonce": "x", "save_draft": "1"}).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [{"draft_version": "x" * 30}, {"draft_version": "9" * 30}, {"name": "x" * 100_000}, {"question_9_kept": "upload:no"},
     {"nonce": "n" * 300}, {"country": "XX"}, {"category": "’"}],
    ids=lambda each: next(iter(each)),
)  # fmt: skip
def test_bad_input_is_an_answer_and_no_crash(client, save, wrong):
    link = save()
    shown = form_values(client.get(link))
    for where in (FORM, link):
        assert client.post(where, {**shown, **wrong, "save_draft": "1"}).status_code in {302, 422}
        assert client.post(where, {**shown, **wrong}).status_code in {409, 422}
    assert client.get(Draft.objects.first().get_absolute_url()).status_code == 200


def test_a_form_that_was_saved_counts_as_begun(summit, client, category, monkeypatch):
    openings.tally.forget()
    monkeypatch.setattr(openings, "EVERY", 0.0)
    client.post(FORM, {**typed(client, email="ada@people.example"), "save_draft": "1"})
    link = Draft.objects.get().get_absolute_url()
    client.post(link, form_values(client.get(link)))
    assert FormOpening.objects.get().begun == 1


def test_what_is_no_link_is_told(client, category):
    for path in ("register/drafts/nothing/", "register/drafts/nothing/deletion/"):
        answer = client.get(f"/en/ogp2021/{path}")
        assert (answer.status_code, "There is no draft under this address" in words(answer)) == (404, True)
    assert client.get(SAVED)["Location"] == FORM


def test_the_enter_key_registers_and_does_not_save(client, category):
    page = client.get(FORM).content.decode()
    assert page.index('class="button big"') < page.index('name="save_draft"')
