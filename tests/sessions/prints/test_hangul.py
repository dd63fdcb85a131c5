from itertools import chain

import pypdfium2
import pytest
from weasyprint.text.line_break import Layout

from sessions.prints import hangul
from sessions.prints.drawing import Press


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("열린정부 and 2021년", ["열린정부", "2021년"]),
        ("정부/시민·사회", ["정부", "시민", "사회"]),
        ("‘열린정부’의 (제안)을", ["‘열린정부’의", "(제안)을"]),
        ("no hangul at all", []),
        ("가" * 25, []),
        ("", []),
    ],
)
def test_words_with_hangul_are_found_in_bytes(text, expected):
    content = text.encode()
    assert [content[start:end].decode() for start, end in hangul.words(text)] == expected


def lines(html):
    with Press("booklet", {"paper": "A5", "tracks": []}, origin="http://testserver") as press:
        page = pypdfium2.PdfDocument(press.pdf(f'<html lang="ko"><title>t</title><h1>t</h1><p>{html}</p></html>'))[0]
    return page.get_textpage().get_text_bounded().splitlines()[1:]


def test_korean_lines_break_between_words_only():
    words = [f"{'가나다라마바사아'[: 2 + n % 7]}를" for n in range(120)]
    found = [line.split() for line in lines(" ".join(words)) if "를" in line]
    assert len(found) > 3
    assert list(chain.from_iterable(found)) == words


def test_what_is_no_word_still_breaks_somewhere():
    assert len([line for line in lines("가" * 400) if "가" in line]) > 3


def test_weasyprint_is_as_it_was_afterwards():
    before = Layout.set_text
    with hangul.kept_whole():
        assert Layout.set_text is not before
    assert Layout.set_text is before
