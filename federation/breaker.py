"""Breaker: a peer that failed several times in turn is not asked, until a probe off the request path was answered."""

FAILURES = 3


class Breaker:
    """Whether one peer is asked: closed while it answers, open after so many failures in turn."""

    def __init__(self) -> None:
        self._failures = 0

    @property
    def open(self) -> bool:
        """Say whether the peer is left alone."""
        return self._failures >= FAILURES

    def failed(self) -> None:
        """Count a question or a probe that was not answered."""
        self._failures += 1

    def answered(self) -> None:
        """Close: the peer answered, whatever it said."""
        self._failures = 0
