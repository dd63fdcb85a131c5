import logging

import pytest

from summit.lib.logs import MaskPrivateAddresses, masked
from summit.settings import LOGGING


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("/ko/ogp2021/registrations/Ab-9_x/badge.pdf", "/ko/ogp2021/registrations/…/badge.pdf"),
        ("/ogp2021/my/Ab9.ics?lang=ko", "/ogp2021/my/…?lang=ko"),
        ("/ko/account/password/reset/key/1-abc/", "/ko/account/password/reset/key/…/"),
        ("/ko/ogp2021/sessions/AAA001/", "/ko/ogp2021/sessions/AAA001/"),
    ],
)
def test_what_opens_somebodys_page_is_in_no_log(said, written):
    assert masked(said) == written


def test_whatever_reaches_the_console_passes_the_filter():
    console = LOGGING["handlers"]["console"]["filters"]
    assert [LOGGING["filters"][name]["()"] for name in console] == ["summit.lib.logs.MaskPrivateAddresses"]
    record = logging.LogRecord("django.request", 30, "", 0, "%s: %s", ("Not Found", "/ko/x/my/a-key/"), None)
    assert MaskPrivateAddresses().filter(record)
    assert record.getMessage() == "Not Found: /ko/x/my/…/"
