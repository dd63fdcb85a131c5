import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from summit.lib.weblinks import Player, encoded, player, validate_web_link

TUBES = ["peertube.tv"]
HOSTILE = [
    "javascript:alert(1)",
    "javascript://youtube.com/watch?v=dQw4w9WgXcQ%0aalert(1)",
    "JAVASCRIPT:alert(1)//clip.mp4",
    "data:text/html,<script>alert(1)</script>",
    "data:video/mp4;base64,AAAA",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://youtube.com/watch?v=dQw4w9WgXcQ",
    "//evil.example/clip.mp4",
    "//youtube.com/watch?v=dQw4w9WgXcQ",
    "https://youtube.com@evil.example/clip.mp4",
    "https://user:word@youtube.com/watch?v=dQw4w9WgXcQ",
    "https://evil.example\\@youtube.com/watch?v=dQw4w9WgXcQ",
    "https:\\\\youtube.com\\watch?v=dQw4w9WgXcQ",
    "https://youtube.com/watch?v=dQw4w9WgXcQ\r\nX-Header: 1",
    "https://evil.example/clip.mp4\n",
    " https://evil.example/clip.mp4",
    "https://evil.example/a clip.mp4",
    "https://evil.example/\u202e4pm.clip.mp4",
    "https:///clip.mp4",
    "https://[half/clip.mp4",
    "/static/../admin/clip.mp4",
    "/static/\\evil.example/clip.mp4",
    "/media/a b.mp4",
    "/media/a\n.mp4",
    "/admin/clip.mp4",
    "clip.mp4",
    "",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_hostile_addresses_are_refused_and_never_played(url):
    with pytest.raises(ValidationError):
        validate_web_link(url)
    assert player(url, peertube_hosts=TUBES) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.opengovpartnership.org/a?b=c#d",
        "http://ogp.example",
        "https://한국.example/길",
        "/static/a.mp4",
        "/media/x/a.pdf",
    ],
)
def test_web_addresses_and_own_files_pass(url):
    validate_web_link(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtube.com/watch?list=x&v=dQw4w9WgXcQ&t=10",
        "https://m.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ?t=3",
        "https://www.youtube.com/embed/dQw4w9WgXcQ",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "https://www.youtube.com/live/dQw4w9WgXcQ?feature=share",
    ],
)
def test_youtube_plays_without_cookies(url):
    expected = Player("frame", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1", "YouTube")
    assert player(url, peertube_hosts=TUBES) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/results?search_query=ogp",
        "https://www.youtube.com/@channel",
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/watch?v=dQw4w9WgX%22Q",
        "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://evil-youtube.com/watch?v=dQw4w9WgXcQ",
        "https://vimeo.com/about",
        "https://vimeo.com/%C2%B2",
        "https://peertube.tv/c/channel",
        "https://other.example/w/abcdef123456",
        "http://ogp.example/clip.mp4",
        "https://ogp.example/clip.mp4.html",
        "https://ogp.example/page",
    ],
)
def test_other_pages_stay_links(url):
    assert player(url, peertube_hosts=TUBES) is None


@pytest.mark.parametrize(
    "url", ["https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871", "https://vimeo.com/76979871/abc"]
)
def test_vimeo_plays_without_tracking(url):
    expected = Player("frame", "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1", "Vimeo")
    assert player(url, peertube_hosts=TUBES) == expected


@pytest.mark.parametrize(
    "path", ["w/nCcaRNcmDNs8DBxN8ZSdaK", "videos/watch/nCcaRNcmDNs8DBxN8ZSdaK", "videos/embed/nCcaRNcmDNs8DBxN8ZSdaK"]
)
def test_peertube_plays_from_trusted_instances_only(path):
    url = f"https://peertube.tv/{path}"
    expected = Player("frame", "https://peertube.tv/videos/embed/nCcaRNcmDNs8DBxN8ZSdaK?autoplay=1", "peertube.tv")
    assert player(url, peertube_hosts=TUBES) == expected
    assert player(url, peertube_hosts=[]) is None


@pytest.mark.parametrize(
    ("url", "kind", "host"),
    [
        ("/static/summit/video/clip.webm", "video/webm", ""),
        ("/media/clip.MP4", "video/mp4", ""),
        ("https://video.example/a/clip.mp4?x=1", "video/mp4", "video.example"),
        ("https://video.example/clip.ogv", "video/ogg", "video.example"),
    ],
)
def test_files_play_in_the_browser_itself(url, kind, host):
    assert player(url, peertube_hosts=TUBES) == Player("video", url, host, kind)


@given(
    st.text(max_size=80),
    st.sampled_from(["", "https://", "http://", "https://youtube.com/", "/static/", "//", "https://vimeo.com/"]),
)
def test_whatever_plays_is_framed_from_three_houses_or_is_a_file(tail, head):
    found = player(head + tail, peertube_hosts=TUBES)
    if found and found.kind == "frame":
        assert found.src.startswith(
            (
                "https://www.youtube-nocookie.com/embed/",
                "https://player.vimeo.com/video/",
                "https://peertube.tv/videos/embed/",
            )
        )
    elif found:
        validate_web_link(found.src)


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("https://한국.example/길/가?이름=박#끝", "https://xn--3e0b707e.example/%EA%B8%B8/%EA%B0%80?%EC%9D%B4%EB%A6%84=%EB%B0%95#%EB%81%9D"),
        ("https://한국.example:8080/", "https://xn--3e0b707e.example:8080/"),
        ('https://a.example/x"y\'z<b>', "https://a.example/x%22y'z%3Cb%3E"),
        ("https://a.example/a b?c d", "https://a.example/a%20b?c%20d"),
        ("https://a.example/%EA%B8%B8?x=100%", "https://a.example/%EA%B8%B8?x=100%25"),
        ("https://a.example/a?b=c&d=e;f#g", "https://a.example/a?b=c&d=e;f#g"),
        ("https://" + "가" * 80 + ".example/", "https://" + "가" * 80 + ".example/"),
        ("/media/x/a.pdf", "/media/x/a.pdf"),
        ("", ""),
    ],
)  # fmt: skip
def test_letters_of_all_scripts_are_written_so_that_software_takes_them(written, taken):
    assert encoded(written) == taken
    assert encoded(taken) == taken
