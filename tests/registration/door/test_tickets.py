import base64
import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
import qrcode
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from qrcode.constants import ERROR_CORRECT_M

from registration import badges
from registration.door import tickets
from registration.models import Registration
from registration.registering import lifecycle
from summit.models import Summit
from tests.factories import make_registration, make_summit
from tests.registration.reading import said

GOLDEN = Path(__file__).parent.parent / "golden"
GUID = UUID("0f0e0d0c-0b0a-4908-8706-050403020100")
# The last moment of the printed ticket: thirty days after the end of the summit, at midnight in Seoul.
EXPIRES = int(datetime(2022, 1, 15, 15, tzinfo=UTC).timestamp())


def printed(version: int = 2) -> str:
    """A ticket as it was printed with the first release of its version."""
    return (GOLDEN / f"ticket-v{version}.txt").read_text(encoding="ascii").strip()


@pytest.fixture
def golden_key(settings):
    settings.TICKET_SIGNING_KEY = "a key that signs nothing but the golden ticket"


@pytest.fixture
def golden(summit, golden_key):
    made = make_registration(summit)
    Registration.objects.update(guid=GUID, ticket_issue=1)
    made.refresh_from_db()
    return made


def raw(token: str) -> bytes:
    body = token.removeprefix("S1:")
    return base64.b32decode(body + "=" * (-len(body) % 8))


def encoded(content: bytes) -> str:
    return "S1:" + base64.b32encode(content).decode().rstrip("=")


def signed(head: bytes, key: Ed25519PrivateKey | None = None) -> str:
    return encoded(head + (key or tickets.signing_key()).sign(head))


def head(
    version: int = 2, guid: bytes = GUID.bytes, flags: int = 1, issue: int = 1, expires_at: int = EXPIRES
) -> bytes:
    """What is signed, written out from the layouts in the documentation of the module."""
    named = bytes([tickets.key_id(tickets.signing_key().public_key())]) if version == 2 else b""
    return bytes([version]) + named + guid + bytes([flags, issue]) + expires_at.to_bytes(4, "big")


def test_printed_tickets_are_still_made_the_same(golden):
    assert tickets.token_for(golden) == printed()


@pytest.mark.parametrize("version", [1, 2])
def test_printed_tickets_of_every_version_are_still_read(golden_key, version):
    assert tickets.read(printed(version)) == tickets.Claims(guid=GUID, in_person=True, issue=1, expires_at=EXPIRES)


@pytest.mark.parametrize("version", [1, 2])
def test_a_printed_ticket_still_opens_the_door(golden, version):
    assert tickets.registration_for(golden.summit, printed(version)) == golden


def test_a_device_needs_nothing_but_the_public_key(golden_key):
    """Written out as another program would do it, from the layout in the documentation of the module."""
    public = tickets.public_key()
    assert public.hex() == "6f7851bed5ca2bb65c85d90530e2e66c8afbd0acad3a0e90f000d7ba4c7fa72f"
    content = raw(printed())
    assert len(content) == 88
    Ed25519PublicKey.from_public_bytes(public).verify(content[24:], content[:24])
    assert content[:2] == bytes([2, hashlib.sha256(public).digest()[0]])
    assert UUID(bytes=content[2:18]) == GUID
    assert content[18] & 1 == 1
    assert content[19] == 1
    assert int.from_bytes(content[20:24], "big") == EXPIRES


@pytest.mark.parametrize("version", [1, 2])
def test_the_claims_can_be_read_with_keys_given(golden_key, settings, version):
    key = Ed25519PublicKey.from_public_bytes(tickets.public_key())
    settings.TICKET_SIGNING_KEY = "another installation"
    with pytest.raises(tickets.BadTicket):
        tickets.read(printed(version))
    assert tickets.read(printed(version), keys=[tickets.signing_key().public_key(), key]).guid == GUID


@pytest.mark.parametrize("version", [1, 2])
def test_the_key_changes_while_old_badges_stay_valid(golden, settings, version):
    old = settings.TICKET_SIGNING_KEY
    settings.TICKET_SIGNING_KEY, settings.TICKET_SIGNING_KEYS_OLD = "the key of next year", [old]
    assert tickets.registration_for(golden.summit, printed(version)) == golden
    new = tickets.token_for(golden)
    assert new != printed()
    assert tickets.registration_for(golden.summit, new) == golden
    # Twice changed, both former keys are known.
    settings.TICKET_SIGNING_KEY, settings.TICKET_SIGNING_KEYS_OLD = (
        "and of the year after",
        ["the key of next year", old],
    )
    assert tickets.read(new).guid == tickets.read(printed(version)).guid == GUID
    # A key that leaked is taken away: whatever it has signed is worth nothing.
    settings.TICKET_SIGNING_KEYS_OLD = ["the key of next year"]
    assert tickets.read(new).guid == GUID
    with pytest.raises(tickets.BadTicket):
        tickets.registration_for(golden.summit, printed(version))


def test_two_keys_with_the_same_id_are_both_tried(golden, settings):
    old = tickets.key_id(tickets.signing_key().public_key())
    former = settings.TICKET_SIGNING_KEY
    for number in range(10_000):
        settings.TICKET_SIGNING_KEY = f"a key like many others {number}"
        if tickets.key_id(tickets.signing_key().public_key()) == old:
            break
    settings.TICKET_SIGNING_KEYS_OLD = [former]
    assert tickets.read(printed()).guid == tickets.read(tickets.token_for(golden)).guid == GUID


def test_the_key_id_is_signed_as_well(golden_key, settings):
    """A ticket does not choose a key: one that names another is refused although both are ours."""
    settings.TICKET_SIGNING_KEYS_OLD = ["a former key"]
    content = bytearray(raw(printed()))
    content[1] = tickets.key_id(tickets.verifying_keys()[1])
    with pytest.raises(tickets.BadTicket):
        tickets.read(encoded(bytes(content)))


def test_a_ticket_says_nothing_about_the_person(golden):
    assert raw(tickets.token_for(golden)) == head() + tickets.signing_key().sign(head())


def test_other_personal_data_make_no_other_ticket(golden):
    golden.name, golden.email, golden.organisation, golden.country = "성춘향", "x@x.example", "남원시청", "EE"
    assert tickets.token_for(golden) == printed()


def test_a_ticket_says_how_the_person_comes(golden):
    golden.attendance = "online"
    claims = tickets.read(tickets.token_for(golden))
    assert (claims.guid, claims.in_person) == (GUID, False)


def test_every_registration_has_its_own_ticket(summit):
    tokens = {tickets.token_for(make_registration(summit)) for _ in range(3)}
    assert len(tokens) == 3


@pytest.mark.parametrize("position", range(88))
def test_a_ticket_changed_in_any_byte_is_refused(golden_key, position):
    content = bytearray(raw(printed()))
    content[position] ^= 1
    with pytest.raises(tickets.BadTicket):
        tickets.read(encoded(bytes(content)))


def test_a_ticket_with_any_letter_changed_is_refused(golden_key):
    token = printed()
    for position in range(3, len(token)):
        other = "A" if token[position] != "A" else "7"
        with pytest.raises(tickets.BadTicket):
            tickets.read(token[:position] + other + token[position + 1 :])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: "",
        lambda t: "S1:",
        lambda t: t[:-1],
        lambda t: t + "A",
        lambda t: t + "AAAAAAAA",
        lambda t: t[: len(t) // 2],
        lambda t: t + t,
        lambda t: "S2:" + t[3:],
        lambda t: "한" + t[1:],
        lambda t: t.replace("S1:", "S1:\x00"),
    ],
)
def test_what_is_no_whole_ticket_is_refused(golden_key, spoil):
    with pytest.raises(tickets.BadTicket) as caught:
        tickets.read(spoil(printed()))
    assert (caught.value.code, caught.value.status) == ("bad_ticket", 422)


def test_a_ticket_read_in_small_letters_or_with_spaces_around_is_read(golden_key):
    assert tickets.read(f"  {printed().lower()}\n").guid == GUID


def test_a_ticket_signed_with_another_key_is_refused(golden_key):
    foreign = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(tickets.BadTicket):
        tickets.read(signed(head(), foreign))


@pytest.mark.parametrize("version", [0, 1, 3, 255])
def test_a_version_not_known_or_of_another_layout_is_refused_although_signed(golden_key, version):
    with pytest.raises(tickets.BadTicket):
        tickets.read(signed(bytes([version]) + head()[1:]))


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("length", [0, 1, 22, 25, 40])
def test_another_length_is_refused_although_signed(golden_key, length, version):
    with pytest.raises(tickets.BadTicket):
        tickets.read(signed((head(version) * 2)[:length]))


@given(st.text() | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=:S1", max_size=200) | st.binary().map(encoded))
@examples(database=None, deadline=None, max_examples=300)
def test_whatever_is_scanned_is_a_bad_ticket_and_nothing_else(text):
    with pytest.raises(tickets.BadTicket):
        tickets.read(text)


@given(st.binary(min_size=16, max_size=16), st.integers(0, 255), st.integers(0, 255), st.integers(0, 2**32 - 1))
@examples(database=None, deadline=None, max_examples=50)
def test_what_we_signed_is_read_back(guid, flags, issue, expires_at):
    for version in (1, 2):
        claims = tickets.read(signed(head(version, guid, flags, issue, expires_at)))
        assert claims == tickets.Claims(UUID(bytes=guid), flags % 2 == 1, issue, expires_at)


def test_a_ticket_fits_a_qr_code_of_version_6_with_error_correction_m(golden):
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(tickets.token_for(golden))
    code.make(fit=True)
    assert code.version <= 6
    assert len(tickets.token_for(golden)) == 144
    assert badges.face.TOKEN.fullmatch(tickets.token_for(golden))


def test_a_ticket_finds_its_registration(registration):
    assert tickets.registration_for(registration.summit, tickets.token_for(registration)) == registration


def test_a_ticket_of_another_summit_is_unknown_here(summit, registration):
    other = make_registration(make_summit("ogp2023"))
    with pytest.raises(tickets.UnknownTicket) as caught:
        tickets.registration_for(summit, tickets.token_for(other))
    assert (caught.value.code, caught.value.status) == ("unknown", 404)


def test_a_reference_of_another_summit_is_unknown_here(summit):
    other = make_registration(make_summit("ogp2023"))
    with pytest.raises(tickets.UnknownTicket):
        tickets.registration_for(summit, other.reference)


def test_a_ticket_whose_registration_is_gone_is_unknown(registration):
    token, summit = tickets.token_for(registration), registration.summit
    registration.delete()
    with pytest.raises(tickets.UnknownTicket):
        tickets.registration_for(summit, token)


def test_a_ticket_replaced_by_a_newer_one_is_refused(registration):
    old = tickets.token_for(registration)
    registration.ticket_issue = 2
    registration.save(update_fields=["ticket_issue"])
    with pytest.raises(tickets.ReplacedTicket) as caught:
        tickets.registration_for(registration.summit, old)
    assert said(caught.value.message, "en") == "This ticket was replaced by a newer one and no longer opens the door."
    assert (caught.value.status, caught.value.registration, caught.value.replaced_at) == (409, registration, None)
    assert tickets.registration_for(registration.summit, tickets.token_for(registration)) == registration


def test_the_256th_replacement_is_told_from_the_first(registration):
    registration.ticket_issue = 256
    registration.save(update_fields=["ticket_issue"])
    assert tickets.registration_for(registration.summit, tickets.token_for(registration)) == registration


def test_a_ticket_from_before_the_summit_moved_opens_the_door(registration):
    """Who carries the ticket of the first dates is not turned away: its registration is asked, not its date."""
    old = tickets.token_for(registration)
    Summit.objects.update(starts_on=date(2022, 12, 15), ends_on=date(2022, 12, 17))
    with time_machine.travel(datetime.fromtimestamp(EXPIRES + 1, UTC), tick=False):
        assert tickets.registration_for(Summit.objects.get(), old) == registration


def test_a_new_ticket_after_the_summit_moved_opens_the_door(registration):
    Summit.objects.update(starts_on=date(2022, 12, 15), ends_on=date(2022, 12, 17))
    moved = Registration.objects.select_related("summit").get()
    with time_machine.travel(datetime(2022, 12, 16, tzinfo=UTC), tick=False):
        assert tickets.registration_for(moved.summit, tickets.token_for(moved)) == registration


@pytest.mark.parametrize("typed", ["K7QM-3FXD", "k7qm 3fxd", "k7qm3fxd", " K7QM 3FXD ", "k7qm–3fxd", "k7.qm/3f xd"])
def test_a_reference_may_be_typed_sloppily(registration, typed):
    Registration.objects.update(reference="K7QM-3FXD")
    assert tickets.registration_for(registration.summit, typed) == registration


@pytest.mark.parametrize("typed", ["", " ", "-", "K7QM", "K7QM-3FXE", "K7QM-3FXD-9", "홍길동", "%", "x" * 5000])
def test_what_is_no_reference_is_unknown(registration, typed):
    Registration.objects.update(reference="K7QM-3FXD")
    with pytest.raises(tickets.UnknownTicket):
        tickets.registration_for(registration.summit, typed)


def test_a_cancelled_ticket_is_found_and_shows_that_it_is_cancelled(registration):
    token = tickets.token_for(lifecycle.cancel(registration))
    assert tickets.registration_for(registration.summit, token).is_confirmed is False


def test_a_changed_signing_key_makes_old_tickets_worthless(registration, settings):
    old = tickets.token_for(registration)
    settings.TICKET_SIGNING_KEY = "another key"
    with pytest.raises(tickets.BadTicket):
        tickets.registration_for(registration.summit, old)
