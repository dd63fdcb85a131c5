"""The panel of notifications in "My agenda", and what its script asks."""

import pytest
from django.test import Client
from django.urls import reverse

from registration.models import PushSubscription
from summit.lib.web_push import encoded, public_point
from summit.models import PushKey
from tests.factories import make_registration
from tests.registration.mailing.receiver import Browser


def address(summit, name="my-agenda-push"):
    return reverse(f"registration:{name}", args=[summit.code]).replace("/ko/", "/en/")


@pytest.fixture
def client(summit, as_user):
    return as_user(make_registration(summit).user)


def test_a_browser_is_told_from_now_on_and_no_more(client, summit):
    browser = Browser()
    key = client.get(address(summit)).json()["key"]
    assert key == encoded(public_point(PushKey.objects.own().public_key()))
    assert client.post(address(summit), browser.asked).json() == {"on": True}
    assert client.post(address(summit), browser.asked).json() == {"on": True}
    [made] = PushSubscription.objects.all()
    assert (made.endpoint, made.language, made.registration) == (browser.endpoint, "en", summit.registrations.get())
    sent = {"action": "unsubscribe", "endpoint": browser.endpoint}
    assert client.post(address(summit), sent).json() == {"on": False}
    assert not PushSubscription.objects.exists()


def test_without_a_script_all_of_them_are_stopped(client, summit):
    assert "Stop on all of them" not in client.get(address(summit, "my-agenda")).content.decode()
    for number in (1, 2):
        client.post(address(summit), Browser(number).asked)
    page = client.get(address(summit, "my-agenda")).content.decode()
    assert "2 devices of yours are notified." in page and "Notify me on this device" in page
    answer = client.post(address(summit), {"action": "none"}, follow=True)
    assert "None of your devices is notified any more." in answer.content.decode()
    assert not PushSubscription.objects.exists()


def test_the_panel_speaks_korean(client, summit):
    page = client.get(address(summit, "my-agenda").replace("/en/", "/ko/")).content.decode()
    assert "이 기기로 알림 받기" in page


@pytest.mark.parametrize(
    "wrong", [{"endpoint": "https://10.0.0.1/x"}, {"endpoint": "http://push.example/"}, {"key": "x"}, {"secret": ""}]
)
def test_what_is_no_browser_is_refused(client, summit, wrong):
    answer = client.post(address(summit), {**Browser().asked, **wrong}, headers={"Accept": "application/json"})
    assert answer.status_code == 422 and not PushSubscription.objects.exists()


def test_of_many_browsers_the_newest_ten_are_told(client, summit):
    for number in range(12):
        client.post(address(summit), Browser(number).asked)
    kept = set(PushSubscription.objects.values_list("endpoint", flat=True))
    assert kept == {Browser(number).endpoint for number in range(2, 12)}


def test_nobody_stops_what_is_somebody_elses(client, summit, as_user):
    client.post(address(summit), Browser().asked)
    other = as_user(make_registration(summit, email="other@people.example").user)
    other.post(address(summit), {"action": "unsubscribe", "endpoint": Browser().endpoint})
    other.post(address(summit), {"action": "none"})
    assert PushSubscription.objects.count() == 1


def test_strangers_are_asked_to_sign_in_and_see_no_panel(summit):
    stranger = Client()
    assert stranger.get(address(summit)).status_code == 409
    assert stranger.post(address(summit), Browser().asked).status_code == 409
    assert "data-push" not in stranger.get(address(summit, "my-agenda")).content.decode()
    assert not PushSubscription.objects.exists() and not PushKey.objects.exists()
