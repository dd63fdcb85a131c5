import pytest
from django.template import engines
from django.template.loader import get_template
from hypothesis import given
from hypothesis import strategies as st

from summit.lib.indentation import without_indentation


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<ul>\n  <li>one</li>\n  <li>two</li>\n</ul>\n", "<ul><li>one</li><li>two</li></ul>"),
        ("<p>\n  Some words\n  <b>more</b>\n</p>", "<p>Some words\n<b>more</b></p>"),
        ("<p>a <b>b</b> <i>c</i></p>", "<p>a <b>b</b> <i>c</i></p>"),
        ("<b>a</b>\n\n    <i>b</i>", "<b>a</b>\n<i>b</i>"),
        ("{% if a %}\n  <li>a</li>\n{% endif %}", "{% if a %}<li>a</li>{% endif %}"),
        ("<b>a</b>\n{% if a %}\n  {{ b }}\n{% endif %}", "<b>a</b>\n{% if a %}\n{{ b }}\n{% endif %}"),
        ("<a\n  href='b'\n  {% if c %}class=\"d\"{% endif %}\n>\n  e</a>", "<a href='b' {% if c %}class=\"d\"{% endif %}>\ne</a>"),
        ('<a title="one\n  two" {% if a > b %}\n hidden{% endif %}>', '<a title="one\n  two" {% if a > b %} hidden{% endif %}>'),
    ],
)  # fmt: skip
def test_breaks_are_taken_away_where_a_browser_shows_none(written, sent):
    assert without_indentation(written) == sent


@pytest.mark.parametrize(
    "kept",
    [
        "<pre>\n  a\n    b\n</pre>",
        "<textarea>\n  a\n</textarea>",
        "<script>\n  a\n\n  b\n</script>",
        "<style>\n  a\n</style>",
        "{% blocktranslate %}\n  A\n  sentence\n{% endblocktranslate %}",
        "{% verbatim %}\n  a\n{% endverbatim %}",
        "{{ a }} {{ b }}",
        "a < b\nand c > d",
    ],
)
def test_what_means_its_blanks_keeps_them(kept):
    assert without_indentation(kept) == kept


PIECES = [
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<b\n class='a'>",
    "\n  ",
    " ",
    "a",
    "{{ b }}",
    "{% if c %}",
    "{% endif %}",
    "<pre>",
    "</pre>",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_nothing_but_blanks_changes_and_once_is_enough(written):
    sent = without_indentation(written)
    assert "".join(sent.split()) == "".join(written.split())
    assert without_indentation(sent) == sent


def test_templates_are_loaded_without_indentation_and_once():
    page = get_template("base.html")
    assert "\n  " not in page.template.source
    assert get_template("base.html").template is page.template


def test_where_it_is_worked_on_a_template_is_as_it_is_written(settings):
    [configured] = settings.TEMPLATES
    engine = engines["django"].engine
    options = {**configured["OPTIONS"], "debug": True}
    settings.TEMPLATES = [{**configured, "OPTIONS": options}]
    assert engines["django"].engine is not engine
    page = get_template("base.html")
    assert "\n  " in page.template.source
