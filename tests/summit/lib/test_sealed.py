import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from summit.lib.sealed import MARK, Unreadable, seal, unseal


@given(st.text())
@examples(database=None, deadline=None, max_examples=100)
def test_what_was_sealed_is_read_back_and_not_seen(text):
    kept = seal(text)
    assert unseal(kept) == text
    assert len(text) < 4 or text not in kept


def test_the_same_text_is_sealed_differently_each_time():
    assert seal("JBSWY3DPEHPK3PXP") != seal("JBSWY3DPEHPK3PXP")


def test_a_plain_text_from_before_is_read_as_it_is():
    assert unseal("JBSWY3DPEHPK3PXP") == "JBSWY3DPEHPK3PXP"


def test_another_key_reads_it_only_where_the_former_one_is_named(settings):
    kept, former = seal("secret"), settings.SECRET_KEY
    settings.SECRET_KEY = "another key of the environment"
    with pytest.raises(Unreadable) as caught:
        unseal(kept)
    assert isinstance(caught.value.__cause__, InvalidToken)
    settings.SECRET_KEY_FALLBACKS = ["one in between", former]
    assert unseal(kept) == "secret"
    # What is sealed now needs the newest key alone.
    anew = seal("secret")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(anew) == "secret"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-1],
        lambda t: t[:40] + ("A" if t[40] != "A" else "B") + t[41:],
        lambda _t: MARK,
        lambda t: t.replace("A", "B") + "=",
        lambda _t: f"{MARK}한",
    ],
)
def test_what_was_tampered_with_is_refused(spoil):
    with pytest.raises(Unreadable):
        unseal(spoil(seal("secret")))
