"""The reader's own time zone, once chosen: on their pages and in their mails, beside the summit's."""

from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from registration.forms.person import EntryForm, RegistrationForm
from registration.mailing import announcing
from registration.models import Booking, Registration
from registration.registering import lifecycle
from sessions.models import Bookmark
from sessions.planning import scheduling
from summit.lib.fields import ZoneField
from summit.models import HistoryEntry, Message
from tests.factories import at, make_registration, make_room, make_session
from tests.registration.badges.reading import texts
from tests.registration.reading import form_values

THERE = "03:00–04:30 EET"


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Tallinn", "Europe/Tallinn"),
        ("tallinn", "Europe/Tallinn"),
        ("new york", "America/New_York"),
        ("서울", "Asia/Seoul"),
        ("\u1109\u1165\u110b\u116e\u11af", "Asia/Seoul"),
        ("ＳＥＯＵＬ", "Asia/Seoul"),
        ("Seoul, Korea", "Asia/Seoul"),
        ("대한민국", "Asia/Seoul"),
        ("타이베이", "Asia/Taipei"),
        ("런던", "Europe/London"),
        ("시드니", "Australia/Sydney"),
        ("Zürich", "Europe/Zurich"),
        ("São Paulo", "America/Sao_Paulo"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("", ""),
        ("  ", ""),
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_zone_is_found_by_its_name_city_or_country_in_either_language(language, typed, zone):
    with translation.override(language):
        assert ZoneField(required=False).clean(typed) == zone


@pytest.mark.parametrize(
    "typed", ["GMT+9", "UTC+9", "+09:00", "Etc/GMT+9", "localtime", "Factory", "\u202eevil", "Atlantis"]
)
def test_offsets_and_what_is_no_place_are_refused_with_the_remedy(typed):
    """The sign of ``Etc/GMT+9`` is the other way round than people mean it."""
    with translation.override("en"):
        with pytest.raises(ValidationError) as refused:
            ZoneField(required=False).clean(typed)
        [told] = refused.value.messages
    assert "Name a large city in it" in told and "\u202e" not in told


@pytest.mark.parametrize("typed", ["Atlantis", "../etc/passwd", "EST5EDT\x00", "한" * 64])
def test_what_is_no_zone_is_refused_in_words(summit, typed):
    page = Client().post("/en/ogp2021/register/", {"nonce": "0123456789abcdef", "time_zone": typed})
    assert page.status_code in {400, 422}
    assert not Registration.objects.exists()


def test_ones_own_agenda_on_paper_tells_it_too_in_its_language(summit, as_user):
    registration = make_registration(summit, time_zone="Europe/Tallinn", language="en")
    Bookmark.objects.create(user=registration.user, session=make_session(summit))
    pdf = as_user(registration.user).get("/en/ogp2021/my-agenda.pdf").content
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == "en"
    assert THERE in " ".join(texts(pdf))


def test_only_who_registers_gets_their_browsers_zone_proposed(summit):
    proposed = {form: form(summit=summit, quotas=[]).fields["time_zone"].widget.attrs["data-own-zone"]
                for form in (RegistrationForm, EntryForm)}  # fmt: skip
    assert proposed == {RegistrationForm: "Asia/Seoul", EntryForm: ""}


def test_it_is_asked_kept_and_corrected_on_ones_own_page(summit):
    registration = make_registration(summit, time_zone="Europe/Tallinn", language="en")
    own = f"/en/ogp2021/registrations/{registration.token}/"
    assert "<dd>Europe/Tallinn</dd>" in Client().get(own).content.decode()
    sent = form_values(Client().get(f"{own}details/"))
    assert sent["time_zone"] == "Europe/Tallinn"
    assert Client().post(f"{own}details/", {**sent, "time_zone": "Kathmandu"}).status_code == 302
    registration.refresh_from_db()
    assert registration.time_zone == "Asia/Kathmandu"


@pytest.mark.parametrize("zone", ["Europe/Tallinn", "Asia/Tokyo", ""])
def test_ones_own_agenda_tells_it_where_the_clocks_differ(summit, as_user, zone):
    session = make_session(summit)
    registration = make_registration(summit, time_zone=zone, language="en")
    Bookmark.objects.create(user=registration.user, session=session)
    client = as_user(registration.user)
    for path in ("my-agenda/", f"my-agenda/sessions/{session.code}/"):
        page = client.get(f"/en/ogp2021/{path}").content.decode()
        assert (f'<small class="reader-time">{THERE}</small>' in page) == (zone == "Europe/Tallinn")


@pytest.mark.parametrize(("zone", "told"), [("Europe/Tallinn", True), ("", False)])
def test_mails_about_changes_tell_it(summit, organiser, zone, told):
    session = make_session(summit, room=make_room(summit), published_at=None)
    registration = make_registration(summit, time_zone=zone, language="en")
    Bookmark.objects.create(user=registration.user, session=session)
    announcing.publish(summit, tell=False, by=organiser)
    scheduling.place(session, starts_at=at(15, 10), ends_at=at(15, 11), room=session.room)
    announcing.tell(announcing.publish(summit, tell=True, by=organiser))
    message = Message.objects.get(kind="agenda_changed")
    assert ("03:00–04:00 EET" in message.text) == told and ("03:00–04:00 EET" in message.html) == told
    assert "10:00–11:00" in message.text
    assert "All times are local times of the summit (Korean Standard Time)." in message.text


def test_an_offered_seat_tells_until_when_in_both_zones(summit):
    from registration.mailing import emails

    booking = Booking.objects.create(registration=make_registration(summit, time_zone="Europe/Tallinn", language="en"),
                           session=make_session(summit))  # fmt: skip
    booking.offer_ends_at = booking.session.starts_at
    text = emails.seat_offered(booking).text
    assert "until Wed, 15 Dec 10:00 (Korean Standard Time · 03:00 EET)" in text


def test_where_it_is_kept_an_organiser_sees_it_in_the_history(registration, organiser):
    lifecycle.correct(registration, {"time_zone": "Europe/Tallinn"}, by=organiser, as_organiser=True)
    assert HistoryEntry.objects.latest("pk").changes == {"time_zone": ["", "Europe/Tallinn"]}
