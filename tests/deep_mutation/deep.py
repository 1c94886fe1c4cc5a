"""Put every small fault into policy and predicate and see that a test finds it.

A fault that survives is a violation unless `survivors.toml` says why no test can or need find it.
"""

import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.deep import Tally
from tests.deep_mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parent.parent.parent
TESTS = {
    "graph/visible.py": ["tests/graph/test_visible.py"],
    "auth/policy.py": ["tests/auth/test_policy.py"],
}
KNOWN = Path(__file__).parent / "survivors.toml"
AT_ONCE = 2
# A fault can make a loop endless; no honest run of these tests takes as long.
SECONDS_PER_MUTANT = 120


def run(minutes: float, seeds_from: int) -> Tally:
    """Run mutants until the time is over, each once at most, beginning where the run before ended."""
    end = time.monotonic() + 60 * minutes
    work = [(module, mutant) for module in TESTS for mutant in mutants((ROOT / module).read_text(encoding="utf-8"))]
    begin = (seeds_from - 1) % len(work)
    with tempfile.TemporaryDirectory() as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(AT_ONCE):
            trees.put(_tree(Path(folder) / str(number)))
        for module in TESTS:
            if not _lives(trees, module, None):
                raise RuntimeError(f"The tests of {module} fail without a fault.")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            turn = [*work[begin:], *work[:begin]]
            lived = list(pool.map(lambda one: None if time.monotonic() >= end else _lives(trees, *one), turn))
    reached = [(f"{module} {one.name}", how) for (module, one), how in zip(turn, lived, strict=True) if how is not None]
    return _tally(reached, survivors(), seeds_from, whole=len(reached) == len(work))


def survivors() -> dict[str, str]:
    """Give the survivors that are known, by name, each with the reason why no test can or need find it."""
    rows = tomllib.loads(KNOWN.read_text(encoding="utf-8")).get("survivor", [])
    return {f"{row['module']} {row['fault']}": row["reason"] for row in rows}


def _tally(reached: Sequence[tuple[str, bool]], known: dict[str, str], first: int, *, whole: bool) -> Tally:
    lived = {name for name, how in reached if how}
    violations = [f"survives: {name}" for name in sorted(lived - known.keys())]
    if whole:
        violations += [f"is found by now: {name}" for name in sorted(known.keys() - lived)]
    counts = {"faults": len(reached), "found": len(reached) - len(lived), "known survivors": len(lived & known.keys())}
    return Tally(first, first + len(reached) - 1, counts, violations)


def _lives(trees: "SimpleQueue[Path]", module: str, mutant: Mutant | None) -> bool:
    """Say whether the tests let a mutant live."""
    tree = trees.get()
    original = (ROOT / module).read_text(encoding="utf-8")
    try:
        (tree / module).write_text(mutant.text if mutant else original, encoding="utf-8")
        command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS[module]]
        done = subprocess.run(command, cwd=tree, capture_output=True, timeout=SECONDS_PER_MUTANT, check=False)
        return done.returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        (tree / module).write_text(original, encoding="utf-8")
        trees.put(tree)


def _tree(folder: Path) -> Path:
    """Copy what the tests need, with no settings and no fixtures of the whole suite."""
    for room in ("schemas", "auth", "graph"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    for test in (test for tests in TESTS.values() for test in tests):
        (folder / test).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / test, folder / test)
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = --import-mode=importlib\n")
    return folder
