import re
import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit.lib.text import clean_line, clean_text, markdown, number, plain
from summit.lib.weblinks import own_path


@given(st.text())
def test_a_line_has_no_break_no_control_character_and_one_form(text):
    cleaned = clean_line(text)
    assert not any(unicodedata.category(c) == "Cc" or c in "\u2028\u2029" for c in cleaned)
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    assert clean_line(cleaned) == cleaned
    assert "  " not in cleaned and cleaned == cleaned.strip()


@given(st.text())
def test_a_text_keeps_only_line_feeds(text):
    cleaned = clean_text(text)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in cleaned)
    assert clean_text(cleaned) == cleaned


def test_directions_and_zero_widths_go_but_joiners_stay():
    assert clean_line("ab\u202ecd\u200b\ufeff") == "abcd"
    assert clean_line("می\u200cخواهم") == "می\u200cخواهم"
    assert clean_line("👩\u200d💻") == "👩\u200d💻"
    for kept in ("क्\u200dष", "ක්\u200dර", "നന്\u200d", "👁\ufe0f\u200d🗨", "👩🏽\u200d⚕\ufe0f", "❤️\u200d🔥"):
        assert clean_line(kept) == kept
    for stray in (
        "ZeroWidth\u200d Name",
        "Zero\u200cWidth\u200d Name",
        "\u200dZeroWidth Name",
        "ZeroWidth \u200dName\u200d",
    ):
        assert clean_line(stray) == clean_text(stray) == "ZeroWidth Name"
    assert clean_line("홍\u200d길동") == "홍길동" and clean_line("👩\u200d") == "👩"
    assert clean_line("می\u200c\u200cخواهم") == "می\u200cخواهم"


def test_decomposed_hangul_is_composed():
    assert clean_line(unicodedata.normalize("NFD", "한국")) == "한국"


def test_paragraphs_survive():
    assert clean_text("하나\r\n\r\n둘\r셋  \n") == "하나\n\n둘\n셋"


def test_markdown_draws_what_prose_needs():
    html = markdown(
        "## 제목\n\n문단 **굵게** [링크](https://ogp.example/a)\n\n- 하나\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    assert "<h2>제목</h2>" in html
    assert "<strong>굵게</strong>" in html
    assert '<a href="https://ogp.example/a" rel="noopener nofollow">링크</a>' in html
    assert "<li>하나</li>" in html
    assert "<td>1</td>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>)",
        "[x](vbscript:x)",
        "![x](https://evil.example/track.png)",
        '<img src=x onerror="alert(1)">',
        '<a href="#" onclick="x()">x</a>',
        "<style>*{display:none}</style>",
        "<iframe src='https://evil.example'></iframe>",
        '[x](https://a.example/"onmouseover="alert(1))',
    ],
)
def test_markdown_lets_nothing_live_through(text):
    html = markdown(text)
    tags = re.findall(r"<(\w+)([^>]*)>", html)
    assert {name for name, _rest in tags} <= {"p", "a"}
    for _name, attributes in tags:
        assert "javascript" not in attributes.lower() and "data:" not in attributes
        assert not re.search(r'"\s*on\w+=', attributes)
    assert "evil.example" not in "".join(attributes for _name, attributes in tags)


# Of each, WHATWG's URL parser makes an address at evil.example where it stands on a page of ours.
TO_ANOTHER_HOST = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " //evil.example", "\x00//evil.example",
    "/\t\\evil.example", "//user@evil.example/x", "/&Tab;/evil.example", "&#47;/evil.example", "/&sol;evil.example",
]  # fmt: skip


@pytest.mark.parametrize("address", TO_ANOTHER_HOST)
@pytest.mark.parametrize("written", ["[x]({})", "[x](<{}>)", "[x]: {}\n\n[x]", "[x]: <{}>\n\n[x]"])
def test_a_link_of_ours_leads_to_no_other_host(address, written):
    html = markdown(written.format(address))
    hrefs = [unescape(href) for href in re.findall(r'href="([^"]*)"', html)]
    # What remains was made what it is: a path in which the sign that would mislead is encoded.
    flat = [re.sub(r"[\x00-\x20]", "", href).replace("\\", "/") for href in hrefs]
    assert not [href for href in flat if href.startswith("//")]
    assert own_path(address) is None or "&" in address


@pytest.mark.parametrize(
    "address", ["/ko/ogp2021/", "#part", "?page=2", "agenda/", "../pages/", "/a//b", "", "/x?next=//y"]
)
def test_our_own_paths_stay(address):
    assert own_path(address) == address
    assert f'<a href="{address}"' in markdown(f"[x](<{address}>)")


@given(st.text(max_size=200))
def test_markdown_survives_any_text(text):
    assert not re.search(r"<(script|img|iframe|style|svg)\b", markdown(text), re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("## 제목\n\n**굵게**는 [링크](https://a.example/x)", "제목\n\n굵게는 링크"),
        ("> 인용\n> 둘째 줄", "인용\n둘째 줄"),
        ("_slanted_ and `code`", "slanted and code"),
        ("See https://a.example/some_long_name.", "See https://a.example/some_long_name."),
        ("- 하나\n- 둘", "- 하나\n- 둘"),
        ("[a](https://x.example/A_(b)) and [b](/c)", "a and b"),
        ("[a [b](c)", "[a b"),
        ("[a](b", "[a](b"),
        ("(see [a](b))", "(see a)"),
    ],
)
def test_plain_text_of_markdown_reads_well(text, read):
    assert plain(text) == read


@pytest.mark.parametrize(
    ("said", "meant"),
    [("12", 12), ("0", 0), ("١٢", 12), ("9" * 17, int("9" * 17)), ("9" * 18, None), ("", None), ("-1", None),
     ("1.5", None), ("²", None), (" 1", None), ("1e3", None)],
)  # fmt: skip
def test_a_whole_number_is_read_or_there_is_none(said, meant):
    assert number(said) == meant
