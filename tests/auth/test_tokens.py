"""Tokens: what is minted is good for what it says, as long as it says, and once where it says so."""

from datetime import timedelta
from pathlib import Path

import pytest

from auth.keys import KeyRing
from auth.tokens import KeyNotBegun, OfficerClaims, PeerClaims, TokenRefused, Tokens
from tests.auth import mutations
from tests.auth.forging import Json, body_of, forge, header_of
from tests.auth.stations import ASKED, ENQUIRY, NOON, OTHER_THUMBPRINT, SECOND, THUMBPRINT, Border, Station, refused

# Officers


def test_an_officers_token_says_what_it_was_minted_for(station: Station) -> None:
    expected = OfficerClaims("asha.meena", "IN-RJ", "o-1", NOON, NOON + timedelta(minutes=15), "s-1")
    token = station.officer()
    assert station.tokens.verify_officer(token) == expected
    assert station.tokens.verify_officer(token) == expected


def test_an_officers_token_has_the_header_and_the_claims_of_the_design(station: Station) -> None:
    token = station.officer()
    assert header_of(token) == {"alg": "ES256", "typ": "at+jwt", "kid": station.ring.current.kid}
    assert body_of(token).keys() == {"iss", "aud", "sub", "jti", "iat", "nbf", "exp", "sid"}


def test_a_token_ends_thirty_seconds_after_its_end_also_when_cached(station: Station) -> None:
    token = station.officer(lifetime=timedelta(minutes=5))
    station.now = NOON + timedelta(minutes=5, seconds=29)
    assert station.tokens.verify_officer(token)
    station.now += SECOND
    refused(station.tokens.verify_officer, token)
    station.restart()
    refused(station.tokens.verify_officer, token)


def test_a_token_begins_thirty_seconds_before_its_time_also_when_cached(station: Station) -> None:
    token = station.officer()
    station.now = NOON - timedelta(seconds=30)
    assert station.tokens.verify_officer(token)
    station.now -= SECOND
    refused(station.tokens.verify_officer, token)
    station.restart()
    refused(station.tokens.verify_officer, token)


def test_a_revoked_token_is_refused_on_its_next_use_though_cached(station: Station) -> None:
    token, other = station.officer(), station.officer(jti="o-2")
    assert station.tokens.verify_officer(token)
    station.revoked.add("o-1")
    refused(station.tokens.verify_officer, token)
    assert station.tokens.verify_officer(other)
    assert station.asked == ["o-1", "o-1", "o-2"]


def test_a_register_that_cannot_say_what_is_revoked_is_not_taken_for_a_no(rings: dict[str, KeyRing]) -> None:
    def locked(jti: str) -> bool:
        raise TimeoutError(jti)

    tokens = Tokens(rings["IN-RJ"], state="IN-RJ", clock=lambda: NOON, revoked=locked)
    with pytest.raises(TimeoutError):
        tokens.verify_officer(tokens.mint_officer("asha.meena", "s-1", jti="o-1"))


def test_the_cache_is_bounded_and_forgetting_costs_only_time(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auth.tokens._CACHED", 3)
    minted = [station.officer(jti=f"o-{number}") for number in range(8)]
    for _ in range(2):
        assert [station.tokens.verify_officer(token).jti for token in minted] == [f"o-{number}" for number in range(8)]
    assert len(station.tokens._known._claims) == 3


def test_a_cached_token_is_not_read_again(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    token = station.officer()
    first = station.tokens.verify_officer(token)
    monkeypatch.setattr("auth.tokens.take_apart", None)
    assert station.tokens.verify_officer(token) is first


@pytest.mark.parametrize(
    "changed",
    [
        {"lifetime": timedelta(minutes=15, seconds=1)},
        {"lifetime": timedelta(0)},
        {"lifetime": -SECOND},
        {"jti": ""},
        {"jti": "with space"},
        {"jti": "x" * 129},
    ],
    ids=str,
)
def test_no_officers_token_is_minted_that_would_not_be_good(station: Station, changed: Json) -> None:
    with pytest.raises(ValueError):
        station.officer(**changed)


def test_no_token_is_minted_for_a_name_that_is_no_officers(station: Station) -> None:
    for name in ("", "A", "IN-PB:gill.b", "asha meena", "asha\n"):
        with pytest.raises(ValueError):
            station.tokens.mint_officer(name, "s-1", jti="o-1")


def test_a_clock_set_back_before_its_key_mints_nothing(station: Station) -> None:
    station.now = NOON - timedelta(days=2)
    with pytest.raises(KeyNotBegun):
        station.officer()


def test_rotation_spares_the_tokens_of_the_old_key_and_ends_its_power(tmp_path: Path) -> None:
    station = Station(KeyRing.open(tmp_path, at=NOON), "IN-RJ")
    old, before = station.ring.current, station.officer(jti="before")
    station.now = NOON + timedelta(minutes=1)
    station.ring.rotate(station.now)
    station.now += timedelta(minutes=1)
    assert station.tokens.verify_officer(before).jti == "before"
    after = station.officer(jti="after")
    assert header_of(after)["kid"] == station.ring.current.kid != old.kid
    assert station.tokens.verify_officer(after)
    by_the_thief = forge(header_of(before), body_of(after), old.private)
    assert refused(station.tokens.verify_officer, by_the_thief).reason.startswith("no key")
    too_early = body_of(after) | {"iat": body_of(before)["iat"], "nbf": body_of(before)["iat"]}
    too_early["exp"] = too_early["iat"] + 900
    assert refused(
        station.tokens.verify_officer, forge(header_of(after), too_early, station.ring.current.private)
    ).reason.startswith("no key")


# Peers


def test_a_peers_token_says_what_its_state_asserts(border: Border) -> None:
    claims = border.ask(border.home.peer())
    expected = PeerClaims(
        officer="gill.b", state="IN-PB", jti="p-1", issued_at=NOON, expires_at=NOON + timedelta(seconds=120), **ASKED
    )
    assert claims == expected


def test_a_peers_token_has_the_header_and_the_claims_of_the_design(border: Border) -> None:
    token = border.home.peer()
    assert header_of(token) == {"alg": "ES256", "typ": "fed+jwt", "kid": border.home.ring.current.kid}
    body = body_of(token)
    assert (body["iss"], body["aud"], body["sub"]) == ("IN-PB", "IN-RJ", "IN-PB:gill.b")
    assert body["cnf"] == {"x5t#S256": THUMBPRINT}


def test_a_peers_token_is_good_once(border: Border) -> None:
    token = border.home.peer()
    assert border.ask(token)
    for second in range(0, 200, 10):
        border.owner.now = NOON + timedelta(seconds=second)
        refused(border.ask, token)


def test_a_token_used_up_is_used_up_under_its_other_signature_too(border: Border) -> None:
    # ECDSA has two signatures for the same words; what is kept is the jti, not the bytes.
    token = border.home.peer()
    assert border.ask(mutations.twin(token))
    assert refused(border.ask, token).reason == "used before"


def test_a_token_minted_anew_under_a_used_name_is_refused_while_the_name_is_kept(border: Border) -> None:
    assert border.ask(border.home.peer())
    border.home.now = border.owner.now = NOON + timedelta(seconds=149)
    refused(border.ask, border.home.peer())
    border.home.now = border.owner.now = NOON + timedelta(seconds=150)
    assert border.ask(border.home.peer())


def test_a_name_is_kept_as_long_as_its_token_could_pass_when_clocks_differ(border: Border) -> None:
    border.home.now = NOON + timedelta(seconds=30)
    token = border.home.peer()
    assert border.ask(token)
    for second in range(185):
        border.owner.now = NOON + timedelta(seconds=second)
        refused(border.ask, token)


def test_a_clock_set_back_does_not_make_a_used_token_good_again(border: Border) -> None:
    token, unused = border.home.peer(), border.home.peer(jti="p-2")
    assert border.ask(token)
    border.home.now = border.owner.now = NOON + timedelta(minutes=10)
    assert border.ask(border.home.peer(jti="p-3"))
    border.owner.now = NOON
    assert refused(border.ask, token).reason == "used before"
    assert refused(border.ask, unused).reason == "used before"


def test_names_used_up_are_forgotten_when_their_tokens_are_dead(border: Border) -> None:
    for minute in range(60):
        border.home.now = border.owner.now = NOON + timedelta(minutes=minute)
        assert border.ask(border.home.peer(jti=f"p-{minute}"))
    assert len(border.owner.tokens._spent._names) == len(border.owner.tokens._spent._ends) <= 3


def test_two_states_may_give_one_name(border: Border, rings: dict[str, KeyRing], tmp_path: Path) -> None:
    third = Station(KeyRing.open(tmp_path, at=NOON), "IN-DL")
    known = {"IN-PB": border.home.ring, "IN-DL": third.ring}
    theirs = third.peer(enquiry=ENQUIRY.replace("IN-PB", "IN-DL"))
    for token in (border.home.peer(), theirs):
        assert border.owner.tokens.verify_peer(token, ring_of=known, certificate_thumbprint=THUMBPRINT).jti == "p-1"


def test_a_token_under_another_certificate_is_refused_and_not_used_up(border: Border) -> None:
    token = border.home.peer()
    for thumbprint in (OTHER_THUMBPRINT, "", THUMBPRINT[:-1], "é" * 43):
        with pytest.raises(TokenRefused):
            border.ask(token, thumbprint)
    assert border.ask(token)


def test_a_state_speaks_only_with_its_own_keys(border: Border, tmp_path: Path) -> None:
    delhi = KeyRing.open(tmp_path, at=NOON)
    token = forge(
        header_of(border.home.peer()) | {"kid": delhi.current.kid}, body_of(border.home.peer()), delhi.current.private
    )
    known = {"IN-PB": border.home.ring, "IN-DL": delhi}
    with pytest.raises(TokenRefused):
        border.owner.tokens.verify_peer(token, ring_of=known, certificate_thumbprint=THUMBPRINT)


def test_a_state_that_is_no_peer_is_refused_and_so_is_our_own(border: Border) -> None:
    tokens = border.owner.tokens
    with pytest.raises(TokenRefused):
        tokens.verify_peer(border.home.peer(), ring_of={}, certificate_thumbprint=THUMBPRINT)
    ours = border.owner.peer(enquiry=ENQUIRY.replace("IN-PB", "IN-RJ"))
    with pytest.raises(TokenRefused):
        tokens.verify_peer(ours, ring_of={"IN-RJ": border.owner.ring}, certificate_thumbprint=THUMBPRINT)


def test_a_token_meant_for_another_state_is_refused(border: Border) -> None:
    assert refused(border.ask, border.home.peer(audience="IN-DL")).reason == "meant for another state"


@pytest.mark.parametrize(
    "changed",
    [
        {"lifetime": timedelta(seconds=121)},
        {"lifetime": timedelta(0)},
        {"purpose": ""},
        {"case_ref": ""},
        {"audience": "IN-XX"},
        {"certificate_thumbprint": "short"},
        {"compartments": ("HAWK",)},
        {"compartments": tuple(f"IN-PB:{'A' * 30}{number}" for number in range(99))},
        {"legal_basis": "\ud800"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_no_peers_token_is_minted_that_would_not_be_good(border: Border, changed: Json) -> None:
    with pytest.raises(ValueError):
        border.home.peer(**changed)


def test_the_widest_words_in_any_script_still_fit(border: Border) -> None:
    held = tuple(f"IN-PB:COMPARTMENT-{number}" for number in range(20))
    token = border.home.peer(unit="पु" * 100, legal_basis="ਧਾ" * 100, compartments=held)
    assert border.ask(token).compartments == held
