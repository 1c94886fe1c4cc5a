"""Hostile tokens: what was not minted here is good for nothing, however well it is made."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from jose import jwt

from auth.tokens import TokenRefused
from tests.auth import mutations
from tests.auth.forging import Json, body_of, forge, header_of, spell, text_of
from tests.auth.stations import ENQUIRY, OTHER_THUMBPRINT, THUMBPRINT, Border, Station, refused

COOKBOOK = Path(__file__).parents[1] / "data" / "jose_cookbook"


# What no library is trusted with


def read_by_the_library(token: str, key: str | bytes, algorithms: list[str]) -> Json:
    """What python-jose reads when told whom the token is for; its own clock is not ours."""
    lax = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    return jwt.decode(token, key, algorithms=algorithms, options=lax, audience="IN-RJ")


@pytest.mark.parametrize("name", ["exp", "aud", "iat", "nbf", "jti", "iss", "sub"])
def test_what_the_library_lets_through_without_a_claim_is_refused(station: Station, name: str) -> None:
    good = station.officer()
    body = {other: value for other, value in body_of(good).items() if other != name}
    token = forge(header_of(good), body, station.ring.current.private)
    assert read_by_the_library(token, station.ring.current.public_pem(), ["ES256"]) == body
    refused(station.tokens.verify_officer, token)


def test_the_library_takes_a_der_key_for_a_secret_and_we_do_not(station: Station) -> None:
    der = station.ring.current.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    token = jwt.encode(
        body_of(station.officer()), der, "HS256", headers=header_of(station.officer()) | {"alg": "HS256"}
    )
    assert read_by_the_library(token, der, ["HS256", "ES256"])
    refused(station.tokens.verify_officer, token)


def test_the_library_ignores_crit_and_we_do_not(station: Station) -> None:
    good = station.officer()
    token = forge(header_of(good) | {"crit": ["nobody"]}, body_of(good), station.ring.current.private)
    assert read_by_the_library(token, station.ring.current.public_pem(), ["ES256"])
    refused(station.tokens.verify_officer, token)


def test_the_library_breaks_on_hostile_json_and_we_refuse_it(station: Station) -> None:
    token = f"{spell(b'[' * 1500)}.{spell(b'{}')}.{spell(bytes(64))}"
    with pytest.raises(RecursionError):
        jwt.decode(token, station.ring.current.public_pem(), algorithms=["ES256"])
    refused(station.tokens.verify_officer, token)


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.BrainpoolP256R1(), ec.SECP384R1()], ids=lambda curve: curve.name)
def test_a_key_on_another_curve_verifies_nothing(border: Border, curve: ec.EllipticCurve) -> None:
    private, pem = mutations.key_on(curve)

    class Published:
        def public_pem(self, kid: str, issued_at: datetime) -> str:
            return pem

    good = border.home.peer()
    token = forge(header_of(good), body_of(good), private) if private.key_size == 256 else good
    with pytest.raises(TokenRefused):
        border.owner.tokens.verify_peer(token, ring_of={"IN-PB": Published()}, certificate_thumbprint=THUMBPRINT)


# Mutations

OFFICER_TEXTS = ["iss", "aud", "sub", "jti", "sid"]
OTHER_CONFIRMATIONS: list[object] = [
    *(None, {}, [], "", THUMBPRINT, {"jkt": THUMBPRINT}, {"thumbprint": THUMBPRINT}),
    *({"x5t#S256": other} for other in ("", OTHER_THUMBPRINT, [THUMBPRINT], THUMBPRINT + "=", None)),
    {"x5t#S256": THUMBPRINT, "jkt": "x"},
]
OTHER_COMPARTMENTS: list[object] = [
    *(
        None,
        {},
        "*",
        "IN-PB:HAWK",
        [""],
        ["HAWK"],
        [None],
        [1],
        ["*"],
        ["in-pb:hawk"],
        ["IN-PB:HAWK\n"],
        [["IN-PB:HAWK"]],
    ),
]
OTHER_LINES: list[object] = [None, True, 1, [], {}, "", " ", "\x00", "a\u202eb", "x" * 201]
PEER_TEXTS = ["iss", "aud", "sub", "jti", "purpose", "case_ref", "enquiry", "rank"]


def officer_mutations(station: Station) -> Iterator[tuple[str, object]]:
    token, key = station.officer(), station.ring.current
    yield from mutations.of_shape(token)
    yield from mutations.of_signature(token, key)
    yield from mutations.of_header(token, key, "fed+jwt")
    yield from mutations.of_claims(token, key, OFFICER_TEXTS)
    yield from mutations.of_times(token, key, longest=900)
    body, header = body_of(token), header_of(token)
    for sub in (
        "IN-RJ:asha.meena",
        "Asha.Meena",
        "as",
        "a" * 41,
        "asha meena",
        "../asha",
        "asha.meena\n",
        "аsha.meena",
    ):
        yield f"sub {sub!r}", forge(header, body | {"sub": sub}, key.private)
    another = station.officer(jti="o-2")
    for index in range(3):
        parts = token.split(".")
        parts[index] = another.split(".")[index]
        if index:
            yield f"part {index} of another token", ".".join(parts)


def peer_mutations(border: Border) -> Iterator[tuple[str, object]]:
    token, key = border.home.peer(), border.home.ring.current
    yield from mutations.of_shape(token)
    yield from mutations.of_signature(token, key)
    yield from mutations.of_header(token, key, "at+jwt")
    yield from mutations.of_claims(token, key, PEER_TEXTS)
    yield from mutations.of_times(token, key, longest=120)
    body, header = body_of(token), header_of(token)

    def signed(**changed: object) -> str:
        return forge(header, body | changed, key.private)

    for sub in (
        "gill.b",
        "IN-RJ:gill.b",
        "IN-HR:gill.b",
        "IN-PB:",
        "IN-PB:IN-PB:gill.b",
        "IN-PB:Gill",
        ":gill.b",
        "IN-PB/gill.b",
    ):
        yield f"sub {sub!r}", signed(sub=sub)
    for cnf in OTHER_CONFIRMATIONS:
        yield f"cnf {str(cnf)[:40]}", signed(cnf=cnf)
    yield (
        "cnf named twice",
        forge(header, text_of(body).replace('{"x5t#S256"', '{"x5t#S256":"x","x5t#S256"'), key.private),
    )
    for level in (-1, 4, 99, True, False, "1", 1.0, None, [1], "NAMED_DESK"):
        yield f"level {level!r}", signed(level=level)
    for held in OTHER_COMPARTMENTS:
        yield f"compartments {held!r}", signed(compartments=held)
    for name in ("unit", "legal_basis"):
        for text in OTHER_LINES:
            yield f"{name} {str(text)[:12]!r} {type(text).__name__}", signed(**{name: text})
    for enquiry in (
        ENQUIRY.replace("IN-PB", "IN-RJ"),
        ENQUIRY.replace("enquiry", "person"),
        ENQUIRY.upper(),
        ENQUIRY + "\n",
    ):
        yield f"enquiry {enquiry!r}", signed(enquiry=enquiry)
    for time in mutations.NOT_A_TIME:
        yield f"enquiry_exp {str(time)[:20]!r} {type(time).__name__}", signed(enquiry_exp=time)
    for purpose in ("investigation", "ALL", "INVESTIGATION,COURT"):
        yield f"purpose {purpose}", signed(purpose=purpose)


def test_none_of_the_mutations_of_an_officers_token_is_accepted(station: Station) -> None:
    tried = list(officer_mutations(station))
    accepted = [name for name, token in tried if not _refused(station.tokens.verify_officer, token)]
    assert accepted == []
    assert len(tried) >= 450


def test_none_of_the_mutations_of_a_peers_token_is_accepted(border: Border) -> None:
    tried = list(peer_mutations(border))
    accepted = [name for name, token in tried if not _refused(border.ask, token)]
    assert accepted == []
    assert len(tried) >= 500
    # And none of them used the good one up.
    assert border.ask(border.home.peer())


def _refused(verify: Callable[[Any], object], token: object) -> bool:
    """Whether a token is refused in the one way in which tokens are; anything else that is raised fails the test."""
    refusal = _refusal(verify, token)
    if refusal is None:
        return False
    assert str(refusal) == "The token is not valid."
    assert refusal.reason
    return True


def _refusal(verify: Callable[[Any], object], token: object) -> TokenRefused | None:
    try:
        verify(token)
    except TokenRefused as refusal:
        return refusal
    return None


def test_the_forger_of_these_tests_signs_well(station: Station, border: Border) -> None:
    # Or every mutation above would be refused for its signature alone.
    token, asking = station.officer(), border.home.peer()
    assert station.tokens.verify_officer(forge(header_of(token), body_of(token), station.ring.current.private))
    assert border.ask(forge(header_of(asking), body_of(asking), border.home.ring.current.private))


def test_each_kind_of_mutation_meets_the_check_that_is_meant_for_it(station: Station) -> None:
    reasons = set()
    for _, token in officer_mutations(station):
        reasons.add(refused(station.tokens.verify_officer, token).reason.partition(":")[0])
    assert reasons >= {
        "not ASCII text of at most 4,096 bytes",
        "not three parts",
        "a part is not base64url",
        "a part is not in its one spelling",
        "a signature is 64 bytes",
        "not JSON as we write it",
        "not a JSON object",
        "the header holds alg, typ and kid",
        "another algorithm",
        "another typ",
        "kid is not a thumbprint",
        "claims",
        "no key of this name at that time",
        "the signature does not hold",
        "iss and aud are this state",
        "lives too long, or ends before it begins",
        "from the future",
        "ended",
    }


def test_only_utf_8_is_read(station: Station) -> None:
    # Or we would read a header in UTF-16 and leave it to the library to fail on it.
    good = station.officer()
    token = forge(text_of(header_of(good)).encode("utf-16"), body_of(good), station.ring.current.private)
    assert refused(station.tokens.verify_officer, token).reason == "not JSON as we write it"


def test_no_single_bit_of_a_token_can_be_flipped(station: Station, border: Border) -> None:
    for verify, token in ((station.tokens.verify_officer, station.officer()), (border.ask, border.home.peer())):
        flipped = list(mutations.bit_flips(token))
        assert len(flipped) > 1500
        assert all(_refused(verify, changed) for changed in flipped)


def test_an_officers_token_does_not_speak_between_states_nor_the_other_way(station: Station, border: Border) -> None:
    refused(border.ask, border.home.officer())
    refused(border.home.tokens.verify_officer, border.home.peer(audience="IN-RJ"))
    refused(station.tokens.verify_officer, border.home.officer())


def compact_forms(value: object) -> Iterator[str]:
    """Every text in the cookbook that has the dots of a compact form."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from compact_forms(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from compact_forms(inner)
    elif isinstance(value, str) and 2 <= value.count(".") <= 4 and " " not in value:
        yield value


@pytest.mark.parametrize("file", sorted(COOKBOOK.rglob("*.json")), ids=lambda file: file.stem)
def test_nothing_out_of_the_jose_cookbook_is_a_token(station: Station, border: Border, file: Path) -> None:
    written = file.read_text(encoding="utf-8")
    good = station.officer()
    for token in [*compact_forms(json.loads(written)), written, json.dumps(json.loads(written))]:
        head, _, rest = token.partition(".")
        for offered in (token, f"{head}.{good.partition('.')[2]}", f"{good.partition('.')[0]}.{rest}"):
            refused(station.tokens.verify_officer, offered)
            refused(border.ask, offered)


def test_the_cookbook_is_here_and_holds_compact_forms() -> None:
    found = [token for file in COOKBOOK.rglob("*.json") for token in compact_forms(json.loads(file.read_text("utf-8")))]
    assert len(found) >= 10


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
JSON: st.SearchStrategy[object] = st.deferred(
    lambda: SCALARS | st.lists(JSON, max_size=3) | st.dictionaries(st.text(max_size=5), JSON, max_size=3)
)
CLAIM = st.sampled_from(["iss", "aud", "sub", "jti", "sid", "iat", "nbf", "exp"])


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.text("abcXYZ019-_.", max_size=300))
def test_no_text_that_comes_along_is_a_token(standing: Station, text: str) -> None:
    refused(standing.tokens.verify_officer, text)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=100) | JSON.map(lambda value: json.dumps(value).encode()), st.booleans())
def test_no_bytes_however_well_signed_are_a_header_or_a_payload(standing: Station, raw: bytes, in_header: bool) -> None:
    good = standing.officer()
    header, payload = (raw, body_of(good)) if in_header else (header_of(good), raw)
    refused(standing.tokens.verify_officer, forge(header, payload, standing.ring.current.private))


@settings(max_examples=150, deadline=None)
@given(CLAIM, JSON)
def test_a_claim_of_another_type_is_refused_however_well_signed(standing: Station, name: str, value: object) -> None:
    good = standing.officer()
    if isinstance(value, str) and name in OFFICER_TEXTS:
        value = [value]
    elif isinstance(value, int) and not isinstance(value, bool) and name in ("iat", "nbf", "exp"):
        value = str(value)
    refused(
        standing.tokens.verify_officer,
        forge(header_of(good), body_of(good) | {name: value}, standing.ring.current.private),
    )
