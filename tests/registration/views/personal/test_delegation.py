"""The page of a delegation: who is let in, and what its head does there."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from registration.delegating import heads, nominating
from registration.models import Booking, Itinerary, Registration
from registration.places import bookings
from summit.models import HistoryEntry, SealedAddress
from tests.factories import (
    make_category,
    make_delegation,
    make_head,
    make_registration,
    make_session,
    make_summit,
    make_user,
    person,
)
from tests.registration.reading import words


@pytest.fixture
def coming(db):
    today = timezone.now().date()
    summit = make_summit(starts_on=today + timedelta(days=30), ends_on=today + timedelta(days=32))
    make_category(summit)
    return summit


@pytest.fixture
def head(coming):
    return make_head(make_delegation(coming, places=3), language="en")


def way(head, rest="", language="en") -> str:
    return f"/{language}/ogp2021/delegations/{head.token}/{rest}"


SENT = {"name": "김하나", "name_romanised": "Kim Hana", "email": "hana@korea.example", "country": "KR", "language": "ko",
        "attendance": "in_person", "nonce": "n1"}  # fmt: skip


@pytest.mark.parametrize(("language", "title"), [("ko", "대한민국"), ("en", "Republic of Korea")])
def test_the_link_opens_it_and_leaves_in_no_header(client, head, language, title):
    page = client.get(way(head, language=language))
    assert page.status_code == 200 and title in words(page)
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("strict-origin", "noindex")
    assert "no-store" in page["Cache-Control"]


def test_nobody_else_finds_it(client, head, coming):
    other = make_summit("other2022")
    assert client.get(way(head).replace(head.token, "x" * 43)).status_code == 404
    assert client.get(way(head).replace("ogp2021", other.code)).status_code == 404
    foreign = make_registration(coming)
    for rest in ("", "itinerary/", "replacement/", "withdrawal/"):
        assert client.get(way(head, f"people/{foreign.guid}/{rest}")).status_code == 404


def test_the_account_of_the_head_leads_there(as_user, head):
    account = as_user(make_user(head.email))
    assert account.get("/en/ogp2021/my-delegations/")["Location"] == way(head)
    assert way(head) in words(account.get("/en/my/"))
    page = as_user(make_user("stranger@people.example")).get("/en/ogp2021/my-delegations/")
    assert head.token not in words(page)


def test_somebody_is_nominated_once(client, head):
    form = {**SENT, "category": head.summit.categories.get().pk}
    for _ in range(2):
        assert client.post(way(head, "new/"), form)["Location"] == way(head)
    page = words(client.get(way(head)))
    assert Registration.objects.get().delegation == head.delegation
    assert "김하나" in page and "Missing: Dietary needs" in page and "1 of 3 named" in page
    taken = client.post(way(head, "new/"), {**form, "nonce": "n2"})
    assert taken.status_code == 409 and 'value="김하나"' in words(taken)
    assert client.post(way(head, "new/"), {**form, "email": "no"}).status_code == 422


def test_a_full_delegation_is_told_so(client, head):
    category = head.summit.categories.get()
    form = client.get(way(head, "new/")).context["form"]
    assert form["category"].initial == category.pk
    for _ in range(3):
        nominating.nominate(head.delegation, person(head.summit))
    answer = client.post(way(head, "new/"), {**SENT, "category": category.pk})
    assert answer.status_code == 422
    assert Registration.objects.count() == 3


@pytest.mark.parametrize("frozen", [False, True])
def test_somebody_else_comes_instead(client, head, frozen):
    old = nominating.nominate(head.delegation, person(head.summit, name="박두리"))
    if frozen:
        head.delegation.names_until = timezone.now()
        head.delegation.save()
    page = way(head, f"people/{old.guid}/replacement/")
    assert ("The deadline is over" in words(client.get(page))) is frozen
    for _ in range(2):
        assert client.post(page, SENT).status_code == 302
    old.refresh_from_db()
    new = Registration.objects.get(name="김하나")
    assert (old.state, new.state) == (("confirmed", "pending") if frozen else ("cancelled", "confirmed"))
    assert ("Waits to come instead of 박두리" in words(client.get(way(head)))) is frozen


def test_details_and_needs_are_written_and_needs_are_not_shown(client, head):
    made = nominating.nominate(head.delegation, person(head.summit, dietary_needs="땅콩 알레르기"))
    page = client.get(way(head, f"people/{made.guid}/"))
    assert "땅콩" not in words(page)
    form = {"form_versions": page.context["form"]["form_versions"].value(), "name": "김하나", "job_title": "장관"}
    assert client.post(way(head, f"people/{made.guid}/"), form).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.job_title, made.dietary_needs) == ("김하나", "장관", "땅콩 알레르기")
    assert client.post(way(head, f"people/{made.guid}/"), {**form, "name": "이두리"}).status_code == 409


def test_names_stand_after_the_deadline(client, head):
    made = nominating.nominate(head.delegation, person(head.summit))
    head.delegation.names_until = timezone.now()
    head.delegation.save()
    page = client.get(way(head, f"people/{made.guid}/"))
    form = {"form_versions": page.context["form"]["form_versions"].value(), "name": "다른 사람", "job_title": "장관"}
    assert client.post(way(head, f"people/{made.guid}/"), form).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.job_title) == ("홍길동", "장관")
    own = f"/en/ogp2021/registrations/{made.token}/details/"
    assert client.get(own).context["form"].fields["name"].disabled


def test_arrival_and_departure_are_of_the_summits_clock(client, head):
    made = nominating.nominate(head.delegation, person(head.summit))
    page = way(head, f"people/{made.guid}/itinerary/")
    assert client.post(page, {"arrives_at": "2031-05-02T10:00", "departs_at": "2031-05-01T10:00"}).status_code == 422
    sent = {
        "arrives_at": "2031-05-02T10:00",
        "arrives_by": "air",
        "arrives_on": "KE 123",
        "departs_at": "2031-05-04T10:00",
    }
    assert client.post(page, sent).status_code == 302
    assert Itinerary.objects.get().arrives_at.isoformat() == "2031-05-02T01:00:00+00:00"
    assert "KE 123" in words(client.get(way(head)))


def test_the_person_says_it_as_well(client, head):
    made = nominating.nominate(head.delegation, person(head.summit))
    own = f"/en/ogp2021/registrations/{made.token}/"
    assert "Republic of Korea" in words(client.get(own))
    assert client.post(f"{own}itinerary/", {"arrives_at": "2031-05-02T10:00"})["Location"] == own
    assert Itinerary.objects.get().registration == made
    alone = make_registration(head.summit)
    assert client.get(f"/en/ogp2021/registrations/{alone.token}/itinerary/").status_code == 404


def test_whoever_is_withdrawn_makes_room(client, head):
    made = nominating.nominate(head.delegation, person(head.summit))
    page = way(head, f"people/{made.guid}/withdrawal/")
    assert client.get(page).status_code == 200
    assert client.post(page)["Location"] == way(head)
    assert client.post(page).status_code == 404
    assert "0 of 3 named" in words(client.get(way(head)))


def test_seats_are_booked_for_them_and_what_is_refused_is_told(client, head):
    first, second = (
        nominating.nominate(head.delegation, person(head.summit, name=name)) for name in ("김하나", "이두리")
    )
    starts = timezone.now() + timedelta(days=30)
    session = make_session(head.summit, seats=1, starts_at=starts)
    make_session(head.summit, "OPEN01")
    foreign = make_registration(head.summit)
    assert "OPEN01" not in words(client.get(way(head, "sessions/")))
    one, two, other = (f"{session.pk}-{each.pk}" for each in (first, second, foreign))
    client.post(way(head, "sessions/"), {"attends": [one, two]})
    shown = words(client.get(way(head, "sessions/")))
    assert "On the waitlist: 이두리" in shown and "1 of 1 seats taken" in shown
    client.post(way(head, "sessions/"), {"attends": [other], "stood": [one, two]})
    assert not foreign.bookings.exists() and first.bookings.standing().exists()
    client.post(way(head, "sessions/"), {"attends": [two], "stood": [one, two]})
    assert not first.bookings.standing().exists()


def test_sessions_are_saved_together_and_what_others_changed_meanwhile_stays(client, head):
    people = [nominating.nominate(head.delegation, person(head.summit)) for _ in range(2)]
    days = timezone.now() + timedelta(days=30), timezone.now() + timedelta(days=31)
    one, two = (make_session(head.summit, f"MIN00{n}", seats=9, starts_at=day) for n, day in enumerate(days, 1))
    shown = words(client.get(way(head, "sessions/")))
    assert shown.count(">Save<") == 1
    bookings.book(people[1], two)
    client.post(way(head, "sessions/"), {"attends": [f"{one.pk}-{people[0].pk}", f"{two.pk}-{people[0].pk}"]})
    booked = sorted(Booking.objects.standing().values_list("session__code", "registration"))
    assert booked == [("MIN001", people[0].pk), ("MIN002", people[0].pk), ("MIN002", people[1].pk)]


class TestNeedsThatAHeadTells:
    """Sensitive details are kept where the head says that the person has agreed, and the person can withdraw it."""

    def test_of_somebody_new(self, client, head):
        told = {**SENT, "category": head.summit.categories.get().pk, "dietary_needs": "halal"}
        refused = client.post(way(head, "new/"), told)
        assert refused.status_code == 422 and "sensitive" in refused.context["form"].errors
        assert client.post(way(head, "new/"), {**told, "sensitive": "on"}).status_code == 302
        made = Registration.objects.get()
        assert (made.dietary_needs, made.has_agreed("sensitive")) == ("halal", True)
        line = HistoryEntry.objects.get(action="registration.nominate")
        assert line.changes["sensitive"] == [False, True]
        assert line.changes["registered_by"] == ["", f"{head.name} <{head.email}>"]
        client.post(f"{made.get_absolute_url()}consents/", {"sensitive": "withdraw"})
        made.refresh_from_db()
        assert made.dietary_needs == ""

    def test_of_somebody_who_is_named_already(self, client, head):
        made = nominating.nominate(head.delegation, person(head.summit, name="김하나"))
        page = way(head, f"people/{made.guid}/")
        versions = client.get(page).context["form"]["form_versions"].value()
        sent = {"form_versions": versions, "name": "김하나", "dietary_needs": "halal"}
        assert client.post(page, sent).status_code == 422
        assert client.post(page, {**sent, "sensitive": "on"}).status_code == 302
        assert Registration.objects.get(pk=made.pk).has_agreed("sensitive")
        line = HistoryEntry.objects.get(action="registration.note_consent")
        assert line.changes["said_by"] == ["", f"{head.name} <{head.email}>"]
        assert "sensitive" not in client.get(page).context["form"].fields

    def test_of_the_people_of_a_sheet(self, client, head):
        sheets = TestSheets()
        page = sheets.preview(client, head, "Name,E-mail,Diet\nHana Kim,a@korea.example,halal\n")
        assert page.status_code == 200 and "1 person would be nominated" in words(page)
        refused = sheets.send(client, head, page)
        assert refused.status_code == 422 and "agreed" in refused.context["form"].errors
        assert not Registration.objects.exists()
        assert sheets.send(client, head, page, agreed="on").status_code == 302
        made = Registration.objects.get()
        assert (made.dietary_needs, made.has_agreed("sensitive")) == ("halal", True)
        assert made.registered_by == f"{head.name} <{head.email}>"


@pytest.mark.parametrize("frozen", [False, True])
def test_whoever_is_named_is_told_by_whom_and_for_what(client, head, frozen, work):
    if frozen:
        head.delegation.names_until = timezone.now()
        head.delegation.save()
    client.post(way(head, "new/"), {**SENT, "category": head.summit.categories.get().pk, "language": "en"})
    work()
    letter = mail.outbox[-1]
    told = f"You were named for the delegation “Republic of Korea” by: {head.name} <{head.email}>."
    assert told in letter.body and "cancel there" in letter.body
    assert ("Thank you for registering" in letter.body, "You were named: " in letter.subject) == (False, frozen)
    made = Registration.objects.get()
    page = client.get(made.get_absolute_url().replace("/ko/", "/en/"))
    assert f"You were named by: {head.name}" in words(page) and made.awaits_person


def test_whoever_takes_over_after_the_deadline_has_not_applied(client, head, work):
    old = nominating.nominate(head.delegation, person(head.summit))
    head.delegation.names_until = timezone.now()
    head.delegation.save()
    client.post(way(head, f"people/{old.guid}/replacement/"), {**SENT, "language": "en"})
    work()
    letter = next(each for each in mail.outbox if each.to == [SENT["email"]])
    assert "Thank you for registering" not in letter.body and head.name in letter.body


def test_of_whoever_is_protected_the_named_read_the_alias_alone(head):
    head.email = SealedAddress.objects.protect(head.summit, "kim@korea.example")
    assert heads.as_told(head) == head.name


class TestSheets:
    def preview(self, client, head, content: str):
        file = SimpleUploadedFile("people.csv", content.encode())
        return client.post(way(head, "sheet/"), {"file": file})

    def send(self, client, head, page, action="nominate", **more):
        form = page.context["form"]
        sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
        return client.post(way(head, "sheet/"), {**sent, "action": action, **more})

    def test_is_looked_at_first_and_then_nominated(self, client, head):
        page = self.preview(client, head, "이름,이메일\n김하나,a@korea.example\n이두리,none\n")
        assert page.status_code == 200 and not Registration.objects.exists()
        assert "cannot come in" in words(page)
        page = self.preview(client, head, "이름,이메일\n김하나,a@korea.example\n이두리,b@korea.example\n")
        assert "2 people would be nominated" in words(page)
        assert self.send(client, head, page)["Location"] == way(head)
        assert Registration.objects.filter(delegation=head.delegation).count() == 2
        again = self.send(client, head, page)
        assert again.status_code == 302 and Registration.objects.count() == 2

    def test_tells_all_that_is_wrong_at_once(self, client, head):
        rows = "Anna,a@korea.example,Atlantis\nBerta,a@korea.example,Estonia\nCarla,c@korea.example,estonia\n"
        page = self.preview(client, head, f"Name,E-mail,Country\n{rows}Dora,C@korea.example,Atlantis\n")
        told = dict(page.context["report"].refused)
        country = "“Atlantis” is no country; write its name or its two letters."
        twice = "Somebody above has this address. Give each person an address of their own."
        assert told == {"line 2": country, "line 3": twice, "line 5": f"{twice} {country}"}

    def test_may_be_pasted(self, client, head):
        page = client.post(way(head, "sheet/"), {"pasted": "Name\tE-mail\nKim, Hana\ta@korea.example"})
        assert "1 person would be nominated" in words(page)
        assert self.send(client, head, page).status_code == 302
        assert Registration.objects.get().name == "Kim, Hana"

    @pytest.mark.parametrize("sent", ["", "Name\n", "\x00\x01", "이름,이메일\n" + "김,a@b.example\n" * 201])
    def test_what_is_none_is_refused_with_words(self, client, head, sent):
        assert client.post(way(head, "sheet/"), {"pasted": sent}).status_code == 422

    def test_columns_that_make_no_sense_are_refused(self, client, head):
        page = self.preview(client, head, "무엇,다른\n김하나,a@korea.example\n")
        assert self.send(client, head, page).status_code == 422
        assert client.post(way(head, "sheet/"), {"table_of": "\x00"}).status_code in {302, 400}


def test_more_people_take_no_more_queries(client, head, django_assert_num_queries, django_assert_max_num_queries):
    head.delegation.places.update(places=20)
    nominating.nominate(head.delegation, person(head.summit))
    client.get(way(head))
    with django_assert_max_num_queries(25) as few:
        client.get(way(head))
    for _ in range(3):
        nominating.nominate(head.delegation, person(head.summit))
    with django_assert_num_queries(len(few)):
        client.get(way(head))
