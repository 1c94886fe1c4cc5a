"""Rank named things by how like a question their names are."""

from collections.abc import Iterable, Sequence

from analysis.names.compare import Likeness, likeness


def rank(query: str, named: Iterable[tuple[str, Sequence[str]]], *, floor: float = 0.55) -> list[tuple[str, Likeness]]:
    """Give (id, likeness of its likest name) in order of falling score, then of id; none is below the floor."""
    found = []
    for id_, names in named:
        best = max((likeness(query, name) for name in names), key=lambda like: (like.score, like.reasons), default=None)
        if best is not None and best.score >= floor:
            found.append((id_, best))
    return sorted(found, key=lambda row: (-row[1].score, row[0]))
