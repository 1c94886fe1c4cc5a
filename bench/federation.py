"""One question to six states, all up, one refusing, one hung: our node against gateways over the same owners.

Sides ask in one run, in rounds of random order, after their answers were compared row by row. CPU is that of the one
process that asks (our node; the gateway), per question, the median of the rounds; time is what a client waits, one
question at a time.

What each side does. The owners that are asked are light stand-ins (`bench.circle`), the same for all sides, which give
bytes that were made before: nothing of theirs is measured. **Ours** is a whole node: it knows the officer by a token,
decides on the enquiry, asks its own graph (whose database is counted apart, as an owner) and five peers over mutual TLS
with a signed token for each, checks every value and every owner of what comes back, merges it into one page, and writes
the ledger before it answers. **The gateways** know nobody, sign and check nothing, write no ledger, ask six owners over
plain HTTP, and give six lists that their client has still to merge: under owners' prefixes, as no router can unite rows
that are partitioned by owner. **Apollo, verified** is the same gateway made to answer as guarded as ours: it knows the
officer by a token, asks six owners over mutual TLS with a signed token for each, checks every value and every owner,
merges one page and chains what it tells in a file, on disk before it answers; it has no graph of its own to ask, no
register behind officer and enquiry, no budget, and reads values by checks written for this one question. Each side has
the same 1.5 s for an owner; a breaker only ours has. What our node takes for its own state alone, asked through the
same question, is measured beside: the rest is fan-out, checking and merging.

Owners have few rows (8 each) or a whole page (50 each). A page of ours has 50 rows: of the few it gives all 48, of the
300 the 50 that stand first, after all 300 were checked and merged; a gateway gives all 300, of which its client has to
find these 50. What is refused or hangs is asked with few rows alone.
"""

import asyncio
import json
import os
import platform
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.circle import FIND, HOME, SECONDS, TEXT, VERIFIED, Circle, Program, cpu_of, opened, own, prefixed
from schemas.operation import system_clock

STATES, FEW, PAGE = 6, 8, 50
WARMING, ROUNDS, QUESTIONS = 400, 15, 40
TURNS, ROUNDS_A_TURN, SLOW_QUESTIONS = 7, 3, 3
CPU_DUE, HUNG_DUE, DEADLINE_DUE = 3.0, 1.5, 1.1
CLOSED, OPEN, IN_TURN = "one hung, breaker closed", "one hung, breaker open", "all up, in turn with it"
OURS, ALONE = "ours", "ours, of itself alone"
RESULTS = Path(__file__).parent / "results" / "federation.json"

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Side:
    """One contestant: whose CPU counts, how it is asked, and how its answer is read.

    `rows` gives the rows of one page, `away` the states that did not answer.
    """

    program: Program
    ask: Callable[[], Awaitable[Any]]
    rows: Callable[[Any], Rows]
    away: Callable[[Any], set[str]]


@dataclass(frozen=True, slots=True)
class Round:
    """Some questions of one side: CPU per question, that of our own database, and how long each took; in seconds."""

    cpu: float
    database: float
    took: tuple[float, ...]


def sides(circle: Circle, client: aiohttp.ClientSession, *, first: int) -> dict[str, Side]:
    """Give the contestants of a circle."""
    asker = circle.asker.said
    headers = {"authorization": f"Bearer {asker['token']}", "sangam-enquiry": asker["enquiry"]}
    variables = {"text": TEXT, "first": first}

    def asking(address: str, document: str, headers: Mapping[str, str]) -> Callable[[], Awaitable[Any]]:
        body = json.dumps({"query": document, "variables": variables}).encode()
        sent = {"content-type": "application/json", **headers}

        async def ask() -> Any:
            async with client.post(address, data=body, headers=sent) as answer:
                return await answer.json()

        return ask

    alone = FIND.replace("federated {", "federated(states: []) {")
    made = {
        OURS: Side(circle.asker, asking(asker["address"], FIND, headers), _page, _silent_here),
        ALONE: Side(circle.asker, asking(asker["address"], alone, headers), _page, _silent_here),
    }
    prefixes = {f"{own(state)}_find": state for state in circle.states}
    for name, gateway in circle.gateways.items():
        if name == VERIFIED:
            ask = asking(gateway.said["address"], prefixed(circle.states), headers)
            made[name] = Side(gateway, ask, _named_page, lambda answer: _silent(answer["data"]["find"]))
        else:
            ask = asking(gateway.said["address"], prefixed(circle.states), {})
            made[name] = Side(
                gateway,
                ask,
                lambda answer: _merged(answer)[:first],
                lambda answer: {prefixes[field] for field, page in answer["data"].items() if page is None},
            )
    return made


def _silent_here(answer: Any) -> set[str]:
    return _silent(answer["data"]["federated"]["find"])


def _silent(said: Any) -> set[str]:
    """Give who did not answer, by the sources of a page, which must say of itself whether all did."""
    away = {one["state"] for one in said["sources"] if one["status"] not in ("LOCAL", "LIVE", "NOT_ASKED")}
    assert said["complete"] is not bool(away)
    return away


def _page(answer: Any) -> Rows:
    return list(answer["data"]["federated"]["find"]["nodes"])


def _named_page(answer: Any) -> Rows:
    return _named(answer["data"]["find"]["nodes"])


def _merged(answer: Any) -> Rows:
    """Merge what a gateway gives as its client would have to, and give the types their own names."""
    edges = [edge for page in answer["data"].values() if page is not None for edge in page["edges"]]
    ordered = sorted(edges, key=lambda edge: (-edge["score"], edge["node"]["id"]))
    return _named([edge["node"] for edge in ordered])


def _named(rows: Rows) -> Rows:
    """Give rows that came under an owner's prefix the names of their types without it."""
    return [{**row, "__typename": row["__typename"][2:]} for row in rows]


async def compared(sides: Mapping[str, Side], states: int, rows: int, missing: str | None) -> None:
    """Hold the answers of all sides against each other: the same rows, whole, without those of who is away."""
    answers = {name: await side.ask() for name, side in sides.items()}
    page = sides[OURS].rows(answers[OURS])
    assert len(page) == min((states - (missing is not None)) * rows, PAGE), "rows are lacking"
    assert all(row["provenance"]["owner"] != missing for row in page)
    own_rows = [row for row in page if row["provenance"]["owner"] == HOME]
    alone = sides[ALONE].rows(answers[ALONE])
    assert len(alone) == rows
    assert alone[: len(own_rows)] == own_rows
    for name in sides.keys() - {ALONE}:
        assert sides[name].rows(answers[name]) == page, f"{name} does not answer as we do"
        assert sides[name].away(answers[name]) == ({missing} - {None}), f"{name} does not know who is away"


async def raced(
    sides: Mapping[str, Side], database: int, rounds: int, questions: int, dice: random.Random, told: str
) -> dict[str, list[Round]]:
    """Ask all sides in rounds of random order."""
    found: dict[str, list[Round]] = {name: [] for name in sides}
    for _ in track(range(rounds), description=told):
        for name in dice.sample(list(sides), len(sides)):
            found[name].append(await _round(sides[name], database, questions))
    return found


async def _round(side: Side, database: int, questions: int) -> Round:
    cpu, theirs, took = side.program.cpu(), cpu_of(database), []
    for _ in range(questions):
        began = time.perf_counter()
        await side.ask()
        took.append(time.perf_counter() - began)
    return Round((side.program.cpu() - cpu) / questions, (cpu_of(database) - theirs) / questions, tuple(took))


def summed(rounds: Mapping[str, Sequence[Round]]) -> dict[str, dict[str, float]]:
    """Give the medians of each side, in milliseconds."""
    table = {}
    for name, found in rounds.items():
        took = sorted(seconds for one in found for seconds in one.took)
        table[name] = {
            "cpu": _milliseconds(statistics.median(one.cpu for one in found)),
            "p50": _milliseconds(statistics.median(took)),
            "p95": _milliseconds(took[int(len(took) * 0.95)]),
        }
        if name in (OURS, ALONE):
            table[name]["own database cpu"] = _milliseconds(statistics.median(one.database for one in found))
    return table


def ratios(rounds: Mapping[str, Sequence[Round]]) -> dict[str, dict[str, Any]]:
    """Give by how much less CPU we take than each other side, within a round: its median over the rounds, its range."""
    table = {}
    for name in rounds:
        if name not in (OURS, ALONE):
            each = sorted(theirs.cpu / ours.cpu for ours, theirs in zip(rounds[OURS], rounds[name], strict=True))
            table[name] = {
                "median": round(statistics.median(each), 2),
                "range": [round(each[0], 2), round(each[-1], 2)],
            }
    return table


def machine(command: str) -> dict[str, Any]:
    """Say by which command, at which commit and on what this was measured."""
    git = ("git", "-C", str(Path(__file__).parent))
    commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    locked = json.loads((Path(__file__).parent / "gateways" / "package.json").read_text(encoding="utf-8"))
    return {
        "at": system_clock().isoformat(timespec="seconds"),
        "command": command,
        "commit": commit,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "node": node},
        "load": [round(one, 2) for one in os.getloadavg()],
        "packages": locked["dependencies"],
    }


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)


async def main() -> None:
    """Open a circle for each size, race in each situation, print the table and write it down."""
    dice = random.Random(7)
    found: dict[int, dict[str, dict[str, list[Round]]]] = {}
    for rows in (FEW, PAGE):
        with tempfile.TemporaryDirectory(prefix="sangam-bench-") as folder:
            async with opened(STATES, rows, Path(folder)) as circle, aiohttp.ClientSession() as client:
                asked = sides(circle, client, first=min(STATES * rows, PAGE))
                await warmed(asked, WARMING)
                await compared(asked, STATES, rows, None)
                database = circle.asker.said["graph"]
                found[rows] = {"all up": await raced(asked, database, ROUNDS, QUESTIONS, dice, f"{rows} rows of each")}
                if rows == FEW:
                    found[rows] |= await _situations(circle, asked, dice)
    _write(found)


async def _situations(
    circle: Circle, asked: Mapping[str, Side], dice: random.Random
) -> dict[str, dict[str, list[Round]]]:
    database, away = circle.asker.said["graph"], circle.states[-1]

    async def become(how: str) -> None:
        await circle.owners.tell(**{"state": away, "as": how})
        await circle.asker.tell()

    gateways_and_us = {name: side for name, side in asked.items() if name != ALONE}
    await become("refusing")
    await compared(asked, STATES, FEW, away)
    found = {"one refusing": await raced(gateways_and_us, database, ROUNDS, QUESTIONS, dice, "one refusing")}

    slow: dict[str, list[Round]] = {name: [] for name in gateways_and_us}
    turns: dict[str, dict[str, list[Round]]] = {OPEN: {OURS: []}, IN_TURN: {OURS: []}}
    for turn in track(range(TURNS), description="one hung"):
        await become("hung")
        if not turn:
            await compared(asked, STATES, FEW, away)
            await circle.asker.tell()
        # As many questions as it takes the breaker to open; the gateways have none.
        for name in dice.sample(list(slow), len(slow)):
            slow[name].append(await _round(asked[name], database, SLOW_QUESTIONS))
        turns[OPEN][OURS] += [await _round(asked[OURS], database, QUESTIONS) for _ in range(ROUNDS_A_TURN)]
        # The machine's load changes: what is compared by time is asked in turn.
        await become("up")
        turns[IN_TURN][OURS] += [await _round(asked[OURS], database, QUESTIONS) for _ in range(ROUNDS_A_TURN)]
    await compared(asked, STATES, FEW, None)
    return found | {CLOSED: slow} | turns


async def warmed(asked: Mapping[str, Side], times: int) -> None:
    """Ask until programs are compiled and plans are made."""
    for name, side in asked.items():
        for _ in track(range(times), description=f"warming {name}"):
            await side.ask()


def _write(found: Mapping[int, Mapping[str, Mapping[str, Sequence[Round]]]]) -> None:
    table = {rows: {situation: summed(one) for situation, one in by.items()} for rows, by in found.items()}
    less = {
        rows: {situation: ratios(one) for situation, one in by.items() if len(one) > 1} for rows, by in found.items()
    }
    few = table[FEW]
    up, refusing = few["all up"][OURS], few["one refusing"][OURS]
    before, after, turn = (few[situation][OURS] for situation in (CLOSED, OPEN, IN_TURN))
    due: dict[str, list[Any]] = {
        "hung, breaker open: p50 / p50 of all up": [round(after["p50"] / turn["p50"], 2), f"<= {HUNG_DUE}"],
        "hung, breaker closed: p50 / deadline": [round(before["p50"] / SECONDS / 1000, 3), f"<= {DEADLINE_DUE}"],
        "refusing: p50 / p50 of all up": [round(refusing["p50"] / up["p50"], 2), "none"],
    }
    met = {
        "hung, breaker open: p50 / p50 of all up": after["p50"] <= HUNG_DUE * turn["p50"],
        "hung, breaker closed: p50 / deadline": before["p50"] <= DEADLINE_DUE * SECONDS * 1000,
    }
    for rows, by in table.items():
        every = by["all up"]
        for name in ("apollo", VERIFIED):
            ratio, told = less[rows]["all up"][name]["median"], f"cpu: {name} / ours, all up, {rows} rows of each"
            due[told] = [ratio, f">= {CPU_DUE}"]
            met[told] = ratio >= CPU_DUE
            apart = every[name]["cpu"] / (every[OURS]["cpu"] - every[ALONE]["cpu"])
            due[f"cpu: {name} / ours without what its own state takes, {rows} rows of each"] = [round(apart, 2), "none"]
    _print(table, less, due, met)
    written = {
        **machine("python -m bench.federation"),
        "what_each_side_does": " ".join((__doc__ or "").partition("What each side does. ")[2].split()),
        "states": STATES,
        "asks_from": HOME,
        "rounds": ROUNDS,
        "questions_per_round": QUESTIONS,
        "milliseconds": {f"{rows} rows of each": by for rows, by in table.items()},
        "times_less_cpu": {f"{rows} rows of each": by for rows, by in less.items()},
        "due": due,
        "met": met,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _print(table: Any, less: Any, due: Mapping[str, list[Any]], met: Mapping[str, bool]) -> None:
    columns = ("rows of each", "situation", "side", "CPU", "p50", "p95", "their CPU / ours")
    shown = Table(*columns, title="a question to six states, ms")
    for rows, by_situation in table.items():
        for situation, by_side in by_situation.items():
            for name, one in by_side.items():
                ratio = less[rows].get(situation, {}).get(name, {}).get("median", "")
                times = (f"{one[part]:.2f}" for part in ("cpu", "p50", "p95"))
                shown.add_row(str(rows), situation, name, *times, str(ratio))
    console = Console()
    console.print(shown)
    for name, (value, wanted) in due.items():
        console.print(f"{name}: {value} (due {wanted}){'' if met.get(name, True) else ' MISSED'}")


if __name__ == "__main__":
    asyncio.run(main())
