"""A session from elsewhere: joined, watched in two languages, read while it is said, lost and found again."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from registration.models import Presence, Registration
from sessions.live import captions, streams
from sessions.models import Session
from summit.models import Summit
from tests.broadcast import on_air
from tests.journeys.helpers import Words, until

PLAYING = "document.querySelector('[data-live-from]').dataset.playing === '{}'"


def running(summit: Summit) -> Session:
    """A hybrid session that is on now."""
    found = summit.sessions.filter(mode="hybrid", room__isnull=False, published_at__isnull=False).first()
    now = timezone.now()
    times = {"starts_at": now - timedelta(minutes=5), "ends_at": now + timedelta(hours=1)}
    Session.objects.filter(pk=found.pk).update(**times)
    return Session.objects.get(pk=found.pk)


def test_a_guest_in_nairobi_follows_a_session(
    new_page: Callable[..., Any], site: Any, watch: Any, ogp2021: Summit, tmp_path: Path
) -> None:
    say, session = Words("en"), running(ogp2021)
    guest = Registration.objects.filter(summit=ogp2021, state="confirmed", attendance="online").first()
    writer = captions.invite(session, "en", "Jane", by=None)
    with on_air(tmp_path / "live") as (first, second):
        watch.hosts = {first.host, second.host}
        broadcast = {"kind": "broadcast", "address": first.address, "backup_address": second.address}
        streams.add(session, broadcast, by=None)
        page = new_page(locale="en-GB", timezone_id="Africa/Nairobi")
        page.goto(guest.get_absolute_url().replace("/ko/", "/en/"))
        page.goto(reverse("registration:join", args=["ogp2021", session.code]).replace("/ko/", "/en/"))
        page.get_by_role("main").get_by_role("link", name=say("Join")).first.click()
        page.wait_for_url("**/watch/**")

        # Nothing of the stream is asked for before Play is pressed.
        assert watch.foreign == [] and not watch.asked_hosts
        page.get_by_role("button", name=say("Play"), exact=True).click()
        until(page, PLAYING.format("first"))
        until(page, "document.querySelector('video').currentTime > 1")
        sound = page.locator('[data-tracks="audio"] select')
        sound.select_option(label="한국어")
        moment = page.evaluate("document.querySelector('video').currentTime")
        until(page, f"document.querySelector('video').currentTime > {moment} + 1")

        # What a captioner writes is read without looking again.
        body = json.dumps({"lines": [{"text": "Karibuni, all of you.", "speaker": "Chair"}]}).encode()
        address = site + reverse("feeds:captions", args=["ogp2021", writer.token])
        with urlopen(Request(address, body, {"Content-Type": "application/json"})) as answer:
            assert json.load(answer) == {"written": 1}
        expect(page.locator(".caption-lines")).to_contain_text("Karibuni, all of you.")

        # The first address is gone: the page plays the other by itself, and says so.
        first.switch_off()
        until(page, PLAYING.format("backup"), 60)
        expect(page.locator("[data-broken]")).to_be_visible()
        assert Presence.objects.filter(registration=guest, session=session).count() == 1
