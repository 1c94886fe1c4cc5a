"""What a node says of certificates that end soon: in words, of whom, and while it stays ready."""

from datetime import timedelta

import pytest

from federation.peers import Peers
from tests.federation.peers import MORNING, world

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
