"""What is encrypted comes back as it was, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit.operating import sealing
from summit.operating.sealing import CHUNK, SALT, TAG, Damaged, opened, sealed

KEY = bytes(range(32))


def through(content: bytes, piece: int = 1000) -> bytes:
    return b"".join(sealed((content[at : at + piece] for at in range(0, len(content), piece)), KEY, "a"))


def back(stream: bytes, key: bytes = KEY, name: str = "a", piece: int = 777) -> bytes:
    return b"".join(opened((stream[at : at + piece] for at in range(0, len(stream), piece)), key, name))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_any_length_comes_back(size):
    content = bytes(number % 251 for number in range(size))
    stream = through(content)
    assert back(stream) == content
    assert len(stream) == SALT + size + TAG * max(1, -(-size // CHUNK))


@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(1, 400))
def test_however_it_is_cut(pieces, size):
    stream = b"".join(sealed(iter(pieces), KEY, "a"))
    assert back(stream, piece=size) == b"".join(pieces)


def test_the_same_content_never_looks_the_same():
    assert through(b"content") != through(b"content")


STREAM = through(bytes(2 * CHUNK + 5))
WHOLE = CHUNK + TAG
SPOILT = {
    "another key": (STREAM, bytes(32), "a"),
    "another name": (STREAM, KEY, "b"),
    "cut at a chunk": (STREAM[: SALT + WHOLE], KEY, "a"),
    "cut inside of one": (STREAM[:-3], KEY, "a"),
    "nothing left": (STREAM[:SALT], KEY, "a"),
    "not even the salt": (STREAM[: SALT - 1], KEY, "a"),
    "longer": (STREAM + b"x", KEY, "a"),
    "chunks exchanged": (
        STREAM[:SALT]
        + STREAM[SALT + WHOLE : SALT + 2 * WHOLE]
        + STREAM[SALT : SALT + WHOLE]
        + STREAM[SALT + 2 * WHOLE :],
        KEY,
        "a",
    ),
    "a chunk left out": (STREAM[:SALT] + STREAM[SALT + WHOLE :], KEY, "a"),
    "a bit": (STREAM[:5000] + bytes([STREAM[5000] ^ 1]) + STREAM[5001:], KEY, "a"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_spoilt_is_noticed(how):
    with pytest.raises(Damaged):
        back(*SPOILT[how])


def test_a_key_is_of_its_backup():
    assert sealing.derived("secret", b"1" * 16) == sealing.derived("secret", b"1" * 16)
    assert sealing.derived("secret", b"1" * 16) != sealing.derived("secret", b"2" * 16)
