"""Certificates under which states speak to each other, and an authority that makes them for training.

In order:
1. A certificate is known by the SHA-256 of its DER form (RFC 8705 x5t#S256), and by nothing that it says.
2. It holds a P-256 key, and a text in PEM holds one certificate.
3. The training authority lives in memory: a state takes its certificates from an authority of its own.
"""

import base64
import hashlib
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

TRAINING_AUTHORITY = "Sangam training authority: for training only"

_AUTHORITY_DAYS = 3650
_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")


def der_of(pem: str) -> bytes:
    """Give a certificate's DER form. Raises ValueError unless it is one certificate with a P-256 key."""
    return _read(pem).public_bytes(Encoding.DER)


def fit(pem: str) -> bytes:
    """Give a certificate's DER form if TLS takes it too, which reads more of it. Raises ValueError as `der_of` does."""
    der = der_of(pem)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
    except ssl.SSLError as fault:
        raise ValueError("TLS does not take this certificate.") from fault
    return der


def thumbprint(der: bytes) -> str:
    """Give the name by which a certificate is known: SHA-256 in base64url, 43 characters."""
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


# Looked at for each question to a peer.
@lru_cache(maxsize=512)
def ends_at(pem: str) -> datetime:
    """Give the moment until which a certificate is good, in UTC. Raises ValueError as `der_of` does."""
    return _read(pem).not_valid_after_utc


def request(state: str, host: str) -> tuple[bytes, str]:
    """Make a private key and a state's request for a certificate for it, in PEM (PKCS 8 and PKCS 10).

    Raises ValueError unless the host is a name in ASCII or an address, without scheme and port.
    """
    private = ec.generate_private_key(ec.SECP256R1())
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    asked = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(_name(state))
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(x509.SubjectAlternativeName([_host(host)]), critical=False)
        .sign(private, SHA256())
    )
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key, asked.public_bytes(Encoding.PEM).decode()


@dataclass(frozen=True, repr=False)
class Issued:
    """A certificate with its private key, both in PEM."""

    certificate_pem: str
    private_key_pem: str


@dataclass(frozen=True, repr=False)
class TrainingAuthority:
    """A self-signed authority for a training world, gone with the process that made it."""

    certificate: x509.Certificate
    private: ec.EllipticCurvePrivateKey

    @classmethod
    def generate(cls, at: datetime) -> "TrainingAuthority":
        """Make an authority that is good from `at`."""
        private, name = ec.generate_private_key(ec.SECP256R1()), _name(TRAINING_AUTHORITY)
        usage = _usage(signs_certificates=True)
        builder = (
            _begun(name, name, private.public_key(), at, _AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        )
        return cls(builder.sign(private, SHA256()), private)

    def issue(self, state: str, address_hosts: Sequence[str], *, at: datetime, days: int) -> Issued:
        """Give a state a certificate for these names and addresses of hosts, to serve and to ask with."""
        private = ec.generate_private_key(ec.SECP256R1())
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.private.public_key())
        purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = (
            _begun(_name(f"{state} in training"), self.certificate.subject, private.public_key(), at, days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
            .add_extension(x509.SubjectAlternativeName([_host(host) for host in address_hosts]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
            .add_extension(ours, critical=False)
        )
        certificate = builder.sign(self.private, SHA256())
        key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return Issued(certificate.public_bytes(Encoding.PEM).decode(), key.decode())


def _read(pem: str) -> x509.Certificate:
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
        key = found[0].public_key()
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as fault:
        raise ValueError("This is no certificate.") from fault
    if len(found) > 1:
        raise ValueError("These are several certificates where one is meant.")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("The certificate's key is not a P-256 key.")
    return found[0]


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, days: int
) -> x509.CertificateBuilder:
    begins = at.astimezone(UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        if not _NAME.fullmatch(host):
            raise ValueError("A host is a name in ASCII or an address, without scheme and port.") from None
        return x509.DNSName(host)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
