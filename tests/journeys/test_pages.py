"""Every page there is, in both languages: sound for everybody, and asking nothing of foreign hosts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from registration.door import checkin
from registration.models import BadgeJob, Registration
from registration.registering import lifecycle
from sessions.models import Session, Track
from speakers.models import Organisation, Speaker
from summit import ratelimit
from summit.mailing import holding
from summit.models import MailHold, Message, Summit, User
from tests.databases import PASSWORD
from tests.factories import make_question, make_user
from tests.journeys.checks import Findings, sound
from tests.journeys.helpers import LOCALES, answered, become_a_stranger, submit

BOTH = pytest.mark.parametrize("language", ["ko", "en"])
Look = Callable[..., None]


class Tour:
    """Goes from page to page with one browser and looks at each."""

    def __init__(self, page: Any, watch: Any, summit: Summit, language: str) -> None:
        self.page, self.watch, self.summit, self.language = page, watch, summit, language
        self.findings = Findings()
        self.seen: list[str] = []

    def address(self, name: str, *args: Any) -> str:
        with override(self.language):
            return reverse(name, args=[self.summit.code, *args])

    def go(self, path: str, name: str = "", *, status: int = 200) -> None:
        self.watch.expected = {status} if status >= 400 else set()
        answer = self.page.goto(path)
        self.findings.expect(answer.status == status, path, f"answered {answer.status}")
        self.look(name or path, status=status)

    def visit(self, name: str, *args: Any, **options: Any) -> None:
        self.go(self.address(name, *args), **options)

    def look(self, name: str, *, status: int = 200) -> None:
        """What the page shows now, however it was reached."""
        sound(self.page, name, self.language, self.findings)
        self.seen.append(name)
        for note in self.watch.noted:
            self.findings.expect(False, name, note)
        self.watch.noted.clear()
        self.page.set_viewport_size({"width": 1280, "height": 844})
        self.page.emulate_media(color_scheme="light")

    def done(self) -> None:
        self.findings.none()


@pytest.fixture
def tour(new_page: Callable[..., Any], watch: Any, ogp2021: Summit, language: str) -> Tour:
    return Tour(new_page(reduced_motion="reduce", locale=LOCALES[language]), watch, ogp2021, language)


@pytest.fixture
def gildong(ogp2021: Summit) -> Registration:
    return Registration.objects.select_related("summit").get(summit=ogp2021, email="gildong@people.example")


@BOTH
def test_the_agenda_and_its_people_are_sound_pages(tour: Tour, ogp2021: Summit) -> None:
    tour.visit("summit:home")
    tour.visit("sessions:agenda")
    track = Track.objects.filter(summit=ogp2021).first()
    tour.go(f"{tour.address('sessions:agenda')}?track={track.slug}&tz=America/Los_Angeles", "one track, two zones")
    search = tour.address("sessions:search")
    tour.go(f"{search}?q={'청년' if tour.language == 'ko' else 'youth'}", "search")
    tour.go(f"{search}?q=zzzz&track=none", "search, nothing found")
    tour.visit("sessions:by-track")
    tour.visit("sessions:by-room")
    tour.visit("sessions:by-host")
    tour.go(f"{tour.address('sessions:now')}?at=2021-12-16T10:10", "now and next")
    tour.visit("sessions:changes")
    tour.visit("sessions:track", track.slug)
    tour.visit("sessions:session", "ANT010")
    most = max(Session.objects.filter(summit=ogp2021), key=lambda session: session.appearances.count())
    tour.visit("sessions:session", most.code)
    tour.visit("speakers:speakers")
    busiest = max(Speaker.objects.filter(summit=ogp2021), key=lambda speaker: speaker.appearances.count())
    tour.visit("speakers:speaker", busiest.code)
    tour.visit("speakers:hosts")
    tour.visit("speakers:host", Organisation.objects.filter(summit=ogp2021, hostings__isnull=False).first().code)


@BOTH
def test_the_pages_of_a_schedule_of_ones_own_are_sound(tour: Tour, ogp2021: Summit, gildong: Registration) -> None:
    page = tour.page
    tour.visit("registration:my-agenda")
    tour.visit("registration:my-agenda-suggestion")
    tour.visit("sessions:agenda")
    for code in ("CIV002", "DIG014", "CIV004"):
        page.locator(f"button[data-bookmark={code}]").click()
    tour.look("the agenda with marks")
    tour.visit("registration:my-agenda")
    tour.go(f"{tour.address('registration:my-agenda-suggestion')}?track=anti-corruption", "a suggested day")
    tour.visit("registration:my-session", "CIV004")
    tour.visit("registration:own", gildong.token)
    tour.visit("registration:my-session", "CIV004")
    submit(page, "section[aria-labelledby=seat] form")
    tour.look("a seat is booked")
    tour.visit("registration:my-agenda")
    submit(page, "#share form")
    tour.look("my agenda, shared")
    page.goto(page.input_value("#share input[readonly]"))
    tour.look("a shared agenda")


@BOTH
def test_the_standing_pages_are_sound(tour: Tour, ogp2021: Summit) -> None:
    tour.visit("summit:pages")
    for page in ogp2021.pages.all():
        tour.visit("summit:page", page.slug)


@BOTH
def test_the_pages_of_registering_are_sound(tour: Tour, ogp2021: Summit, gildong: Registration) -> None:
    page = tour.page
    tour.visit("registration:register")
    tour.watch.expected = {422}
    page.fill("#id_email", "no address")
    submit(page, "main form")
    tour.look("register with errors")
    tour.visit("registration:lost-link")
    tour.watch.expected = {422}
    submit(page, "main form")
    tour.look("lost link with an error")
    page.fill("#id_email", "gildong@people.example")
    submit(page, "main form")
    tour.look("sent")
    tour.visit("registration:own", gildong.token)
    submit(page, "#calendar ~ form, section[aria-labelledby=calendar] form")
    tour.look("own page with calendar and message")
    tour.visit("registration:details", gildong.token)
    tour.watch.expected = {422}
    page.fill("#id_name", "12")
    submit(page, "main form")
    tour.look("details with an error")
    tour.visit("registration:cancellation", gildong.token)
    submit(page, "main form")
    tour.look("own page, cancelled")
    online = ogp2021.registrations.filter(attendance="online").first()
    tour.visit("registration:own", online.token)
    ogp2021.registration_closes_at = ogp2021.registration_opens_at
    ogp2021.save()
    tour.visit("registration:register")


@BOTH
def test_the_pages_of_signing_in_are_sound(tour: Tour, sign_in: Callable[..., None]) -> None:
    page, here = tour.page, f"/{tour.language}"
    tour.go(f"{here}/account/login/")
    page.fill("#id_login", "desk@ogp2021.example")
    page.fill("#id_password", "wrong")
    submit(page, "form.panel", "button.button:not([form])")
    tour.look("sign-in with an error")
    tour.go(f"{here}/account/password/reset/")
    tour.go(f"{here}/account/signup/")
    tour.go(f"{here}/account/login/code/")
    page.fill("#id_email", "speaker@ogp2021.example")
    submit(page, "main form")
    tour.look("the code")
    become_a_stranger(page)
    sign_in(page, "organiser@ogp2021.example", language=tour.language)
    tour.go(f"{here}/my/")
    tour.go(f"{here}/account/email/")
    tour.go(f"{here}/account/password/change/")
    tour.go(f"{here}/account/2fa/")
    # Before a second factor can be set, the password is asked again.
    tour.go(f"{here}/account/2fa/totp/activate/", "reauthentication")
    page.fill("#id_password", PASSWORD)
    submit(page, "main form")
    tour.look("an authenticator app")
    page.fill("#id_code", one_time_code(page.input_value("#authenticator_secret")))
    submit(page, "main form")
    tour.look("an authenticator app, set up")
    tour.go(f"{here}/account/2fa/")
    tour.go(f"{here}/account/2fa/recovery-codes/")
    tour.go(f"{here}/account/2fa/webauthn/add/")
    tour.go(f"{here}/account/logout/")
    submit(page, "main form")
    sign_in(page, "organiser@ogp2021.example", language=tour.language)
    tour.look("the second factor")
    become_a_stranger(page)
    sign_in(page, "desk@ogp2021.example", language=tour.language)
    with override_settings(STAFF_TWO_FACTORS=True):
        tour.visit("registration:desks")


def one_time_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@contextmanager
def held_still(page: Any) -> Iterator[None]:
    """A page that would follow by itself stays as it is while it is looked at."""

    def without_refresh(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={k: v for k, v in answer.headers.items() if k != "refresh"})

    page.route("**/organiser/badges/**", without_refresh)
    yield
    page.unroute("**/organiser/badges/**")


@BOTH
def test_the_organisers_pages_are_sound(
    tour: Tour, ogp2021: Summit, gildong: Registration, sign_in: Callable[..., None], work: Callable[[], int]
) -> None:
    page = tour.page
    sign_in(page, "organiser@ogp2021.example", language=tour.language)
    tour.visit("registration:dashboard")
    tour.visit("sessions:organiser-tracks")
    tour.visit("sessions:organiser-new-track")
    tour.watch.expected = {422}
    submit(page, "main form")
    tour.look("a new track with errors")
    tour.visit("sessions:organiser-track", ogp2021.tracks.first().slug)
    submit(page, "main form")
    tour.look("tracks with a message")
    tour.visit("registration:registrations")
    tour.go(tour.address("registration:registrations") + "?q=nobody-at-all", "nobody found")
    tour.visit("registration:registration", gildong.guid)
    tour.visit("registration:registration-details", gildong.guid)
    tour.visit("registration:questions")
    tour.visit("registration:new-question")
    tour.watch.expected = {422}
    submit(page, "main form.panel")
    tour.look("a new question with errors")
    question = make_question(ogp2021, kind="one", required=True, choices=("Seoul", "Busan"))
    tour.visit("registration:questions")
    tour.visit("registration:question", question.pk)
    tour.visit("registration:register")
    tour.visit("registration:new-badges")
    submit(page, "main form")
    with held_still(page):
        tour.go(page.url, "badges being drawn")
    work()
    page.reload()
    tour.look("badges drawn")
    tour.visit("registration:badge-jobs")
    tour.visit("sessions:organiser-links")
    tour.visit("sessions:organiser-sessions")
    tour.visit("registration:session-seats", "CIV004")
    tour.visit("sessions:organiser-placement", "CIV004")
    tour.watch.expected = {422}
    page.fill("#id_ends_at", "2021-12-01T09:00")
    submit(page, "main form")
    tour.look("a plan with an error")
    page.fill("#id_starts_at", "2021-12-15T09:00")
    page.fill("#id_ends_at", "2021-12-15T09:45")
    submit(page, "main form")
    tour.look("sessions, one waits")
    tour.visit("summit:audit")
    tour.visit("summit:organiser-new-page")
    tour.visit("summit:organiser-page", "about-ogp")
    tour.visit("registration:copy")
    tour.visit("registration:publication")
    submit(page, "section[aria-labelledby=next] form")
    tour.look("the question before a version")
    submit(page, "main form")
    tour.look("a version was published")
    tour.visit("sessions:changes")


@BOTH
def test_the_desks_pages_are_sound(
    tour: Tour, ogp2021: Summit, gildong: Registration, sign_in: Callable[..., None]
) -> None:
    page = tour.page
    sign_in(page, "desk@ogp2021.example", language=tour.language)
    tour.visit("registration:desks")
    tour.visit("registration:desk", "main-entrance")

    def ask(what: str, name: str) -> None:
        page.fill("#id_shown", what)
        answered(page, "/desk/main-entrance/", lambda: page.press("#id_shown", "Enter"))
        tour.look(name)

    ask(gildong.reference, "desk, found")
    ask("people.example", "desk, who is it?")
    tour.watch.expected = {404, 422}
    ask("ZZZZ-ZZZZ", "desk, unknown")
    ask(f"S1:{'A' * 137}", "desk, forged")
    checkin.check_in(gildong, desk=ogp2021.desks.first(), by=User.objects.first(), nonce="n" * 12)
    ask(gildong.reference, "desk, inside already")
    online = ogp2021.registrations.filter(attendance="online").first()
    ask(online.reference, "desk, online")
    lifecycle.cancel(online)
    ask(online.reference, "desk, cancelled")


@BOTH
def test_the_speakers_pages_are_sound(tour: Tour, sign_in: Callable[..., None]) -> None:
    sign_in(tour.page, "speaker@ogp2021.example", language=tour.language)
    tour.go(f"/{tour.language}/my/")
    tour.visit("sessions:my-sessions")
    submit(tour.page, "#calendar form")
    tour.look("my sessions with a calendar")
    sign_in_as_desk(tour, sign_in)
    tour.visit("sessions:my-sessions", status=404)


def sign_in_as_desk(tour: Tour, sign_in: Callable[..., None]) -> None:
    become_a_stranger(tour.page)
    sign_in(tour.page, "desk@ogp2021.example", language=tour.language)


@BOTH
def test_the_pages_of_errors_are_sound(
    tour: Tour, gildong: Registration, sign_in: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tour.page
    tour.visit("sessions:session", "NONE", status=404)
    tour.go(f"/{tour.language}/no/such/page/", status=404)
    tour.go(f"{tour.address('sessions:agenda')}?q=%00", "400", status=400)
    # A form without its token.
    tour.watch.expected = {403}
    become_a_stranger(page)
    page.goto(tour.address("registration:lost-link"))
    page.context.clear_cookies()
    page.fill("#id_email", "gildong@people.example")
    submit(page, "main form")
    tour.look("403")
    monkeypatch.setattr("speakers.views.public.render", None)
    tour.visit("speakers:speakers", status=500)
    with override_settings(RATE_LIMITS=True):
        tour.watch.expected = {429}
        for _once in range(10):
            ratelimit.take("lost_link", "127.0.0.1", limit=10, seconds=600)
        page.goto(tour.address("registration:lost-link"))
        page.fill("#id_email", "gildong@people.example")
        submit(page, "main form")
        tour.look("429")
        cache.clear()
    lifecycle.cancel(gildong)
    sign_in(page, "desk@ogp2021.example", language=tour.language)
    tour.watch.expected = {409}
    page.goto(tour.address("registration:desk", "main-entrance"))
    page.locator("#look-up").evaluate(
        "(form, address) => { const plain = form.cloneNode(true); plain.removeAttribute('data-hx-post');"
        " plain.action = address; plain.querySelector('input:not([type=hidden])').required = false;"
        " document.body.append(plain); HTMLFormElement.prototype.submit.call(plain); }",
        tour.address("registration:desk-badge", "main-entrance", gildong.guid),
    )
    page.locator(".error-page").wait_for()
    tour.look("409")


@BOTH
def test_the_pages_of_what_was_lost_or_went_wrong_are_sound(
    tour: Tour, ogp2021: Summit, gildong: Registration, sign_in: Callable[..., None]
) -> None:
    page, here = tour.page, f"/{tour.language}"
    tour.visit("registration:reissue", gildong.token)
    tour.watch.expected = {410}
    submit(page, "main form")
    tour.look("a link that was replaced", status=410)
    sign_in(page, "organiser@ogp2021.example", language=tour.language)
    tour.visit("registration:registration-reissue", gildong.guid)
    failed = BadgeJob.objects.create(
        summit=ogp2021, layout="A6", registrations=[], total=1, state=BadgeJob.State.FAILED, error="OSError: no space"
    )
    tour.visit("registration:badge-job", failed.guid)
    tour.go(f"{here}/my/sessions/")
    become_a_stranger(page)
    make_user("operator@people.example", password=PASSWORD, is_superuser=True)
    sign_in(page, "operator@people.example", language=tour.language)
    tour.go(f"{here}/my/mail/", "mail that leaves")
    now = timezone.now()
    holding.hold(MailHold.Reason.RESTORED, copied_at=now - timedelta(hours=2))
    Message.objects.create(kind="confirmed", to="a@people.example", subject="s", created_at=now)
    tour.go(f"{here}/my/mail/", "mail that is held")
    Message.objects.create(kind="confirmed", to="b@people.example", subject="s", created_at=now - timedelta(days=2))
    tour.go(f"{here}/my/mail/", "old mail that is held")
    tour.go(f"{here}/my/mail/discard/?older=day")
    tour.go(f"{here}/my/mail/send/")
    tour.go(f"{here}/my/summits/")


@BOTH
def test_the_pages_for_developers_are_sound(tour: Tour) -> None:
    tour.go(f"/api/v1/?lang={tour.language}")
    with override_settings(ROOT_URLCONF="tests.journeys.urls"):
        tour.go("/styleguide/")
