"""A training world's membership: as good as any other, of keys that each state's own ring holds."""

from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from auth.certificates import der_of, ends_at, thumbprint
from auth.keys import KeyRing, SigningKey
from federation.membership import canonical, open_membership
from federation.training import training_membership
from tests.federation.peers import MORNING, NUMBERS, token_key

PLACES = {"IN-PB": "https://127.0.0.1:9002", "IN-RJ": "https://localhost:9001"}


def test_each_state_opens_it_as_its_first_and_finds_its_own_keys(tmp_path: Path) -> None:
    rings = {code: KeyRing.open(tmp_path / code, at=MORNING) for code in PLACES}
    made = training_membership({code: (PLACES[code], rings[code].public()) for code in PLACES}, MORNING)
    for code in PLACES:
        raw = canonical(made.signed)
        opened = open_membership(raw, trusted=None, own=code, own_number=NUMBERS[code], numbers=NUMBERS)
        [member] = [one for one in opened.membership.members if one.code == code]
        assert member.certificates == (made.issued[code].certificate_pem,)
        assert member.keys == rings[code].public()
        assert member.recovery == (made.recovery[code].public_pem(),)


def test_a_certificate_names_the_host_of_its_state_and_belongs_to_its_private_key() -> None:
    made = training_membership({code: (place, (token_key(),)) for code, place in PLACES.items()}, MORNING)
    hosts = {}
    for code, issued in made.issued.items():
        certificate = x509.load_pem_x509_certificate(issued.certificate_pem.encode())
        key = SigningKey.from_pem(issued.private_key_pem.encode())
        assert key.private.public_key() == certificate.public_key()
        assert (ends_at(issued.certificate_pem) - MORNING).days == 365
        hosts[code] = list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    assert hosts == {"IN-PB": [x509.IPAddress(ip_address("127.0.0.1"))], "IN-RJ": [x509.DNSName("localhost")]}
    assert len({thumbprint(der_of(one.certificate_pem)) for one in made.issued.values()}) == 2


def test_no_private_key_is_shown() -> None:
    made = training_membership({"IN-RJ": (PLACES["IN-RJ"], (token_key(),))}, MORNING)
    assert "PRIVATE" not in repr(made) + repr(made.issued)


def test_a_state_without_a_number_or_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="IN-RJ"):
        training_membership({"IN-XX": (PLACES["IN-RJ"], (token_key(),))}, MORNING)
    with pytest.raises(ValueError, match="no address"):
        training_membership({"IN-RJ": ("127.0.0.1:9001", (token_key(),))}, MORNING)
