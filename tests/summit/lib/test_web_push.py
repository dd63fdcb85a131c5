"""Push messages as RFC 8291 encrypts them, and who sends them as RFC 8292 says it."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from summit.lib import web_push

# RFC 8291, 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
    "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_a_message_is_encrypted_as_in_the_example_of_the_rfc():
    own = ec.derive_private_key(int.from_bytes(web_push.decoded(OWN)), ec.SECP256R1())
    body = web_push.encrypted(TEXT, KEY, SECRET, salt=web_push.decoded(SALT), own=own)
    assert web_push.encoded(body) == BODY


def test_each_message_is_another_one():
    assert web_push.encrypted(TEXT, KEY, SECRET) != web_push.encrypted(TEXT, KEY, SECRET)


def test_the_longest_message_fits_what_a_push_service_takes():
    assert len(web_push.encrypted(b"x" * web_push.LONGEST, KEY, SECRET)) == 4096
    with pytest.raises(ValueError, match="longer"):
        web_push.encrypted(b"x" * (web_push.LONGEST + 1), KEY, SECRET)


def test_who_sends_is_signed_for_that_push_service_alone():
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime(2021, 12, 15, 1, tzinfo=UTC)
    header = web_push.authorization("https://push.example/abc?d=1", key, "mailto:office@summit.example", now)
    token, known = header.removeprefix("vapid t=").split(", k=")
    assert web_push.decoded(known) == web_push.public_point(key.public_key())
    head, claims, signature = token.split(".")
    assert json.loads(web_push.decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(web_push.decoded(claims)) == {
        "aud": "https://push.example", "sub": "mailto:office@summit.example", "exp": int(now.timestamp()) + 12 * 3600,
    }  # fmt: skip
    octets = web_push.decoded(signature)
    signed = encode_dss_signature(int.from_bytes(octets[:32]), int.from_bytes(octets[32:]))
    key.public_key().verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


@pytest.mark.parametrize("address", ["https://fcm.googleapis.com/fcm/send/abc:APA", "https://push.example:443/x?y=z"])
def test_push_services_of_the_public_internet_are_taken(address):
    assert web_push.is_endpoint(address)


@pytest.mark.parametrize(
    "address",
    ["", "push", "http://push.example/1", "https://localhost/1", "https://127.0.0.1/1", "https://10.0.0.8/1",
     "https://[::1]/1", "https://169.254.169.254/latest", "https://push.example:8443/1", "https://me@push.example/1",
     "https://printer.local/1", "https://db.internal/1", "https://push.example/a b", "https://[oops/1", "file:///etc/passwd",
     f"https://push.example/{'x' * 1000}"],
)  # fmt: skip
def test_no_other_address_is(address):
    assert not web_push.is_endpoint(address)


@pytest.mark.parametrize("key", ["", "abc", KEY[:-4], "A" * 87, "ä"])
def test_a_key_that_is_no_point_of_the_curve_is_none(key):
    assert web_push.is_key(KEY) and not web_push.is_key(key)


@pytest.mark.parametrize("secret", ["", "abc", SECRET + "AAAA"])
def test_a_secret_has_sixteen_octets(secret):
    assert web_push.is_secret(SECRET) and not web_push.is_secret(secret)
