"""Slow proofs, run for minutes or hours; what each run came to is added to the committed tally."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """What one run of a part came to: the seeds it used, first and last, what it counted, and every violation."""

    first: int
    last: int
    counts: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
