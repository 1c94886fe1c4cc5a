"""Certificates: how one is read and named, and that a pinned one alone is believed in a handshake of TLS 1.3."""

import base64
import hashlib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from auth.certificates import TRAINING_AUTHORITY, Issued, TrainingAuthority, der_of, ends_at, thumbprint
from auth.keys import SigningKey

NOON = datetime(2026, 3, 1, 12, 0, 0, 700_000, tzinfo=UTC)
HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def authority() -> TrainingAuthority:
    return TrainingAuthority.generate(NOON)


@pytest.fixture(scope="module")
def leaf(authority: TrainingAuthority) -> Issued:
    return authority.issue("IN-RJ", [HOST, "localhost", "::1"], at=NOON, days=90)


def self_signed(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "any")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    builder = builder.serial_number(7).not_valid_before(NOON).not_valid_after(NOON + timedelta(days=1))
    hash = None if isinstance(private, ed25519.Ed25519PrivateKey) else SHA256()
    return builder.sign(private, hash).public_bytes(Encoding.PEM).decode()


def test_a_certificate_is_named_by_the_hash_of_its_der_form(leaf: Issued) -> None:
    lines = leaf.certificate_pem.strip().splitlines()[1:-1]
    der = base64.b64decode("".join(lines))
    assert der_of(leaf.certificate_pem) == der
    assert base64.urlsafe_b64decode(thumbprint(der) + "=") == hashlib.sha256(der).digest()
    assert len(thumbprint(der)) == 43


def test_a_certificate_says_from_when_and_until_when_it_is_good(leaf: Issued) -> None:
    begin = NOON.replace(microsecond=0)
    assert (
        x509.load_pem_x509_certificate(leaf.certificate_pem.encode()).not_valid_before_utc,
        ends_at(leaf.certificate_pem),
    ) == (begin, begin + timedelta(days=90))
    assert ends_at(leaf.certificate_pem).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused_in_plain_words(text: str) -> None:
    for read in (der_of, ends_at):
        with pytest.raises(ValueError, match="This is no certificate"):
            read(text)


def test_a_key_is_no_certificate() -> None:
    with pytest.raises(ValueError, match="This is no certificate"):
        der_of(SigningKey.generate().public_pem())


def test_a_certificate_of_a_version_that_there_is_not_is_refused(leaf: Issued) -> None:
    der = der_of(leaf.certificate_pem)
    # The version is the first thing in what is signed: [0] INTEGER 2, which means version 3.
    strange = der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020122"), 1)
    assert strange != der
    body = base64.encodebytes(strange).decode()
    with pytest.raises(ValueError, match="This is no certificate"):
        der_of(f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n")


def test_two_certificates_in_one_text_are_refused(leaf: Issued) -> None:
    with pytest.raises(ValueError, match="several"):
        der_of(leaf.certificate_pem * 2)


@pytest.mark.parametrize(
    "private",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256K1()),
        rsa.generate_private_key(65537, 2048),
        ed25519.Ed25519PrivateKey.generate(),
    ],
    ids=["P-384", "secp256k1", "RSA", "Ed25519"],
)
def test_only_a_p256_certificate_is_taken(
    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
) -> None:
    with pytest.raises(ValueError, match="not a P-256 key"):
        der_of(self_signed(private))
    assert der_of(self_signed(ec.generate_private_key(ec.SECP256R1())))


def test_the_training_authority_says_what_it_is_for_and_issues_what_both_ends_need(
    authority: TrainingAuthority, leaf: Issued
) -> None:
    certificate = x509.load_pem_x509_certificate(leaf.certificate_pem.encode())
    certificate.verify_directly_issued_by(authority.certificate)
    [issuer] = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert issuer.value == TRAINING_AUTHORITY == "Sangam training authority: for training only"
    said = certificate.extensions
    assert certificate.version is x509.Version.v3
    assert not said.get_extension_for_class(x509.BasicConstraints).value.ca
    purposes = said.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert set(purposes) == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
    hosts = said.get_extension_for_class(x509.SubjectAlternativeName).value
    assert hosts.get_values_for_type(x509.IPAddress) == [ip_address(HOST), ip_address("::1")]
    assert hosts.get_values_for_type(x509.DNSName) == ["localhost"]


def test_a_private_key_belongs_to_its_certificate_and_is_not_shown(leaf: Issued) -> None:
    certificate = x509.load_pem_x509_certificate(leaf.certificate_pem.encode())
    held = SigningKey.from_pem(leaf.private_key_pem.encode())
    assert certificate.public_key() == held.private.public_key()
    assert "PRIVATE" not in repr(leaf)


def pinning(own: Issued, other: Issued, side: int, directory: Path) -> ssl.SSLContext:
    """Give one end of a connection, which shows its own certificate and believes one other."""
    context = ssl.SSLContext(side)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=der_of(other.certificate_pem))
    file = directory / f"{thumbprint(der_of(own.certificate_pem))}.pem"
    file.write_text(own.certificate_pem + own.private_key_pem)
    context.load_cert_chain(file)
    return context


def shaken(directory: Path, *, server: Issued, expected: Issued, client: Issued, admitted: Issued) -> str | None:
    """Give the version of TLS in which a client is answered; raise SSLError where either end does not believe."""
    here = pinning(server, admitted, ssl.PROTOCOL_TLS_SERVER, directory)
    there = pinning(client, expected, ssl.PROTOCOL_TLS_CLIENT, directory)
    with socket.create_server((HOST, 0)) as listening, ThreadPoolExecutor(1) as thread:
        listening.settimeout(20)
        answered = thread.submit(_answer, listening, here)
        with (
            socket.create_connection(listening.getsockname(), timeout=20) as raw,
            there.wrap_socket(raw, server_hostname=HOST) as spoken,
        ):
            assert spoken.recv(2) == b"ok"
            assert spoken.getpeercert(binary_form=True) == der_of(server.certificate_pem)
            version = spoken.version()
        assert answered.result(timeout=20) == der_of(client.certificate_pem)
        return version


def _answer(listening: socket.socket, context: ssl.SSLContext) -> bytes | None:
    raw, _ = listening.accept()
    with raw:
        raw.settimeout(20)
        with context.wrap_socket(raw, server_side=True) as spoken:
            spoken.sendall(b"ok")
            return spoken.getpeercert(binary_form=True)


@pytest.fixture(scope="module")
def today() -> datetime:
    """The time of this machine, which a handshake goes by."""
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def states(today: datetime) -> dict[str, Issued]:
    """Certificates of one authority: two states, another of the first, one that has ended, one that is not good yet."""
    authority = TrainingAuthority.generate(today - timedelta(days=20))
    made = {code: authority.issue(code, [HOST], at=today, days=2) for code in ("IN-RJ", "IN-PB", "IN-HR")}
    ended = authority.issue("IN-PB", [HOST], at=today - timedelta(days=10), days=9)
    early = authority.issue("IN-PB", [HOST], at=today + timedelta(days=1), days=9)
    elsewhere = authority.issue("IN-PB", ["127.0.0.2"], at=today, days=2)
    return {**made, "ended": ended, "early": early, "elsewhere": elsewhere}


def test_two_states_that_pin_each_other_speak_tls_1_3(states: dict[str, Issued], tmp_path: Path) -> None:
    rj, pb = states["IN-RJ"], states["IN-PB"]
    assert shaken(tmp_path, server=pb, expected=pb, client=rj, admitted=rj) == "TLSv1.3"


@pytest.mark.parametrize(
    ("server", "expected"),
    [("IN-HR", "IN-PB"), ("ended", "ended"), ("early", "early"), ("elsewhere", "elsewhere")],
    ids=["another of the same authority", "one that has ended", "one that is not good yet", "one for another host"],
)
def test_a_server_that_shows_a_certificate_that_is_not_good_is_not_asked(
    states: dict[str, Issued], tmp_path: Path, server: str, expected: str
) -> None:
    rj = states["IN-RJ"]
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(tmp_path, server=states[server], expected=states[expected], client=rj, admitted=rj)


@pytest.mark.parametrize(("client", "admitted"), [("IN-HR", "IN-RJ"), ("ended", "ended")])
def test_a_client_that_shows_a_certificate_that_is_not_good_is_not_answered(
    states: dict[str, Issued], tmp_path: Path, client: str, admitted: str
) -> None:
    pb = states["IN-PB"]
    with pytest.raises(ssl.SSLError):
        shaken(tmp_path, server=pb, expected=pb, client=states[client], admitted=states[admitted])
