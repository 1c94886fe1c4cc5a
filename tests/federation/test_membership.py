"""Opening a membership: each check fails by its name, and more than half of the trusted members must have signed."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from auth.certificates import der_of, thumbprint
from auth.keys import SigningKey
from federation.membership import (
    LARGEST,
    Check,
    MembershipRefused,
    canonical,
    differences,
    fingerprint,
    open_membership,
    sign,
)
from schemas.membership import MemberSignature, SignedMembership
from tests.federation.peers import (
    MORNING,
    NUMBERS,
    SIX,
    Edit,
    edited,
    member,
    second,
    signed_by,
    spoiled,
    token_key,
    world,
)

RJ, PB, HR, DL, GJ, CH = SIX
NO_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
NO_KEY = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
P384 = ec.generate_private_key(ec.SECP384R1())
P384_KEY = P384.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def opened(
    raw: bytes, *, first: bool = False, numbers: Mapping[str, int] = NUMBERS, own_number: int = 0
) -> SignedMembership:
    """Open a file in Rajasthan, which trusts the first version unless it is the first that it opens."""
    trusted = None if first else world().signed.membership
    return open_membership(raw, trusted=trusted, own=RJ, own_number=own_number, numbers=numbers)


def refused(raw: bytes, **more: Any) -> Check:
    """Give the check by which a file is refused."""
    with pytest.raises(MembershipRefused) as problem:
        opened(raw, **more)
    assert str(problem.value) == f"{problem.value.check.value}: {problem.value.reason}"
    return problem.value.check


def p384_certificate() -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "P-384")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(P384.public_key())
    builder = builder.serial_number(1).not_valid_before(MORNING).not_valid_after(MORNING + timedelta(days=1))
    return builder.sign(P384, SHA256()).public_bytes(Encoding.PEM).decode()


def certificate(place: int) -> str:
    return world().signed.membership.members[place].certificates[0]


def respelled(pem: str) -> str:
    """Give the same certificate in lines of 32 characters."""
    head, *lines, tail = pem.strip().splitlines()
    body = "".join(lines)
    return "\n".join([head, *(body[place : place + 32] for place in range(0, len(body), 32)), tail])


def recovery(place: int) -> str:
    return world().signed.membership.members[place].recovery[0]


def key(**more: object) -> list[dict[str, object]]:
    return [token_key().model_dump(mode="json") | more]


def put(place: int, name: str, value: object) -> Edit:
    """Say something else of one member."""
    return lambda said: said["members"][place].update({name: value})


def joins(code: str, number: int) -> Edit:
    """Let a state join."""
    return lambda said: said["members"].append(member(code, f"State of {code}", number)[0])


def both(one: Edit, other: Edit) -> Edit:
    return lambda said: (one(said), other(said))


def leaves(place: int) -> Edit:
    return lambda said: said["members"].pop(place)


def test_a_second_version_is_opened_also_when_a_state_joins_or_leaves() -> None:
    for edit in (lambda said: None, joins("IN-UP", 6), leaves(5), put(1, "keys", key())):
        raw = second(edit)
        assert canonical(opened(raw)) == raw


def test_a_first_version_is_opened_as_it_was_signed() -> None:
    assert opened(canonical(world().signed), first=True) == world().signed


@pytest.mark.parametrize(
    ("check", "edit"),
    [
        pytest.param(Check.OWN, leaves(0), id="this state is no member"),
        pytest.param(Check.CERTIFICATE, put(1, "certificates", [NO_CERTIFICATE]), id="no certificate"),
        pytest.param(Check.CERTIFICATE, put(1, "certificates", [p384_certificate()]), id="certificate of P-384"),
        pytest.param(Check.CERTIFICATE, put(1, "certificates", [certificate(1) + certificate(1)]), id="two in one"),
        pytest.param(
            Check.CERTIFICATE, put(1, "certificates", [spoiled(certificate(1))]), id="one that TLS does not take"
        ),
        pytest.param(Check.CERTIFICATE, put(1, "certificates", [respelled(certificate(2))]), id="of two states"),
        pytest.param(Check.KEY, put(1, "keys", key(public_pem=NO_KEY)), id="no key"),
        pytest.param(Check.KEY, put(1, "keys", key(public_pem=P384_KEY)), id="key of P-384"),
        pytest.param(Check.KEY, put(1, "keys", key(kid="A" * 43)), id="key under another name"),
        pytest.param(Check.KEY, put(1, "keys", key() * 2), id="key twice"),
        pytest.param(Check.KEY, put(1, "recovery", [NO_KEY]), id="no recovery key"),
        pytest.param(Check.KEY, put(1, "recovery", [P384_KEY]), id="recovery key of P-384"),
        pytest.param(Check.KEY, put(1, "recovery", [recovery(1), recovery(2)]), id="recovery key of two states"),
        pytest.param(Check.KEY, put(1, "recovery", [recovery(1) * 2]), id="two keys in one text"),
        pytest.param(Check.VERSION, lambda said: said.update(version=1), id="the version that is trusted"),
        pytest.param(Check.VERSION, lambda said: said.update(version=3), id="a version that skips one"),
        pytest.param(Check.NUMBER, put(5, "number", 6), id="another number for a state"),
        pytest.param(Check.NUMBER, both(leaves(5), joins("IN-UP", 5)), id="the number of a state that leaves"),
    ],
)
def test_each_check_refuses_by_its_name_what_all_states_have_signed(check: Check, edit: Edit) -> None:
    assert refused(second(edit)) is check


def test_a_recovery_key_that_signs_tokens_is_not_offline() -> None:
    signs = token_key(world().recovery[PB]).model_dump(mode="json")
    assert refused(second(put(1, "keys", [signs]))) is Check.KEY


def test_this_state_keeps_its_own_number() -> None:
    assert refused(second(), own_number=1) is Check.OWN


def test_a_number_is_known_for_good_though_its_state_has_left_long_ago() -> None:
    ever = {**NUMBERS, "IN-UP": 6}
    assert refused(second(joins("IN-HP", 6)), numbers=ever) is Check.NUMBER
    assert refused(second(joins("IN-UP", 7)), numbers=ever) is Check.NUMBER
    assert opened(second(joins("IN-UP", 6)), numbers=ever).membership.members[-1].number == 6


def test_what_the_trusted_version_says_of_numbers_holds_without_being_told() -> None:
    assert refused(second(both(leaves(5), joins("IN-UP", 5))), numbers={}) is Check.NUMBER


def test_a_file_of_more_than_two_megabytes_is_not_even_read() -> None:
    assert refused(b"{" + b" " * LARGEST) is Check.SIZE
    assert refused(b" " * LARGEST) is Check.FORM


RAW = second()
TEXT = RAW.decode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"null",
        b"[" * 100_000,
        b"\xff" + RAW,
        b"\xef\xbb\xbf" + RAW,
        TEXT.encode("utf-16"),
        RAW + b"\n",
        RAW + b"{}",
        json.dumps(json.loads(RAW), indent=1).encode(),
        json.dumps(json.loads(RAW), separators=(",", ":")).encode().replace(b"Delhi", b"\\u0044elhi"),
        TEXT.replace('"version":2', '"version":2,"version":2').encode(),
        TEXT.replace('"version":2', '"version":2,"more":1').encode(),
        TEXT.replace('"version":2', '"version":"2"').encode(),
        TEXT.replace('"version":2', '"version":2.0').encode(),
        TEXT.replace('"version":2', '"version":NaN').encode(),
        TEXT.replace('"version":2', f'"version":{"9" * 5000}').encode(),
        TEXT.replace('"name":"Delhi"', '"name":" Delhi"').encode(),
        TEXT.replace('"name":"Delhi"', '"name":"\\ud800"').encode(),
        TEXT.replace("-----BEGIN CERT", "\\ud800-----BEGIN CERT").encode(),
        RAW.replace(b'"name":"Delhi"', b'"name":"\xed\xa0\x80"'),
        TEXT.replace("09:00:00Z", "14:30:00+05:30").encode(),
        TEXT.replace("-----BEGIN CERT", "\\n-----BEGIN CERT").encode(),
        TEXT.replace("CATE-----\\n", "CATE-----\\nProc-Type: 4,ENCRYPTED\\n\\n", 1).encode(),
        TEXT.replace("KEY-----\\n", "KEY-----\\nComment: none\\n\\n", 1).encode(),
    ],
    # Not by what they hold: signatures differ from run to run, and their lengths with them.
    ids=count(),
)
def test_a_file_that_is_not_in_its_one_form_is_refused(raw: bytes) -> None:
    assert raw != RAW
    assert refused(raw) is Check.FORM


def test_more_than_half_of_the_trusted_members_must_sign() -> None:
    assert opened(second(who=(RJ, PB, HR, GJ))).membership.version == 2
    assert refused(second(who=(RJ, PB, HR))) is Check.QUORUM
    assert refused(second(who=())) is Check.QUORUM


def test_the_first_version_too_needs_more_than_half() -> None:
    membership, keys = world().signed.membership, world().recovery
    assert refused(canonical(signed_by(membership, keys, SIX[:3])), first=True) is Check.QUORUM
    assert opened(canonical(signed_by(membership, keys, SIX[:4])), first=True).membership == membership


def test_a_state_that_signs_with_two_keys_counts_once() -> None:
    more = SigningKey.generate()
    membership = edited(put(1, "recovery", sorted([recovery(1), more.public_pem()])), version=1)
    trusted = signed_by(membership, world().recovery).membership
    again = signed_by(edited(lambda said: None, of=trusted), world().recovery, (RJ, PB, HR))
    raw = canonical(sign(again, PB, more))
    with pytest.raises(MembershipRefused, match="QUORUM"):
        open_membership(raw, trusted=trusted, own=RJ, own_number=0, numbers=NUMBERS)


def test_one_signature_given_twice_counts_once() -> None:
    signed = signed_by(edited(lambda said: None), world().recovery, (RJ, PB, HR))
    twice = SignedMembership(membership=signed.membership, signatures=signed.signatures * 2)
    assert refused(canonical(twice)) is Check.QUORUM


def of_another_membership(one: MemberSignature) -> MemberSignature:
    """Give what the same state signed under the version before."""
    return next(other for other in world().signed.signatures if other.state == one.state)


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda one: one.model_copy(update={"signature": "A" * 96}), id="bytes that are no signature"),
        pytest.param(lambda one: one.model_copy(update={"signature": "A" * 97}), id="no base64url at all"),
        pytest.param(lambda one: one.model_copy(update={"state": CH}), id="another state's signature"),
        pytest.param(lambda one: one.model_copy(update={"kid": "A" * 43}), id="under another key's name"),
        pytest.param(of_another_membership, id="of another membership"),
    ],
)
def test_a_forged_signature_counts_for_nothing(forge: Callable[[MemberSignature], MemberSignature]) -> None:
    signed = signed_by(edited(lambda said: None), world().recovery, (RJ, PB, HR, DL))
    assert opened(canonical(signed)) == signed
    *three, fourth = signed.signatures
    forged = SignedMembership(membership=signed.membership, signatures=(*three, forge(fourth)))
    assert refused(canonical(forged)) is Check.QUORUM


def test_a_key_that_a_state_lists_only_in_the_new_version_does_not_sign_it_in() -> None:
    keys = {code: SigningKey.generate() for code in SIX}

    def edit(said: dict[str, Any]) -> None:
        for one in said["members"]:
            one["recovery"] = [keys[one["code"]].public_pem()]

    taken_over = signed_by(edited(edit), keys)
    assert refused(canonical(taken_over)) is Check.QUORUM
    assert opened(canonical(taken_over), first=True) == taken_over, "only fingerprints tell this one"


def test_states_that_join_do_not_sign_themselves_in() -> None:
    joining = [member(code, f"State of {code}", number) for code, number in (("IN-UP", 6), ("IN-HP", 7), ("IN-BR", 8))]
    membership = edited(lambda said: said["members"].extend(said for said, _ in joining))
    keys = {said["code"]: key for said, key in joining}
    assert refused(canonical(signed_by(membership, {**world().recovery, **keys}, (RJ, PB, HR, *keys)))) is Check.QUORUM


def test_what_a_recovery_key_signs_as_something_else_is_no_signature_of_a_membership() -> None:
    membership = edited(lambda said: None)
    signed = signed_by(membership, world().recovery, (RJ, PB, HR))
    bare = base64.urlsafe_b64encode(world().recovery[DL].sign(canonical(membership))).decode().rstrip("=")
    fourth = MemberSignature(state=DL, kid=world().recovery[DL].kid, signature=bare)
    raw = canonical(SignedMembership(membership=membership, signatures=(*signed.signatures, fourth)))
    assert refused(raw) is Check.QUORUM


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_a_file_with_a_byte_changed_is_refused_or_says_the_same(place: int, flip: int) -> None:
    raw = RAW[:place] + bytes([RAW[place] ^ flip]) + RAW[place + 1 :]
    with suppress(MembershipRefused):
        assert opened(raw).membership == opened(RAW).membership


def test_signing_again_replaces_what_this_key_signed_before() -> None:
    again = sign(world().signed, PB, world().recovery[PB])
    assert [one.state for one in again.signatures] == sorted(SIX)


def test_a_fingerprint_is_the_sha_256_of_the_membership_in_groups_and_says_nothing_of_who_signed() -> None:
    membership = world().signed.membership
    digits = hashlib.sha256(canonical(membership)).hexdigest()
    said = fingerprint(membership)
    assert (said.replace(" ", ""), len(said.split())) == (digits, 16)
    assert fingerprint(edited(lambda said: None)) != said


@pytest.mark.parametrize(
    ("edit", "sentences"),
    [
        (lambda said: None, []),
        (leaves(5), ["IN-CH leaves."]),
        (put(1, "address", "https://pb.example:8443"), ["IN-PB answers at https://pb.example:8443, before "]),
        (put(1, "name", "Panjab"), ["IN-PB is called Panjab, before Punjab."]),
        (put(1, "contact_desk", "Night desk"), ["IN-PB is reached by people at Night desk, before "]),
        (put(1, "keys", key()), ["IN-PB also signs tokens with ", "IN-PB signs tokens no more with "]),
        (
            put(1, "recovery", [SigningKey.generate().public_pem()]),
            ["IN-PB also recovers by ", "IN-PB recovers no more"],
        ),
        (
            joins("IN-UP", 6),
            ["IN-UP (State of IN-UP) joins with number 6, at ", "IN-UP speaks under ", "IN-UP recovers"],
        ),
    ],
)
def test_what_changes_is_said_in_sentences(edit: Edit, sentences: list[str]) -> None:
    said = differences(world().signed.membership, edited(edit))
    assert len(said) == len(sentences), said
    assert all(one.startswith(begin) for one, begin in zip(said, sentences, strict=True)), said


def test_a_certificate_changed_for_the_next_is_named_by_its_thumbprint_and_its_end() -> None:
    fresh = member(PB, "Punjab", 1)[0]["certificates"][0]
    said = differences(world().signed.membership, edited(put(1, "certificates", [fresh])))
    assert said == [
        f"IN-PB also speaks under certificate {thumbprint(der_of(fresh))}, good to 2027-05-04.",
        f"IN-PB speaks no more under certificate {thumbprint(der_of(certificate(1)))}, good to 2027-05-04.",
    ]


def test_a_key_that_is_retired_is_said_with_its_times() -> None:
    old = world().signed.membership.members[1].keys[0]
    ended = old.model_dump(mode="json") | {"retired_at": "2026-05-05T09:00:00Z"}
    [said] = differences(world().signed.membership, edited(put(1, "keys", [ended])))
    assert said.endswith("from 2026-05-04T09:00:00+00:00 to 2026-05-05T09:00:00+00:00 now.")


def test_a_first_membership_is_told_member_by_member() -> None:
    said = differences(None, world().signed.membership)
    assert [one.split()[0] for one in said] == [code for code in SIX for _ in range(3)]
