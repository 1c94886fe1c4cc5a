"""The ring of signing keys: how it begins, turns, and is shared."""

import base64
import hashlib
import json
import multiprocessing
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from auth.keys import HandoverWaits, KeyRing, SigningKey, holds, is_p256, kid_of, verify
from auth.safe import SafeBroken

NOON = datetime(2026, 3, 1, 12, 0, 0, 700_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def public_pem_of(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_a_kid_is_the_thumbprint_of_the_public_key() -> None:
    key = SigningKey.generate()
    loaded = load_pem_public_key(key.public_pem().encode())
    assert isinstance(loaded, ec.EllipticCurvePublicKey)
    point = loaded.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    x, y = (base64.urlsafe_b64encode(half).decode().rstrip("=") for half in (point[1:33], point[33:]))
    text = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    assert base64.urlsafe_b64decode(key.kid + "=") == hashlib.sha256(text.encode()).digest()


def test_a_kid_keeps_the_leading_zeros_of_a_coordinate() -> None:
    # RFC 7518 fixes the length: about one key in 128 would else have another name elsewhere.
    private = next(
        key
        for key in (ec.derive_private_key(scalar, ec.SECP256R1()) for scalar in range(1, 3000))
        if key.public_key().public_numbers().x < 1 << 248
    )
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    members = {"crv": "P-256", "kty": "EC"}
    for name, half in (("x", point[1:33]), ("y", point[33:])):
        members[name] = base64.urlsafe_b64encode(half).decode().rstrip("=")
    expected = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    assert SigningKey(private).kid == base64.urlsafe_b64encode(expected).decode().rstrip("=")


def test_a_key_comes_back_from_its_own_pem() -> None:
    key = SigningKey.generate()
    again = SigningKey.from_pem(key.private_pem())
    assert (again.kid, again.public_pem()) == (key.kid, key.public_pem())


@pytest.mark.parametrize(
    "private",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256K1()),
        rsa.generate_private_key(65537, 2048),
    ],
    ids=["P-384", "secp256k1", "RSA"],
)
def test_only_a_p256_key_signs_or_verifies(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    with pytest.raises(ValueError):
        SigningKey.from_pem(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert not is_p256(public_pem_of(private))


def test_only_a_public_key_is_taken_for_one() -> None:
    key = SigningKey.generate()
    assert is_p256(key.public_pem())
    assert not is_p256(key.private_pem().decode())
    assert not is_p256("no key")


def test_a_name_is_reckoned_from_the_public_half_alone() -> None:
    key = SigningKey.generate()
    assert kid_of(key.public_pem()) == key.kid
    for text in ("no key", key.private_pem().decode(), key.public_pem() + SigningKey.generate().public_pem()):
        with pytest.raises(ValueError, match="public key"):
            kid_of(text)


def test_only_what_this_key_signed_is_verified() -> None:
    key, said = SigningKey.generate(), b"what was said"
    signature = key.sign(said)
    assert verify(key.public_pem(), said, signature)
    assert not verify(key.public_pem(), said + b".", signature)
    assert not verify(SigningKey.generate().public_pem(), said, signature)
    for broken in (b"", signature[:-1], signature + b"\x00", bytes(len(signature))):
        assert not verify(key.public_pem(), said, broken)


def test_what_another_kind_of_key_signed_is_not_verified() -> None:
    private = ec.generate_private_key(ec.SECP384R1())
    signature = private.sign(b"said", ec.ECDSA(SHA256()))
    private.public_key().verify(signature, b"said", ec.ECDSA(SHA256()))
    assert not verify(public_pem_of(private), b"said", signature)
    assert not verify("no key", b"said", signature)


def test_a_ring_shows_every_public_key_with_its_time_and_no_private_one(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path, at=NOON)
    old, begin, end = ring.current, NOON.replace(microsecond=0), (NOON + SECOND).replace(microsecond=0)
    new = ring.rotate(NOON + SECOND)
    keys = ring.public()
    assert [(key.kid, key.not_before, key.retired_at) for key in keys] == [(old.kid, begin, end), (new.kid, end, None)]
    assert [key.public_pem for key in keys] == [old.public_pem(), new.public_pem()]
    assert keys == KeyRing.open(tmp_path, at=NOON).public()


def test_the_first_opening_makes_a_key_that_the_next_one_finds(tmp_path: Path) -> None:
    first = KeyRing.open(tmp_path / "keys", at=NOON)
    again = KeyRing.open(tmp_path / "keys", at=NOON + timedelta(days=9))
    assert again.current.kid == first.current.kid
    assert again.public_pem(first.current.kid, NOON) == first.current.public_pem()


def test_nobody_else_can_read_the_keys(tmp_path: Path) -> None:
    KeyRing.open(tmp_path / "keys", at=NOON).rotate(NOON)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()} == {0o600}


def test_a_directory_open_to_others_is_closed_first(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    KeyRing.open(tmp_path, at=NOON)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_keys_that_others_could_read_are_refused_by_name(tmp_path: Path) -> None:
    KeyRing.open(tmp_path, at=NOON)
    (tmp_path / "signing-keys.json").chmod(0o640)
    with pytest.raises(SafeBroken, match=r"signing-keys\.json"):
        KeyRing.open(tmp_path, at=NOON)


def test_keys_are_not_read_through_a_link(tmp_path: Path) -> None:
    KeyRing.open(tmp_path / "real", at=NOON)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "signing-keys.json").symlink_to(tmp_path / "real" / "signing-keys.json")
    with pytest.raises(OSError):
        KeyRing.open(tmp_path / "other", at=NOON)


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b'{"version": 2}', b'{"version": 1}', b'{"version": 1, "signing": "x", "keys": {}}'],
)
def test_a_damaged_ring_is_refused_and_not_replaced(tmp_path: Path, damage: bytes) -> None:
    KeyRing.open(tmp_path, at=NOON)
    (tmp_path / "signing-keys.json").write_bytes(damage)
    with pytest.raises(SafeBroken, match="is not a key ring"):
        KeyRing.open(tmp_path, at=NOON)
    assert (tmp_path / "signing-keys.json").read_bytes() == damage


def test_what_a_crash_left_half_written_is_not_read(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path, at=NOON)
    (tmp_path / "signing-keys.json.new").write_bytes(b"{")
    (tmp_path / "signing-keys.json.new").chmod(0o644)
    fresh = ring.rotate(NOON + SECOND)
    assert KeyRing.open(tmp_path, at=NOON).current.kid == fresh.kid
    assert stat.S_IMODE((tmp_path / "signing-keys.json").stat().st_mode) == 0o600


def test_a_retired_key_verifies_nothing_issued_after_its_end(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path, at=NOON)
    old = ring.current
    end = NOON + timedelta(hours=1)
    ring.rotate(end)
    assert ring.public_pem(old.kid, end.replace(microsecond=0)) == old.public_pem()
    assert ring.public_pem(old.kid, end.replace(microsecond=0) + SECOND) is None


def test_a_key_verifies_nothing_issued_before_its_beginning(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path, at=NOON)
    kid = ring.rotate(NOON + timedelta(hours=1)).kid
    begin = (NOON + timedelta(hours=1)).replace(microsecond=0)
    assert ring.public_pem(kid, begin) is not None
    assert ring.public_pem(kid, begin - SECOND) is None


def test_a_name_outside_the_ring_finds_no_key(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path, at=NOON)
    for name in ("", "../signing-keys.json", SigningKey.generate().kid, ring.current.kid.swapcase()):
        assert ring.public_pem(name, NOON) is None


def test_rotation_forgets_the_private_half(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path, at=NOON)
    old = ring.current.private_pem().decode()
    ring.rotate(NOON + SECOND)
    stored = json.loads((tmp_path / "signing-keys.json").read_text())
    assert old not in json.dumps(stored).replace("\\n", "\n")
    assert len(stored["keys"]) == 2


def test_another_process_sees_a_rotation_at_once(tmp_path: Path) -> None:
    here, there = KeyRing.open(tmp_path, at=NOON), KeyRing.open(tmp_path, at=NOON)
    fresh = there.rotate(NOON + SECOND)
    assert here.current.kid == fresh.kid
    assert here.public_pem(fresh.kid, NOON + SECOND) == fresh.public_pem()


def test_two_rotations_in_a_row_keep_every_key(tmp_path: Path) -> None:
    here, there = KeyRing.open(tmp_path, at=NOON), KeyRing.open(tmp_path, at=NOON)
    kids = [here.current.kid, there.rotate(NOON + SECOND).kid, here.rotate(NOON + 2 * SECOND).kid]
    assert len(set(kids)) == 3
    times = [NOON, NOON + SECOND, NOON + 2 * SECOND]
    assert all(there.public_pem(kid, at.replace(microsecond=0)) for kid, at in zip(kids, times, strict=True))


def test_a_clock_set_back_does_not_rotate(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path, at=NOON)
    kid = ring.current.kid
    with pytest.raises(ValueError, match="clock"):
        ring.rotate(NOON - timedelta(seconds=5))
    assert ring.current.kid == kid


def _open_and_tell(
    directory: str, gate: "multiprocessing.synchronize.Barrier", told: "multiprocessing.Queue[str]"
) -> None:
    gate.wait()
    told.put(KeyRing.open(Path(directory), at=NOON).current.kid)


def test_processes_that_open_at_once_end_with_one_key(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    gate, told = fork.Barrier(4), fork.Queue()
    children = [fork.Process(target=_open_and_tell, args=(os.fspath(tmp_path), gate, told)) for _ in range(4)]
    for child in children:
        child.start()
    kids = {told.get(timeout=30) for _ in children}
    for child in children:
        child.join(timeout=30)
    assert kids == {KeyRing.open(tmp_path, at=NOON).current.kid}


def test_the_next_key_signs_from_its_beginning_on_and_the_old_one_until_then(tmp_path: Path) -> None:
    ring, begins = KeyRing.open(tmp_path, at=NOON), (NOON + timedelta(hours=1)).replace(microsecond=0)
    old = ring.current
    said = ring.hand_over(NOON, begins=begins)
    assert [ring.signing_at(at).kid for at in (begins - SECOND, begins)] == [old.kid, said.kid]
    assert ring.sign(b"said", begins)[0] == said.kid
    assert holds(said, old.public_pem())
    assert not holds(said, said.public_pem)
    assert ring.public_pem(old.kid, begins) is not None
    assert ring.public_pem(old.kid, begins + SECOND) is None
    assert ring.public_pem(said.kid, begins - SECOND) is None
    assert KeyRing.open(tmp_path, at=NOON).handovers == (said,)


def test_of_a_key_that_handed_over_the_private_half_is_kept_to_its_end_and_no_longer(tmp_path: Path) -> None:
    ring, begins = KeyRing.open(tmp_path, at=NOON), (NOON + timedelta(hours=1)).replace(microsecond=0)
    old = ring.current.private_pem().decode()
    said = ring.hand_over(NOON, begins=begins)

    def kept() -> bool:
        return old in (tmp_path / "signing-keys.json").read_text().replace("\\n", "\n")

    ring.settle(begins - SECOND)
    assert kept()
    ring.settle(begins)
    assert not kept()
    assert ring.current.kid == said.kid
    then = ring.hand_over(begins, begins=begins + SECOND)
    assert (then.by, ring.handovers) == (said.kid, (said, then))


def test_while_a_next_key_waits_there_is_no_other(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path, at=NOON)
    ring.hand_over(NOON, begins=NOON + timedelta(hours=1))
    for change in (lambda: ring.rotate(NOON), lambda: ring.hand_over(NOON, begins=NOON + timedelta(hours=2))):
        with pytest.raises(HandoverWaits):
            change()
