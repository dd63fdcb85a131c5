"""What people say afterwards: who may, when, what it comes to, and what is told of it."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from registration.mailing import asking_feedback
from registration.models import Feedback, FeedbackAsked, Presence
from registration.papers.everything import everything, for_machines
from registration.personal import feedback
from registration.registering import erasing, merging, purging
from sessions.live import participants
from sessions.models import Appearance
from speakers.models import OrganisationMember
from summit.models import Message
from tests.factories import make_organisation, make_registration, make_session, make_speaker, make_user

PAGE = "/en/ogp2021/sessions/CIV001/feedback/"
SAID = {"rating": "5", "good": "The hall", "better": ""}


@pytest.fixture
def session(summit):
    return make_session(summit, hosts=[make_organisation(summit)])


@pytest.fixture
def over(session, time_machine):
    """The session has just ended."""
    time_machine.move_to(session.ends_at, tick=False)
    return session


def signed_in(as_user, summit, **values):
    user = make_user(f"{len(values)}-guest@x.example")
    return as_user(user), registered(summit, user=user, **values)


def registered(summit, **values):
    made = make_registration(summit)
    for name, value in values.items():
        setattr(made, name, value)
    made.save(update_fields=list(values))
    return made


def many(session, number, rating=4, **values):
    for n in range(number):
        key = participants.of_registration(make_registration(session.summit).guid)
        Feedback.objects.create(
            summit=session.summit, session=session, author=key, rating=rating, good=f"good {n}", **values
        )


def test_whoever_is_confirmed_gives_feedback_once_and_may_change_it(over, summit, as_user):
    client, guest = signed_in(as_user, summit)
    assert 'name="rating"' in client.get(PAGE).content.decode()
    assert client.post(PAGE, SAID).status_code == 302
    assert client.post(PAGE, {**SAID, "rating": "3", "better": " Louder "}).status_code == 302
    made = Feedback.objects.get()
    assert (made.rating, made.better, made.session, made.language) == (3, "Louder", over, "en")
    assert made.author == participants.of_registration(guest.guid) and str(guest.guid) not in made.author
    assert "replaces it" in client.get(PAGE).content.decode()
    assert "어떠셨습니까" in client.get(PAGE.replace("/en/", "/ko/")).content.decode()


def test_a_form_without_a_rating_says_so_and_keeps_what_was_typed(over, summit, as_user):
    client, _guest = signed_in(as_user, summit)
    wrong = client.post(PAGE, {"rating": "", "good": "The hall"})
    assert wrong.status_code == 422
    assert "Choose how it was." in wrong.content.decode() and "The hall" in wrong.content.decode()
    assert client.post(PAGE, {"rating": "6"}).status_code == 422


def test_it_opens_ten_minutes_before_the_end_and_closes_after_14_days(session, summit, as_user, time_machine):
    client, _guest = signed_in(as_user, summit)
    for moment, status in (
        (session.ends_at - timedelta(minutes=11), 409),
        (session.ends_at - timedelta(minutes=10), 302),
        (session.ends_at + timedelta(days=14, seconds=-1), 302),
        (session.ends_at + timedelta(days=14), 409),
    ):
        time_machine.move_to(moment, tick=False)
        answer = client.post(PAGE, SAID)
        assert answer.status_code == status, moment
        assert status == 302 or "The hall" in answer.content.decode()


def test_strangers_and_those_who_wait_are_told_who_may(over, summit, client, as_user):
    shown = client.get(PAGE).content.decode()
    assert "registered and confirmed" in shown and 'name="rating"' not in shown
    assert client.post(PAGE, SAID).status_code == 403
    other, _guest = signed_in(as_user, summit, state="pending")
    assert other.post(PAGE, SAID).status_code == 403
    assert not Feedback.objects.exists()
    over.cancelled_at = over.ends_at
    over.save()
    assert "not taken now" in client.get(PAGE).content.decode()
    assert client.get("/en/ogp2021/sessions/NONE99/feedback/").status_code == 404


def test_the_link_of_the_mail_leads_to_the_summits_form_and_the_sessions_attended(over, summit, client):
    guest = make_registration(summit, attendance="online")
    Presence.objects.create(registration=guest, session=over)
    link = reverse("registration:own-feedback", args=["ogp2021", guest.token]).replace("/ko/", "/en/")
    page = client.get(link, follow=True).content.decode()
    assert 'href="/en/ogp2021/sessions/CIV001/feedback/"' in page
    assert client.post("/en/ogp2021/feedback/", SAID).status_code == 302
    assert Feedback.objects.get().session is None


def test_the_public_page_leads_there_while_it_is_open(over, client, time_machine):
    assert PAGE in client.get("/en/ogp2021/sessions/CIV001/").content.decode()
    time_machine.move_to(over.ends_at + timedelta(days=15), tick=False)
    over.summit.raise_revision()
    assert PAGE not in client.get("/en/ogp2021/sessions/CIV001/").content.decode()


def test_of_fewer_than_five_nothing_is_told(session):
    many(session, 4)
    assert feedback.results(session.summit, session, with_texts=True) == feedback.Results()
    assert feedback.means(session.summit) == {}
    many(session, 1, rating=1)
    found = feedback.results(session.summit, session, with_texts=True)
    assert (found.count, found.mean, len(found.good), found.better) == (5, 3.4, 5, [])
    assert feedback.means(session.summit)[session.pk].mean == 3.4
    assert feedback.results(session.summit, session, with_texts=False).good == []


def test_team_and_hosts_read_texts_people_on_stage_the_numbers_and_nobody_else_anything(
    session, summit, as_user, organiser
):
    many(session, 5)
    host, person, other = (make_user(f"{name}@x.example") for name in ("host", "person", "other"))
    OrganisationMember.objects.create(organisation=session.hosts.get(), user=host)
    Appearance.objects.create(session=session, speaker=make_speaker(summit, "김하나", user=person))
    pages = {
        organiser: "/en/ogp2021/organiser/sessions/CIV001/feedback/",
        host: "/en/ogp2021/hosting/sessions/CIV001/feedback/",
        person: "/en/ogp2021/my-sessions/CIV001/feedback/",
    }
    for user, page in pages.items():
        shown = as_user(user).get(page).content.decode()
        assert "4.0" in shown and ("good 3" in shown) == (user != person)
        assert as_user(other).get(page).status_code == 404
    Feedback.objects.first().delete()
    assert "Fewer than five people" in as_user(organiser).get(pages[organiser]).content.decode()


def test_those_who_were_there_are_asked_once_after_the_last_day(session, summit, time_machine, mailoutbox):
    guests = [make_registration(summit, attendance="online", language=language) for language in ("ko", "en")]
    for guest in guests:
        Presence.objects.create(registration=guest, session=session)
    make_registration(summit)  # was not there
    Presence.objects.create(registration=registered(summit, state="cancelled"), session=session)
    time_machine.move_to(session.ends_at, tick=False)
    assert asking_feedback.ask_due() == 0
    time_machine.move_to(session.ends_at + timedelta(days=3), tick=False)
    assert asking_feedback.ask_due() == 2
    assert asking_feedback.ask_due() == 0
    FeedbackAsked.objects.all().delete()  # a turn that was interrupted
    assert asking_feedback.ask_due() == 0
    mails = {mail.to: mail for mail in Message.objects.filter(to__in=[guest.email for guest in guests])}
    assert "어떠셨습니까" in mails[guests[0].email].subject and "how was it?" in mails[guests[1].email].subject
    assert f"/registrations/{guests[1].token}/feedback/" in mails[guests[1].email].text


def test_a_summit_long_over_asks_nobody(session, summit, time_machine):
    Presence.objects.create(registration=make_registration(summit), session=session)
    time_machine.move_to(session.ends_at + timedelta(days=20), tick=False)
    call_command("tidy", verbosity=0)
    assert not FeedbackAsked.objects.exists()


def test_what_somebody_said_is_told_to_them_and_goes_when_they_are_erased(over, summit, as_user, organiser):
    client, guest = signed_in(as_user, summit)
    client.post(PAGE, SAID)
    [row] = for_machines(everything(guest))["feedback"]
    assert "The hall" in json.dumps(row, default=str)
    erasing.erase(guest, by=organiser)
    assert not Feedback.objects.exists()


def test_two_that_were_one_person_have_said_it_once(over, summit):
    kept, other = make_registration(summit), make_registration(summit)
    for row, rating in ((kept, 5), (other, 1)):
        feedback.give(summit, over, row, {"rating": rating}, language="en")
    feedback.give(summit, None, other, {"rating": 2}, language="en") if feedback.takes_feedback(summit, None) else None
    merging._feedback(kept, other)
    key = participants.of_registration(kept.guid)
    assert set(Feedback.objects.values_list("author", flat=True)) == {key}
    assert Feedback.objects.get(session=over).rating == 5


def test_thirty_days_after_the_summit_nobody_can_tell_whose_it_was(over, summit, time_machine):
    many(over, 2)
    time_machine.move_to(over.ends_at + timedelta(days=60), tick=False)
    purging.forget_asked(summit)
    assert list(Feedback.objects.values_list("author", flat=True)) == ["", ""]
