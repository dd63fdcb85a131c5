import pytest

from sessions.prints.fonts import FAMILY, OwnResourcesOnly
from summit.typefaces import font_files


def test_our_fonts_and_codes_of_our_addresses_are_opened():
    fetcher = OwnResourcesOnly("http://testserver")
    assert fetcher.fetch(font_files(FAMILY)[0].url).read(4) in {b"\0\1\0\0", b"true"}
    assert fetcher.fetch("qr:http://testserver/ko/ogp2021/").read(4) == b"\x89PNG"


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "http://testserver/ko/", "https://evil.example/x.png", "data:text/plain,x", "qr:https://evil.example/",
     "qr:http://testserver.evil.example/", "ftp://testserver/"],
)  # fmt: skip
def test_nothing_else_is_opened(url):
    with pytest.raises(ValueError):
        OwnResourcesOnly("http://testserver").fetch(url)
