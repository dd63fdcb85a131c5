"""What somebody keeps, prints or passes on of their registration holds no key to it.

Calendars are shown to others and kept by their providers, tickets lie on tables: in no calendar and in no file that one
can get for a registration stands the private link, the address of a calendar, or anything else that opens a page.
"""

import re
import zipfile
from io import BytesIO

import pikepdf
import pytest
from django.core import mail
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import translation
from icalendar import Calendar

from registration.mailing import announcing
from registration.models import Registration
from registration.registering import calendar_links, lifecycle
from sessions.models import Session
from sessions.personal import bookmarking
from sessions.planning import publishing, scheduling
from speakers.editing import profiles
from summit.models import Message
from tests.factories import (
    at,
    make_places,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_venue,
)
from tests.registration.badges.reading import texts
from tests.test_matrix import patterns

# Files of one person's own, each with the key in its address.
FILES = {
    "registration:own-badge": "page",
    "registration:own-ticket": "page",
    "registration:everything-json": "page",
    "registration:everything-zip": "page",
    "registration:own-confirmation": "page",
    "registration:my-agenda-pdf": "",
    "registration-feeds:own": "calendar",
    "registration-feeds:shared": "shared agenda",
    "feeds:speaker-own": "speaker's calendar",
}
# Every mail with an entry for calendars.
MAILS = {"confirmed", "attendance_changed", "link", "agenda_changed", "cancelled"}


@pytest.fixture
def summit(db):
    summit = make_summit()
    make_venue(summit), make_room(summit), make_places(summit, 5), make_places(summit, 5, "online")
    return summit


@pytest.fixture(params=["in_person", "online"])
def registration(request, summit):
    """Somebody with everything one can have: a calendar, a shared agenda, marks, a seat, an appearance."""
    made = make_registration(summit, attendance=request.param, language="en")
    speaker = make_speaker(summit, user=made.user)
    for code, seats in (("CIV001", None), ("CIV002", 1)):
        make_session(summit, code, room=summit.rooms.get(), people=[speaker], seats=seats, published_at=None)
    publishing.publish(summit)
    calendar_links.share_calendar(made)
    bookmarking.add(made.user, Session.objects.get(code="CIV001"))
    bookmarking.share(made.user, summit)
    profiles.share_calendar(speaker, by=made.user)
    return made


def keys(registration) -> dict[str, str]:
    return {
        "page": registration.token,
        "calendar": registration.calendar_token,
        "shared agenda": registration.user.agendas.get().share_token,
        "speaker's calendar": registration.summit.speakers.get().calendar_token,
    }


def addresses_of_one_person() -> set[str]:
    """Every file in the URLconf whose address holds a token, or which is of whoever asks for it."""
    with translation.override("en"):
        return {
            f"{app}:{entry.name}"
            for app, entry in patterns(get_resolver())
            if re.search(r"\.(pdf|ics|csv|xlsx|json|zip|atom)\Z", str(entry.pattern))
            and ("<str:token>" in str(entry.pattern) or str(entry.pattern).startswith("my-"))
        }


def read(content: bytes) -> str:
    """What stands in a file, also where it is packed: the text and every object of a PDF, unfolded lines of a calendar."""
    if content.startswith(b"%PDF"):
        plain = BytesIO()
        with pikepdf.open(BytesIO(content)) as document:
            document.save(plain, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False,
                          object_stream_mode=pikepdf.ObjectStreamMode.disable)  # fmt: skip
        return plain.getvalue().decode("latin-1") + " ".join(texts(content))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            return " ".join(read(packed.read(name)) for name in packed.namelist())
    return re.sub(r"\r\n[ \t]", "", content.decode())


def shown(content: bytes, registration, allowed: str = "") -> list[str]:
    """Which keys stand in a file, but for the one that is what the file is of: its own address."""
    text = read(content)
    return [name for name, key in keys(registration).items() if key in text and name != allowed]


def test_every_file_of_one_person_is_looked_at():
    assert addresses_of_one_person() == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_ones_own_holds_no_key(client, registration, name):
    client.get(registration.get_absolute_url())  # the browser is its person's from here on
    asked = {"summit": "ogp2021", "token": keys(registration).get(FILES[name])}
    with translation.override("en"):
        path = reverse(name, kwargs={key: value for key, value in asked.items() if value})
    response = client.get(path)
    if name in {"registration:own-badge", "registration:own-ticket"} and not registration.is_in_person:
        assert response.status_code == 302
        return
    assert response.status_code == 200
    # A shared agenda is refreshed from the address that was given out to share it.
    assert (
        shown(response.getvalue(), registration, "shared agenda" if name == "registration-feeds:shared" else "") == []
    )


def test_the_search_would_find_a_key(client, registration):
    """Also in a PDF, where it would be a packed link."""
    from weasyprint import HTML

    linked = HTML(string=f'<a href="https://x.example/{registration.token}/">x</a>').write_pdf()
    assert registration.token.encode() not in linked
    assert shown(linked, registration) == ["page"]


def test_an_entry_leads_to_what_everybody_may_read(client, registration):
    """The public page of the session: for whoever follows the entry it asks nothing and shows nothing private."""
    feed = client.get(f"/ogp2021/my/{registration.calendar_token}.ics")
    events = Calendar.from_ical(feed.content).walk("VEVENT")
    assert [event["URL"] for event in events] == ["http://testserver/en/ogp2021/sessions/CIV001/"]
    for event in events:
        page = Client().get(event["URL"].removeprefix("http://testserver"))
        assert page.status_code == 200
        assert page.cookies == {}
        assert registration.email not in page.content.decode()
        assert registration.reference not in page.content.decode()


def test_no_mail_attaches_a_key(registration, work):
    summit = registration.summit
    lifecycle.change_attendance(registration, "online" if registration.is_in_person else "in_person")
    lifecycle.resend(registration)
    found = Session.objects.select_related("summit", "room").get(code="CIV001")
    scheduling.place(found, starts_at=at(16, 10), ends_at=at(16, 11), room=found.room)
    announcing.publish(summit, by=None, tell=True)
    work()
    now = Registration.objects.select_related("summit", "user").get()
    before = keys(now)
    lifecycle.cancel(now)
    work()
    files = [file for letter in mail.outbox for file in letter.attachments]
    assert set(Message.objects.values_list("kind", flat=True)) >= MAILS
    assert len(files) >= len(MAILS)
    for file in files:
        text = read(file.content.encode() if isinstance(file.content, str) else file.content)
        assert "BEGIN:VEVENT" in text
        assert [name for name, key in before.items() if key in text] == []
