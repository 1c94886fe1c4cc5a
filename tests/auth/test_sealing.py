"""Names, digests, cursors and sealed bytes under one state's master."""

import base64
import hashlib
import hmac
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.safe import SafeBroken
from auth.sealing import CursorRefused, SealBroken, StateKeys

MASTER = bytes(range(32))
KEYS = StateKeys.from_master(MASTER)
OTHER = StateKeys.from_master(bytes(32))
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def subkey(use: bytes) -> bytes:
    """HKDF-SHA-256 (RFC 5869) written out for one block and no salt."""
    return hmac.digest(hmac.digest(bytes(32), MASTER, "sha256"), b"sangam/1/" + use + b"\x01", "sha256")


def test_a_value_id_is_the_hmac_that_the_design_names() -> None:
    expected = hmac.new(subkey(b"value"), b"PHONE\x1f+919812345678", hashlib.sha256).hexdigest()[:32]
    assert KEYS.value_id("PHONE", "+919812345678") == expected


def test_names_stay_what_they_are() -> None:
    # Stored in every graph: a change here orphans every Value and Key.
    assert KEYS.value_id("PHONE", "+919812345678") == "fb7c4cdcbc13b15e1c63ff77625ec601"
    assert KEYS.key_id("NAME", "सिंह") == "27d0010bf8384f8e9ed999b160f37113"
    assert KEYS.digest("find", "singh") == "8e4530b63c79b4dbffae54a2efc5d01f"


def test_one_text_has_another_name_for_every_use_kind_and_state() -> None:
    names = [
        KEYS.value_id("A", "x"),
        KEYS.key_id("A", "x"),
        KEYS.digest("A", "x"),
        KEYS.value_id("B", "x"),
        KEYS.value_id("Ax", ""),
        OTHER.value_id("A", "x"),
    ]
    assert len(set(names)) == len(names)


def test_a_kind_cannot_swallow_the_text() -> None:
    with pytest.raises(ValueError):
        KEYS.value_id("A\x1fB", "c")


def test_a_master_is_32_bytes() -> None:
    for length in (0, 16, 31, 33):
        with pytest.raises(ValueError):
            StateKeys.from_master(bytes(length))


def test_the_master_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = StateKeys.open(tmp_path / "state")
    assert StateKeys.open(tmp_path / "state").value_id("A", "x") == first.value_id("A", "x")
    assert stat.S_IMODE((tmp_path / "state" / "state.key").stat().st_mode) == 0o600
    assert StateKeys.open(tmp_path / "elsewhere").value_id("A", "x") != first.value_id("A", "x")


def test_a_master_cut_short_is_refused_and_kept(tmp_path: Path) -> None:
    StateKeys.open(tmp_path)
    (tmp_path / "state.key").write_bytes(b"short")
    with pytest.raises(SafeBroken, match=r"state\.key"):
        StateKeys.open(tmp_path)
    assert (tmp_path / "state.key").read_bytes() == b"short"


def test_secrets_do_not_show_in_a_trace() -> None:
    assert subkey(b"value").hex() not in repr(KEYS)
    assert str(subkey(b"value")) not in repr(KEYS)


@given(payload=st.binary(max_size=200), bound_to=st.binary(max_size=100))
def test_a_cursor_opens_to_what_was_sealed_and_is_always_the_same(payload: bytes, bound_to: bytes) -> None:
    text = KEYS.seal_cursor(payload, bound_to)
    assert KEYS.open_cursor(text, bound_to) == payload
    assert StateKeys.from_master(MASTER).seal_cursor(payload, bound_to) == text
    assert set(text) <= set(ALPHABET)


@given(payload=st.binary(max_size=20), bound_to=st.binary(max_size=20), other=st.binary(max_size=20))
def test_a_cursor_opens_only_for_what_it_is_bound_to(payload: bytes, bound_to: bytes, other: bytes) -> None:
    text = KEYS.seal_cursor(payload, bound_to)
    for keys, binding in ((KEYS, other), (OTHER, bound_to)):
        if (keys, binding) != (KEYS, bound_to):
            with pytest.raises(CursorRefused):
                keys.open_cursor(text, binding)


def test_no_byte_can_move_between_the_binding_and_the_payload() -> None:
    nonces = {KEYS.seal_cursor(payload, bound)[:16] for payload, bound in ((b"bc", b"a"), (b"c", b"ab"), (b"abc", b""))}
    assert len(nonces) == 3


def test_every_changed_character_of_a_cursor_is_refused() -> None:
    text = KEYS.seal_cursor(b"gang/2026-03-01/17", b"officer enquiry statement order")
    for place in range(len(text)):
        for letter in ALPHABET.replace(text[place], ""):
            with pytest.raises(CursorRefused):
                KEYS.open_cursor(text[:place] + letter + text[place + 1 :], b"officer enquiry statement order")


@pytest.mark.parametrize("payload", [b"", b"a", b"ab", b"abc"])
def test_a_cursor_has_one_spelling(payload: bytes) -> None:
    text = KEYS.seal_cursor(payload, b"b")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    spellings = {
        text + "=",
        text + "==",
        text + "\n",
        " " + text,
        base64.b64encode(raw).decode(),
        text + "A",
        text[:-1],
        "",
    }
    for spelling in spellings - {text}:
        with pytest.raises(CursorRefused):
            KEYS.open_cursor(spelling, b"b")


@given(st.text(max_size=300))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(CursorRefused):
        KEYS.open_cursor(text, b"")


@given(plain=st.binary(max_size=100), context=st.binary(max_size=50))
def test_what_lies_at_rest_opens_in_its_place_only(plain: bytes, context: bytes) -> None:
    sealed = KEYS.seal(plain, context)
    assert KEYS.unseal(sealed, context) == plain
    for keys, place, offered in (
        (OTHER, context, sealed),
        (KEYS, context + b"x", sealed),
        (KEYS, context, sealed[:-1]),
    ):
        with pytest.raises(SealBroken):
            keys.unseal(offered, place)


def test_every_flipped_bit_at_rest_is_found() -> None:
    sealed = KEYS.seal(b"JBSWY3DPEHPK3PXP", b"officer/totp")
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            KEYS.unseal(bytes(changed), b"officer/totp")


def test_two_seals_of_one_text_do_not_show_that_it_is_one() -> None:
    assert KEYS.seal(b"same", b"place") != KEYS.seal(b"same", b"place")


@pytest.mark.parametrize("sealed", [b"", b"x", bytes(12), bytes(27), bytes(28)])
def test_too_few_bytes_are_not_sealed_ones(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        KEYS.unseal(sealed, b"")
