import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from summit.lib import signed_pickles
from summit.lib.signed_pickles import LENGTH, MARK, NotOurs, read, sign

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
)


class Runs:
    """Whoever unpickles it makes a file."""

    def __init__(self, made: Path) -> None:
        self.made = made

    def __reduce__(self):
        return Path.touch, (self.made,)


@given(st.text(), VALUES)
@examples(database=None, max_examples=100)
def test_what_was_signed_is_read_back(name, value):
    assert read(name, sign(name, value)) == value


def test_whoever_does_not_know_the_key_runs_nothing(tmp_path):
    hostile = pickle.dumps(Runs(tmp_path / "made"))
    ours = sign("name", ["a value"])
    forged = (hostile, MARK + hostile, MARK + b"\0" * LENGTH + hostile, ours[: 1 + LENGTH] + hostile, b"", MARK)
    for kept in forged:
        with pytest.raises(NotOurs):
            read("name", kept)
    assert not (tmp_path / "made").exists()
    # It would have run.
    pickle.loads(hostile)
    assert (tmp_path / "made").exists()


@pytest.mark.parametrize("at", [0, 1, LENGTH, LENGTH + 1, -1])
def test_a_byte_that_was_changed_is_noticed_wherever_it_is(at):
    kept = bytearray(sign("name", {"a": [1, "둘"]}))
    kept[at] ^= 1
    with pytest.raises(NotOurs):
        read("name", bytes(kept))


def test_a_value_counts_under_its_own_name_alone():
    with pytest.raises(NotOurs):
        read("another", sign("one", 1.5))
    # Nor where the parts of both are the same text.
    with pytest.raises(NotOurs):
        read("ab", sign("a", b"b"))


def test_another_key_reads_it_only_where_the_former_one_is_named(settings):
    kept, former = sign("name", "value"), settings.SECRET_KEY
    settings.SECRET_KEY = "another key of the environment"
    with pytest.raises(NotOurs):
        read("name", kept)
    settings.SECRET_KEY_FALLBACKS = ["one in between", former]
    assert read("name", kept) == "value"
    anew = sign("name", "value")
    settings.SECRET_KEY_FALLBACKS = []
    assert read("name", anew) == "value"


class OfThisRelease:
    pass


def test_what_another_release_wrote_and_this_one_does_not_know_is_not_there(monkeypatch):
    kept = sign("name", OfThisRelease())
    monkeypatch.delitem(globals(), "OfThisRelease")
    with pytest.raises(NotOurs) as caught:
        read("name", kept)
    assert isinstance(caught.value.__cause__, AttributeError)


def test_the_key_is_for_this_purpose_alone(settings):
    [key] = signed_pickles._derived(settings.SECRET_KEY)
    assert len(key) == 32 and key != settings.SECRET_KEY.encode()[:32]
