"""A membership made by commands alone: requested, introduced, drafted, signed by a quorum, and trusted."""

import json
import resource
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from typer.testing import CliRunner, Result

from api.cli import app
from auth.certificates import Issued, TrainingAuthority, der_of, thumbprint
from auth.keys import SigningKey
from federation.membership import canonical, open_membership
from schemas.membership import MemberState, SignedMembership
from tests.federation.peers import MORNING, NUMBERS, SIX, world

STATES = ("IN-RJ", "IN-PB")


@pytest.fixture(autouse=True)
def _as(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_state("IN-RJ", tmp_path, monkeypatch)


def as_state(state: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANGAM_STATE", state)
    monkeypatch.setenv("SANGAM_DATA", str(folder / state))


def sangam(*words: object) -> Result:
    return CliRunner().invoke(app, ["membership", *map(str, words)])


def done(*words: object) -> str:
    result = sangam(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def issued(state: str, folder: Path) -> Path:
    """Give a new certificate of a state."""
    made: Issued = TrainingAuthority.generate(MORNING).issue(state, ["127.0.0.1"], at=MORNING, days=365)
    file = folder / f"{thumbprint(der_of(made.certificate_pem))}.pem"
    file.write_text(made.certificate_pem)
    return file


def read(file: Path) -> SignedMembership:
    return SignedMembership.model_validate_json(file.read_bytes())


def test_a_request_asks_for_a_certificate_of_this_state_for_a_key_that_stays_here(tmp_path: Path) -> None:
    key, asked = tmp_path / "next.key", tmp_path / "next.csr"
    done("request", "--host", "sangam.rj.example", "--key", key, "-o", asked)
    found = x509.load_pem_x509_csr(asked.read_bytes())
    assert found.is_signature_valid
    assert "IN-RJ" in found.subject.rfc4514_string()
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["sangam.rj.example"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert SigningKey.from_pem(key.read_bytes()).private.public_key() == found.public_key()
    again = sangam("request", "--host", "sangam.rj.example", "--key", key, "-o", tmp_path / "other.csr", "--json")
    assert (again.exit_code, json.loads(again.stdout)["error"]["code"]) == (1, "REFUSED")


def test_two_states_make_their_first_membership_and_the_next_by_commands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery = {state: SigningKey.generate() for state in STATES}
    for number, state in enumerate(STATES):
        as_state(state, tmp_path, monkeypatch)
        (tmp_path / f"{state}.recovery").write_bytes(recovery[state].private_pem())
        (tmp_path / f"{state}.recovery.pub").write_text(recovery[state].public_pem())
        said = ("--address", f"https://127.0.0.1:{9000 + number}", "--contact", f"Desk of {state}")
        own = ("--certificate", issued(state, tmp_path), "--recovery", tmp_path / f"{state}.recovery.pub")
        done("introduce", *said, *own, "-o", tmp_path / f"{state}.json")
    introduced = (part for state in STATES for part in ("--member", tmp_path / f"{state}.json"))
    done("draft", *introduced, "-o", tmp_path / "0")
    for number, state in enumerate(STATES):
        key = tmp_path / f"{state}.recovery"
        done("sign", tmp_path / str(number), "--state", state, "--key", key, "-o", tmp_path / str(number + 1))
    raw = (tmp_path / "2").read_bytes()
    opened = open_membership(raw, trusted=None, own="IN-RJ", own_number=NUMBERS["IN-RJ"], numbers=NUMBERS)
    assert [member.code for member in opened.membership.members] == list(STATES)
    assert (opened.membership.version, {one.state for one in opened.signatures}) == (1, {*STATES})


def test_a_certificate_is_changed_for_the_next_in_two_drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = world().signed
    _trusts(trusted, monkeypatch)
    certificate = issued("IN-RJ", tmp_path)
    done("draft", "--certificate", certificate, "-o", tmp_path / "both")
    both = read(tmp_path / "both").membership
    old, new = trusted.membership.members[0].certificates[0], certificate.read_text()
    assert (both.version, both.members[0].certificates) == (2, (old, new))
    assert both.members[1:] == trusted.membership.members[1:]
    _trusts(SignedMembership(membership=both, signatures=()), monkeypatch)
    done("draft", "--newest", "-o", tmp_path / "one")
    assert read(tmp_path / "one").membership.members[0].certificates == (new,)


def test_a_state_joins_and_another_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _trusts(world().signed, monkeypatch)
    done("draft", "--leaves", "IN-GJ", "-o", tmp_path / "fewer")
    assert [one.code for one in read(tmp_path / "fewer").membership.members] == [one for one in SIX if one != "IN-GJ"]
    stranger = sangam("draft", "--leaves", "IN-XX", "-o", tmp_path / "none", "--json")
    assert json.loads(stranger.stdout)["error"]["code"] == "BAD_INPUT"
    twice = MemberState.model_validate(
        {**world().signed.membership.members[1].model_dump(), "code": "IN-MP", "name": "Madhya Pradesh"}
    )
    (tmp_path / "twice.json").write_text(twice.model_dump_json())
    result = sangam("draft", "--member", tmp_path / "twice.json", "-o", tmp_path / "none", "--json")
    assert json.loads(result.stdout)["error"]["code"] == "BAD_INPUT"
    assert not (tmp_path / "none").exists()


def test_a_signature_is_added_to_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "membership").write_bytes(canonical(world().signed))
    (tmp_path / "key").write_bytes(world().recovery["IN-PB"].private_pem())
    bare = SignedMembership(membership=world().signed.membership, signatures=world().signed.signatures[:1])
    (tmp_path / "bare").write_bytes(canonical(bare))
    done("sign", tmp_path / "bare", "--state", "IN-PB", "--key", tmp_path / "key", "-o", tmp_path / "more")
    assert [one.state for one in read(tmp_path / "more").signatures] == sorted({bare.signatures[0].state, "IN-PB"})
    (tmp_path / "key").write_text("no key")
    result = sangam("sign", tmp_path / "bare", "--state", "IN-PB", "--key", tmp_path / "key", "-o", tmp_path / "n")
    assert result.exit_code != 0


def refused(*words: object) -> tuple[int, str]:
    result = sangam(*words, "--json")
    return result.exit_code, json.loads(result.stdout)["error"]["message"]


def test_a_request_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    key, asked, there = tmp_path / "key", tmp_path / "csr", tmp_path / "there"
    there.write_text("mine")
    for host in ("https://sangam.rj.example:8471", "sangam.rj.example:8471", "पुलिस.example", "", "a" * 300):
        code, said = refused("request", "--host", host, "--key", key, "-o", asked)
        assert (code, said[:9]) == (2, "A host is"), host
    own = ("request", "--host", "sangam.rj.example")
    for words in (
        (*own, "--key", key, "-o", there),
        (*own, "--key", there, "-o", asked),
        (*own, "--key", key, "-o", tmp_path / "nowhere" / "csr"),
        (*own, "--key", tmp_path / "nowhere" / "key", "-o", asked),
        (*own, "--key", key, "-o", key),
    ):
        assert refused(*words)[0] == 1
        assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["there"]
    assert there.read_text() == "mine"


def test_what_no_state_could_trust_is_neither_introduced_nor_drafted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, recovery, output = issued("IN-RJ", tmp_path), tmp_path / "recovery.pub", tmp_path / "out"
    recovery.write_text(SigningKey.generate().public_pem())
    pem, other = good.read_text(), issued("IN-RJ", tmp_path).read_text()
    rotten = pem[:200] + "\n-----END CERTIFICATE-----\n"
    said = ("introduce", "--address", "https://127.0.0.1:9000", "--contact", "Desk", "-o", output)
    for name, content in (("chain", pem + other), ("rotten", rotten), ("note", f"# नोट\n{pem}")):
        bad = tmp_path / name
        bad.write_text(content, encoding="utf-8")
        assert refused(*said, "--certificate", bad, "--recovery", recovery)[0] == 2, name
        _trusts(world().signed, monkeypatch)
        assert refused("draft", "--certificate", bad, "-o", output)[0] == 2, name
    for missing in (tmp_path / "nowhere", tmp_path):
        assert refused(*said, "--certificate", good, "--recovery", missing)[0] == 1
        assert refused("draft", "--member", missing, "-o", output)[0] == 1
    assert not output.exists()


def test_nothing_is_signed_by_a_key_that_is_not_the_states(tmp_path: Path) -> None:
    (tmp_path / "membership").write_bytes(
        canonical(SignedMembership(membership=world().signed.membership, signatures=()))
    )
    key, output = tmp_path / "key", tmp_path / "out"
    key.write_bytes(world().recovery["IN-PB"].private_pem())
    for state in ("IN-RJ", "IN-XX"):
        code, said = refused("sign", tmp_path / "membership", "--state", state, "--key", key, "-o", output)
        assert (code, f"is no recovery key of {state}" in said) == (1, True)
    later = world().signed.membership.model_copy(update={"version": 2})
    (tmp_path / "later").write_bytes(canonical(SignedMembership(membership=later, signatures=())))
    result = sangam("sign", tmp_path / "later", "--state", "IN-RJ", "--key", key, "-o", tmp_path / "second")
    assert (result.exit_code, "counts only if the version before lists it" in result.stderr) == (0, True)
    secret = BestAvailableEncryption(b"hush")
    key.write_bytes(world().recovery["IN-RJ"].private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret))
    code, said = refused("sign", tmp_path / "membership", "--state", "IN-RJ", "--key", key, "-o", output)
    assert (code, said) == (2, "This is no private P-256 key in PEM without a password.")
    assert not output.exists()


def test_a_file_that_cannot_be_written_whole_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "membership").write_bytes(canonical(world().signed))
    (tmp_path / "key").write_bytes(world().recovery["IN-PB"].private_pem())
    words = ("sign", tmp_path / "membership", "--state", "IN-PB", "--key", tmp_path / "key", "-o", tmp_path / "out")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # What a full disk does, and only to this process.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        assert refused(*words) == (3, "File too large.")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "out").exists()
    done(*words)


def _trusts(signed: SignedMembership, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the register of this state say that it trusts a membership."""

    async def membership(self: object) -> SignedMembership:
        return signed

    monkeypatch.setattr("register.peers.Peers.membership", membership)
