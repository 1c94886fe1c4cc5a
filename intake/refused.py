"""The file that refused rows go to, so that none is dropped in silence."""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.rows import RefusedRow

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def refused_file(path: Path) -> Iterator[Callable[[RefusedRow], None]]:
    """Open a CSV file of line, field and reason, for its owner's eyes; each run writes it anew."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("line", "field", "reason"))

        def write(row: RefusedRow) -> None:
            writer.writerows((row.line, _inert(problem.field), _inert(problem.reason)) for problem in row.problems)

        yield write


def _inert(text: str) -> str:
    """Keep a spreadsheet from calculating a cell; column names come from other people's files."""
    return f"'{text}" if text.startswith(_FORMULA) else text
