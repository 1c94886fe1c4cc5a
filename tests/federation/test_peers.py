"""Peers: what is said of certificates that end soon, and which keys a peer's word has handed over to."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from auth.certificates import TrainingAuthority, der_of, thumbprint
from auth.keys import SigningKey, handed_over, holds
from federation.drafting import with_certificate
from federation.peers import Peers, PublishedKeys, good_until
from schemas.membership import Handover, TokenKey
from tests.federation.peers import MORNING, token_key, world

YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=31), None),
        (timedelta(days=30), "in 30 days: it is time for the next."),
        (timedelta(seconds=1), "in 0 days: it is time for the next."),
        (timedelta(0), "nobody is to speak with this state."),
        (timedelta(days=-9), "nobody is to speak with this state."),
    ],
)
def test_a_certificate_that_ends_within_thirty_days_is_told_of_each_member_this_state_first(
    left: timedelta, said: str | None
) -> None:
    warnings = Peers.of(world().signed.membership, "IN-HR").warnings(MORNING + YEAR - left)
    if said is None:
        assert warnings == []
    else:
        assert [one[:5] for one in warnings] == ["IN-HR", "IN-RJ", "IN-PB", "IN-DL", "IN-GJ", "IN-CH"]
        assert all(one.endswith(said) for one in warnings)


def test_this_state_is_warned_of_the_certificate_under_which_it_speaks_though_the_next_is_known() -> None:
    first = world().signed.membership
    own = first.members[0]
    issued = TrainingAuthority.generate(MORNING).issue("IN-RJ", ["127.0.0.1"], at=MORNING, days=730)
    member = with_certificate(own, issued.certificate_pem)
    peers = Peers.of(first.model_copy(update={"members": (member, *first.members[1:])}), "IN-RJ")
    old, new = (thumbprint(der_of(pem)) for pem in member.certificates)
    soon = MORNING + YEAR - timedelta(days=9)
    for under, warned in ((old, True), (new, False), (None, False)):
        assert (peers.warnings(soon, under)[0][:5] == "IN-RJ") is warned
        assert [one[:5] for one in peers.warnings(soon, under)][-5:] == ["IN-PB", "IN-HR", "IN-DL", "IN-GJ", "IN-CH"]
    assert (good_until(member, old), good_until(member, new)) == (MORNING + YEAR, MORNING + 2 * YEAR)


# --- Handovers --------------------------------------------------------------------------------------------------

SECOND = timedelta(seconds=1)
NOON, EVENING = MORNING + timedelta(hours=3), MORNING + timedelta(hours=9)
OLD, NEW, NEWEST, THIEF = (SigningKey.generate() for _ in range(4))
TO_NEW, TO_NEWEST = handed_over(OLD, NEW, begins=NOON), handed_over(NEW, NEWEST, begins=EVENING)


def vouches(keys: PublishedKeys, key: SigningKey) -> list[bool]:
    """Say whether a key is known a second before noon, at noon, and a second after."""
    return [keys.public_pem(key.kid, at) == key.public_pem() for at in (NOON - SECOND, NOON, NOON + SECOND)]


def test_a_key_that_has_handed_over_vouches_to_that_moment_and_the_next_from_it_on() -> None:
    keys = PublishedKeys((token_key(OLD),), [TO_NEW, TO_NEWEST])
    assert vouches(keys, OLD) == [True, True, False]
    assert vouches(keys, NEW) == [False, True, True]
    assert keys.public_pem(NEW.kid, EVENING + SECOND) is None
    assert keys.public_pem(NEWEST.kid, EVENING) == NEWEST.public_pem()
    assert keys.handovers == (TO_NEW, TO_NEWEST)


NOT_FOLLOWED: dict[str, Callable[[], Handover]] = {
    "by a key that nobody knows": lambda: handed_over(THIEF, NEW, begins=NOON),
    "signed by another key": lambda: TO_NEW.model_copy(
        update={"signature": handed_over(THIEF, NEW, begins=NOON).signature}
    ),
    "of another moment than was signed": lambda: TO_NEW.model_copy(update={"begins": NOON + SECOND}),
    "to another key than was signed": lambda: TO_NEW.model_copy(
        update={"kid": THIEF.kid, "public_pem": THIEF.public_pem()}
    ),
    "under another's name": lambda: TO_NEW.model_copy(update={"kid": NEWEST.kid}),
    "of no key": lambda: TO_NEW.model_copy(update={"public_pem": "no key"}),
    "before its own beginning": lambda: handed_over(OLD, NEW, begins=MORNING - SECOND),
}


@pytest.mark.parametrize("case", NOT_FOLLOWED)
def test_a_word_that_no_known_key_has_said_changes_nothing(case: str) -> None:
    keys = PublishedKeys((token_key(OLD),), [NOT_FOLLOWED[case]()])
    assert vouches(keys, OLD) == [True, True, True]
    assert [keys.public_pem(key.kid, EVENING) for key in (NEW, THIEF)] == [None, None]
    assert keys.handovers == ()


def test_the_first_word_of_a_key_counts() -> None:
    theft = handed_over(OLD, THIEF, begins=NOON - SECOND)
    keys = PublishedKeys((token_key(OLD),), [TO_NEW, theft])
    assert keys.public_pem(THIEF.kid, NOON) is None
    assert (keys.contradicts(theft), keys.contradicts(TO_NEW)) == (True, False)


def test_of_words_that_a_key_has_not_said_one_is_looked_at_and_of_those_that_it_has_each_once() -> None:
    """A peer can say a thousand every few seconds, and all that this node answers waits while they are read."""
    forged = handed_over(THIEF, NEW, begins=NOON).signature
    words = [
        handed_over(OLD, SigningKey.generate(), begins=NOON + n * SECOND).model_copy(update={"signature": forged})
        for n in range(20)
    ]
    said = handed_over(OLD, NEWEST, begins=EVENING)
    for times, looked_at in (([*words, said], 1), ([said], 1), ([said, *words], 0)):
        before = holds.cache_info().misses
        keys = PublishedKeys((token_key(OLD),), times)
        assert holds.cache_info().misses - before == looked_at
        assert keys.handovers == (() if times[0] in words else (said,))


def test_a_membership_that_ends_a_key_ends_what_it_handed_over_to_later() -> None:
    ended = token_key(OLD).model_copy(update={"retired_at": NOON - SECOND})
    for keys in (PublishedKeys((ended,), [TO_NEW]), PublishedKeys((token_key(NEWEST),), [TO_NEW])):
        assert keys.public_pem(NEW.kid, NOON) is None
    stands = TokenKey(kid=NEW.kid, public_pem=NEW.public_pem(), not_before=NOON, retired_at=EVENING - SECOND)
    both = PublishedKeys((token_key(OLD), stands), [TO_NEW, TO_NEWEST])
    assert both.public_pem(NEW.kid, EVENING) is None, "what the membership says of a key, no word of the key changes"
    assert both.public_pem(NEWEST.kid, EVENING) is None
