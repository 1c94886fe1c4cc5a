"""Twenty things of a run drawn by lot for its second officer: nobody chooses them, in whatever order they come."""

from heapq import heappush, heappushpop

from auth.sealing import StateKeys
from desk.telling import lines
from schemas.draft import LinkDraft, RecordDraft, ValueEnd
from schemas.imported import SAMPLED, Sampled

LONGEST = 700
_OF_A_MARKING = frozenset({"level", "audience", "compartment", "handling", "source_grade", "info_grade"})


class Lot:
    """Keeps those whose keyed digest is smallest: who has not the key cannot tell which these will be."""

    def __init__(self, keys: StateKeys, run: str) -> None:
        """Begin with none."""
        self._keys = keys
        self._run = run
        self._kept: list[tuple[int, int, Sampled]] = []
        self._seen = 0

    def draw(self, line: int, draft: RecordDraft | LinkDraft) -> None:
        """Put one thing into the lot."""
        self._seen += 1
        what = draft.type.value if isinstance(draft, RecordDraft) else draft.kind.value
        digest = int(self._keys.digest("import sample", "\x1f".join((self._run, what, draft.ref))), 16)
        if len(self._kept) == SAMPLED and -digest < self._kept[0][0]:
            return
        one = (-digest, self._seen, Sampled(line=line, what=what, says=_says(draft)))
        if len(self._kept) < SAMPLED:
            heappush(self._kept, one)
        else:
            heappushpop(self._kept, one)

    def drawn(self) -> tuple[Sampled, ...]:
        """Give those that were drawn, in the order of their lines."""
        return tuple(sorted((one for _, _, one in self._kept), key=lambda one: (one.line, one.what, one.says)))


def _says(draft: RecordDraft | LinkDraft) -> str:
    ends = [] if isinstance(draft, RecordDraft) else [("from", _end(draft.from_)), ("to", _end(draft.to))]
    marking = [(name, text) for name, text in lines(draft.marking) if name in _OF_A_MARKING]
    text = "; ".join(f"{name.replace('_', ' ')} {text}" for name, text in (*ends, *lines(draft.content), *marking))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _end(end: str | ValueEnd) -> str:
    return end if isinstance(end, str) else f"{end.kind.value} {end.value}"
